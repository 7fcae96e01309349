import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { coursesOf, subjectName } from '../subjects.ts';
import { gapsView, together, type GapsView } from './gaps.ts';
import { texts } from './texts.ts';
import { cellMoment, keptText, lengthOf, moment, number } from './words.ts';

export interface HostRow {
  readonly host: string;
  readonly labels: string;
  readonly reports: string;
  readonly lastReport: string;
  /** How much of the period lies in gaps. */
  readonly gaps: string;
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

/** The chapters on waivers, hosts and gaps. */
export function evidenceView(
  report: ComplianceReport,
  language: Language,
): GapsView & { readonly waivers: WaiverRow[]; readonly hosts: HostRow[] } {
  return {
    waivers: waiverRows(report, language),
    hosts: report.hosts.map((host) => hostRow(host, language)),
    ...gapsView(report, language),
  };
}

function hostRow(
  { host, labels, reports, lastReport, gaps }: ComplianceReport['hosts'][number],
  language: Language,
): HostRow {
  const t = texts[language];
  const lost = gaps.filter(({ state }) => state !== 'not-enrolled');
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    host,
    labels: labels === null ? t.labelsUnknown : pairs.join(', '),
    reports: number(reports, language),
    lastReport:
      lastReport === null
        ? t.never
        : `${moment(lastReport.issuedAt ?? lastReport.receivedAt, language)}, ${t.entry(String(lastReport.index))}`,
    gaps: lost.length === 0 ? t.never : `${number(lost.length, language)}: ${lengthOf(together(lost), language)}`,
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
