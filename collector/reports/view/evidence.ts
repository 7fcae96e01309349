import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport, HostGap, SpanState } from '../model.ts';
import { coursesOf, subjectName } from '../subjects.ts';
import { stateNames, texts } from './texts.ts';
import { cellMoment, entriesText, keptText, lengthOf, moment, number, proofOf } from './words.ts';

export interface HostRow {
  readonly host: string;
  readonly labels: string;
  readonly reports: string;
  readonly lastReport: string;
  /** How much of the period lies in gaps. */
  readonly gaps: string;
}

export interface GapRow {
  readonly host: string;
  readonly state: SpanState;
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly length: string;
  readonly proof: string;
}

export interface WaiverRow {
  readonly control: string;
  /** Of a host, or what the organisation itself is called. */
  readonly subject: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly approvedBy: string;
}

/** Past this many, gaps are only counted. */
const maximumGaps = 500;

/** The chapters on waivers, hosts and gaps. */
export function evidenceView(
  report: ComplianceReport,
  language: Language,
): { waivers: WaiverRow[]; hosts: HostRow[]; gaps: GapRow[]; moreGaps: number } {
  const ofHosts = report.hosts.flatMap(({ host, gaps }) => gaps.map((gap) => gapRow(host, gap, language)));
  const ofCollector = report.collectorGaps.map(({ from, until, entry }): GapRow => {
    const gap = { state: 'collector-gap', from, until, begun: entry, ended: entry } as const;
    const proof = entriesText(entry?.index, entry?.index, language);
    return { ...gapRow(texts[language].collector, gap, language), proof };
  });
  const gaps = [...ofCollector, ...ofHosts];
  return {
    waivers: waiverRows(report, language),
    hosts: report.hosts.map((host) => hostRow(host, language)),
    gaps: gaps.slice(0, maximumGaps),
    moreGaps: Math.max(gaps.length - maximumGaps, 0),
  };
}

function hostRow(
  { host, labels, reports, lastReport, gaps }: ComplianceReport['hosts'][number],
  language: Language,
): HostRow {
  const t = texts[language];
  const lost = gaps.filter(({ state }) => state !== 'not-enrolled');
  const length = lost.reduce((sum, { from, until }) => sum + Date.parse(until) - Date.parse(from), 0);
  const whole = { from: new Date(0).toISOString(), until: new Date(length).toISOString() };
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    host,
    labels: labels === null ? t.labelsUnknown : pairs.join(', '),
    reports: number(reports, language),
    lastReport:
      lastReport === null
        ? t.never
        : `${moment(lastReport.issuedAt ?? lastReport.receivedAt, language)}, ${t.entry(String(lastReport.index))}`,
    gaps: lost.length === 0 ? t.never : `${number(lost.length, language)}: ${lengthOf(whole, language)}`,
  };
}

function gapRow(host: string, gap: HostGap, language: Language): GapRow {
  return {
    host,
    state: gap.state,
    name: stateNames[gap.state][language],
    from: cellMoment(gap.from, language),
    until: cellMoment(gap.until, language),
    length: lengthOf(gap, language),
    proof: proofOf(gap, language),
  };
}

function waiverRows({ policies }: ComplianceReport, language: Language): WaiverRow[] {
  return policies.flatMap(({ controls }) =>
    controls.flatMap((control) =>
      coursesOf(control).flatMap(({ subject, waivers }) =>
        waivers.map(({ from, until, reason, approvedBy }) => ({
          control: control.control,
          subject: subjectName(subject, language),
          from: cellMoment(from, language),
          until: cellMoment(until, language),
          reason: keptText(reason, language),
          approvedBy,
        })),
      ),
    ),
  );
}
