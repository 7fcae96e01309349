import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { coursesOf, subjectName } from '../subjects.ts';
import { seconds } from '../totals.ts';
import { standingOf, standingOfCourses } from '../view/kept.ts';
import { stateAtEnd } from '../view/summary.ts';
import { texts } from '../view/texts.ts';
import { keptText } from '../view/words.ts';
import {
  controlCells,
  controlColumns,
  entryCells,
  entryColumns,
  servesCell,
  stateCell,
  totalsCells,
  totalsColumns,
} from './cells.ts';
import { count, duration, moment, text, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/** A row a control: its words, and its figures over all its hosts. */
export function controlsTable(report: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], tableTexts[language]];
  return {
    name: own.sheets.controls,
    columns: [
      ...controlColumns(language),
      { head: t.clause, width: 24 },
      { head: t.severity, width: 14 },
      { head: own.standing, width: 20 },
      { head: t.atEnd, width: 18 },
      { head: t.onHosts, width: 10 },
      ...totalsColumns(language),
      { head: t.promise, width: 50 },
      { head: t.remedy, width: 50 },
      { head: t.serves, width: 40 },
    ],
    rows: report.policies.flatMap((policy) =>
      policy.controls.map((control) => {
        const { definition, hosts, totals } = control;
        return [
          ...controlCells(policy, control, language),
          text(definition?.clause ?? ''),
          text(definition === null ? '' : t.severities[definition.severity]),
          text(own.standings[standingOf(control)]),
          stateCell(stateAtEnd(control), language),
          count(hosts.length),
          ...totalsCells(totals),
          text(definition?.promise[language] ?? t.definitionMissing),
          text(definition?.remedy[language] ?? ''),
          servesCell(control, language),
        ];
      }),
    ),
  };
}

/** A row a control and host, or the organisation: its figures over the period. */
export function coursesTable(report: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], tableTexts[language]];
  return {
    name: own.sheets.courses,
    columns: [
      ...controlColumns(language),
      { head: t.host, width: 28 },
      { head: own.standing, width: 20 },
      { head: t.atEnd, width: 18 },
      { head: own.firstFailure, width: 20 },
      { head: own.lastFailure, width: 20 },
      ...totalsColumns(language),
    ],
    rows: report.policies.flatMap((policy) =>
      policy.controls.flatMap((control) =>
        coursesOf(control).map((course) => [
          ...controlCells(policy, control, language),
          text(subjectName(course.subject, language)),
          text(own.standings[standingOfCourses([course])]),
          stateCell(course.spans.at(-1)?.state ?? 'not-asked', language),
          moment(course.firstFailureAt),
          moment(course.lastFailureAt),
          ...totalsCells(course.totals),
        ]),
      ),
    ),
  };
}

/** A row a host, also one that never reported. */
export function hostsTable({ hosts }: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], tableTexts[language]];
  return {
    name: own.sheets.hosts,
    columns: [
      { head: t.host, width: 28 },
      { head: t.labels, width: 30 },
      { head: t.reportCount, width: 12 },
      ...entryColumns(t.lastReport, language),
      { head: own.gaps, width: 10 },
      { head: own.gapsLength, width: 16, isDuration: true },
    ],
    rows: hosts.map(({ host, labels, reports, lastReport, gaps }) => {
      const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
      const lost = gaps.filter(({ state }) => state !== 'not-enrolled');
      return [
        text(host),
        text(labels === null ? t.labelsUnknown : pairs.join(', ')),
        count(reports),
        ...entryCells(lastReport),
        count(lost.length),
        duration(lost.reduce((sum, gap) => sum + seconds(gap), 0)),
      ];
    }),
  };
}

export function waiversTable({ policies }: ComplianceReport, language: Language): Table {
  const t = texts[language];
  return {
    name: tableTexts[language].sheets.waivers,
    columns: [
      ...controlColumns(language),
      { head: t.host, width: 28 },
      { head: t.from, width: 20 },
      { head: t.until, width: 20 },
      { head: t.reason, width: 60 },
      { head: t.approvedBy, width: 24 },
    ],
    rows: policies.flatMap((policy) =>
      policy.controls.flatMap((control) =>
        coursesOf(control).flatMap(({ subject, waivers }) =>
          waivers.map(({ from, until, reason, approvedBy }) => [
            ...controlCells(policy, control, language),
            text(subjectName(subject, language)),
            moment(from),
            moment(until),
            text(keptText(reason, language)),
            text(approvedBy),
          ]),
        ),
      ),
    ),
  };
}
