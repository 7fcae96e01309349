import { Problem } from '../problem.ts';
import type { Sight } from '../access/sight.ts';
import type { ReportOrder } from './make.ts';
import type { ComplianceReport, Scope, Waiver } from './model.ts';
import { periodOf, type AskedReport } from './request.ts';

/**
 * An order for a report by somebody who may see no more than `sight`. A host that he may not see is one that there is
 * not; a period begins no earlier than the hosts came to be his.
 * @throws Problem `http.query`
 */
export function seenOrder(scope: Scope, asked: Pick<AskedReport, 'from' | 'to'>, sight: Sight, now: Date): ReportOrder {
  if (sight.of === 'all') return { scope, period: periodOf(asked, now) };
  const hosts = [...sight.since.keys()].filter((host) => scope.hosts?.includes(host) ?? true).sort();
  const since = hosts.reduce((latest, host) => Math.max(latest, Date.parse(sight.since.get(host) ?? '')), -Infinity);
  const period = periodOf(asked, now);
  const own = { ...scope, hosts };
  const more = { named: scope.hosts ?? [], expected: hosts, isSeenInPart: true };
  if (hosts.length === 0 || Date.parse(period.from) >= since) return { scope: own, period, ...more };
  const begin = new Date(since).toISOString();
  if (asked.from !== undefined) {
    throw new Problem(400, 'http.query', `from ${asked.from}: these hosts are shown from ${begin} on`);
  }
  return { scope: own, period: periodOf({ ...asked, from: begin }, now), ...more };
}

/** Why somebody wanted an exception may speak of others whom it is for: these words are not for a reader of some hosts. */
export function withoutWords(report: ComplianceReport): ComplianceReport {
  const wordless = (waiver: Waiver): Waiver => ({ ...waiver, reason: { state: 'withheld' } });
  return {
    ...report,
    policies: report.policies.map((policy) => ({
      ...policy,
      controls: policy.controls.map((control) => ({
        ...control,
        hosts: control.hosts.map((course) => ({ ...course, waivers: course.waivers.map(wordless) })),
      })),
    })),
  };
}
