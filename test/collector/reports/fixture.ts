import { buildCompliance } from '../../../collector/reports/build.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import type { Reason } from '../../../policies/reasons.ts';
import { approver, day, MadeUpLog, requestOf, type Told } from './evidence.ts';

/** A report that has one of everything: failures, unknowns, gaps of all kinds, a waiver, several hosts. */

const acceptsOld: Reason = {
  code: 'tls.accepts-old',
  verdict: 'fail',
  subject: 'web1.example.nl:443',
  values: { versions: 'TLSv1, TLSv1.1', minimum: 'TLSv1.2' },
};

export const fixtureReasons: readonly Reason[] = [
  { code: 'host.denied', verdict: 'unknown', subject: 'shadow', values: { what: '/etc/shadow' } },
  { code: 'host.timeout', verdict: 'unknown', values: { what: 'apt-get -s upgrade' } },
  acceptsOld,
];

const [denied, timeout] = fixtureReasons;
const failing: Told = { verdict: 'fail', reasons: [acceptsOld, ...(denied === undefined ? [] : [denied])] };
const unknown: Told = { verdict: 'unknown', reasons: timeout === undefined ? [] : [timeout] };
const passing = { 'EX-tls': 'pass', 'EX-updates': 'pass', 'EX-password': 'pass' } as const;

/** Sorted by receipt, as a log is. */
export function fixtureLog(): MadeUpLog {
  const log = new MadeUpLog()
    .enrol(day(1), 'web1.example.nl')
    .enrol(day(1), 'db1.example.nl')
    .enrol(day(1), 'mail1.example.nl')
    .enrol(day(4), 'new1.example.nl');
  log
    .hourly(day(1), day(3, 7), 'web1.example.nl', passing)
    .hourly(day(3, 7), day(4, 15), 'web1.example.nl', { ...passing, 'EX-tls': failing })
    .hourly(day(4, 15), day(9), 'web1.example.nl', passing)
    .hourly(day(9), day(11), 'web1.example.nl', { ...passing, 'EX-updates': unknown });
  log
    .hourly(day(1), day(5), 'db1.example.nl', { ...passing, 'EX-tls': 'not-applicable' })
    .report(day(6, 18, 5), 'db1.example.nl', { ...passing, 'EX-password': unknown })
    .hourly(day(6, 20), day(11), 'db1.example.nl', { ...passing, 'EX-tls': 'not-applicable' });
  log.report(day(7), 'mail1.example.nl', passing, { issuedAt: day(7, 5) });
  log.hourly(day(8), day(11), 'mail1.example.nl', passing);
  log.gap(day(5, 12), day(6));
  log.heartbeat(day(11));
  log.entries.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : a.receivedAt > b.receivedAt ? 1 : 0));
  return log;
}

export const fixtureWaiver = {
  from: day(4),
  until: day(6),
  reason: 'Vervanging staat gepland op 5 oktober',
  approvedBy: approver,
} as const;

export async function fixtureReport(): Promise<ComplianceReport> {
  const log = fixtureLog();
  log.drop(
    log.entries.findIndex(({ kind, receivedAt }) => kind === 'report' && receivedAt === day(6, 18, 5)),
    day(11),
  );
  log.waive({ ...fixtureWaiver, host: 'web1.example.nl' });
  return buildCompliance(log.evidence(), requestOf({ expected: ['never1.example.nl'] }));
}
