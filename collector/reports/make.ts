import pLimit from 'p-limit';
import type { Language } from '../../policies/schema.ts';
import { Problem } from '../problem.ts';
import { buildCompliance } from './build.ts';
import type { ReportedEvidence } from './evidence.ts';
import { storedEvidence } from './from-store.ts';
import type { ComplianceReport, Period, Scope } from './model.ts';
import { withoutWords } from './seen.ts';
import { hasOrganisation } from './view/kept.ts';

export interface ReportSettings {
  /** The collector's data folder. */
  readonly data: string;
  /** Seconds. */
  readonly staleAfter: number;
  /** Hosts that must report. */
  readonly expected: readonly string[];
}

export interface ReportOrder {
  readonly period: Period;
  readonly scope: Scope;
  /** Hosts that were asked for by name, each of which must be there; all of the scope's unless given. */
  readonly named?: readonly string[];
  /** Further hosts that must report. */
  readonly expected?: readonly string[];
  /** Whether it is for somebody who may see these hosts and nothing else. */
  readonly isSeenInPart?: boolean;
}

/** They are heavy, and the collector has other work: one after the other. */
const oneAtATime = pLimit(1);

/**
 * A report from a collector's own store.
 * @throws Problem `report.scope`, StoreError
 */
export function makeStoredReport({ data, ...settings }: ReportSettings, order: ReportOrder): Promise<ComplianceReport> {
  return oneAtATime(async () => {
    using evidence = storedEvidence(data);
    return await makeReport(evidence, settings, order);
  });
}

/** @throws Problem `report.scope` where nothing of what was asked for is in the evidence: a report of nothing would look like one without failures */
export async function makeReport(
  evidence: ReportedEvidence,
  { staleAfter, expected }: Omit<ReportSettings, 'data'>,
  { period, scope, named = scope.hosts ?? [], expected: more = [], isSeenInPart = false }: ReportOrder,
): Promise<ComplianceReport> {
  const all = [...new Set([...expected, ...more])];
  const report = await buildCompliance(evidence, { period, scope, staleAfter, expected: all });
  const known = report.hosts.map(({ host }) => host);
  const missing = named.find((host) => !known.includes(host));
  if (missing !== undefined) throw empty(`no host ${missing} with these labels is known in this period`);
  if (known.length === 0 && !hasOrganisation(report)) throw empty('no host of this scope is in the evidence');
  const policy = scope.policies?.find((name) => report.policies.every((one) => one.policy !== name));
  if (policy !== undefined) throw empty(`nothing of this scope was judged by the policy ${policy} in this period`);
  return isSeenInPart ? withoutWords(report) : report;
}

/** What the access log says of a report that is made. @param format the form of its file */
export function describeOrder({ period, scope: { hosts, policies, labels } }: ReportOrder, format: string): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const who = hosts ?? ['all hosts'];
  return [format, period.from, period.until, ...who, ...pairs, ...(policies ?? [])].join(' ');
}

/** What a file of it is called, without its ending. */
export function fileNameOf({ period }: ComplianceReport, language: Language): string {
  const name = language === 'nl' ? 'nalevingsrapport' : 'compliance-report';
  return `${name}-${period.from.slice(0, 10)}-${period.until.slice(0, 10)}`;
}

function empty(detail: string): Problem {
  return new Problem(404, 'report.scope', detail);
}
