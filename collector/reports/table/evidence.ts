import { explainWithSubject } from '../../../policies/explain.ts';
import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport, Course, HostGap, Span } from '../model.ts';
import { classOf } from '../states.ts';
import { coursesOf, subjectName } from '../subjects.ts';
import { seconds, waivedSeconds } from '../totals.ts';
import { unheardHosts } from '../view/kept.ts';
import { texts } from '../view/texts.ts';
import { controlCells, controlColumns, entryCells, entryColumns, stateCell } from './cells.ts';
import { duration, moment, none, text, type Cell, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/**
 * A row a span, with the entries that prove it. What hosts without any control, and the collector itself, did not show
 * has rows too, without a control: no time of theirs counts in a share. Divide the sums of compliant and counted time,
 * and every share of the report comes out, before it is rounded down.
 */
export function evidenceTable(report: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], tableTexts[language]];
  return {
    name: own.sheets.evidence,
    columns: [
      ...controlColumns(language),
      { head: t.clause, width: 24 },
      { head: t.severity, width: 14 },
      { head: t.host, width: 28 },
      { head: t.state, width: 18 },
      { head: t.from, width: 20 },
      { head: t.until, width: 20 },
      { head: t.length, width: 12, isDuration: true },
      { head: own.counted, width: 12, isDuration: true },
      { head: own.compliant, width: 12, isDuration: true },
      { head: own.waived, width: 12, isDuration: true },
      ...entryColumns(own.firstEntry, language),
      ...entryColumns(own.lastEntry, language),
      { head: own.reasons, width: 70 },
    ],
    rows: evidenceRows(report, language),
  };
}

function* evidenceRows(report: ComplianceReport, language: Language): Iterable<Cell[]> {
  const t = texts[language];
  for (const policy of report.policies) {
    for (const control of policy.controls) {
      const { definition } = control;
      const about = [
        ...controlCells(policy, control, language),
        text(definition?.clause ?? ''),
        text(definition === null ? '' : t.severities[definition.severity]),
      ];
      for (const course of coursesOf(control)) {
        const name = text(subjectName(course.subject, language));
        for (const span of course.spans) yield [...about, name, ...spanCells(span, course, language)];
      }
    }
  }
  for (const { from, until, entry } of report.collectorGaps) {
    yield gapCells(t.collector, { state: 'collector-gap', from, until, begun: entry, ended: entry }, language);
  }
  const unheard = new Set(unheardHosts(report));
  for (const { host, gaps } of report.hosts) {
    if (unheard.has(host)) for (const gap of gaps) yield gapCells(host, gap, language);
  }
}

function spanCells(span: Span, { waivers }: Course, language: Language): Cell[] {
  const kind = classOf(span.state);
  const length = seconds(span);
  return [
    stateCell(span.state, language),
    moment(span.from),
    moment(span.until),
    duration(length),
    duration(kind === 'outside' ? 0 : length),
    duration(kind === 'compliant' ? length : 0),
    duration(waivedSeconds(span, waivers)),
    ...entryCells(span.begun),
    ...entryCells(span.ended),
    text(span.reasons.map((reason) => explainWithSubject(reason, language)).join('\n')),
  ];
}

function gapCells(host: string, gap: HostGap, language: Language): Cell[] {
  const { from, until, begun, ended } = gap;
  return [
    ...[none, none, none, none, none],
    text(host),
    stateCell(gap.state, language),
    moment(from),
    moment(until),
    duration(seconds(gap)),
    ...[duration(0), duration(0), duration(0)],
    ...entryCells(begun),
    ...entryCells(ended),
    none,
  ];
}
