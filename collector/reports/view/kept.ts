import type { ComplianceReport, ControlCompliance } from '../model.ts';
import { classOf, spanStates } from '../states.ts';

/** Kept throughout, seen failing at some time, or not failing and not always shown. */
export type Standing = 'kept' | 'failed' | 'unshown';

export function standingOf({ totals, hosts }: Pick<ControlCompliance, 'totals' | 'hosts'>): Standing {
  // A failure of no length, such as one at the very end, is a failure.
  const failed = hosts.some(({ spans, firstFailureAt }) => {
    return firstFailureAt !== null || spans.some(({ state }) => classOf(state) === 'failing');
  });
  if (failed) return 'failed';
  const isUnshown = spanStates.some((state) => classOf(state) === 'unshown' && (totals.durations[state] ?? 0) > 0);
  return isUnshown || totals.counted === 0 ? 'unshown' : 'kept';
}

/** Hosts that should have reported and of which no control shows anything. */
export function unheardHosts({ hosts, policies }: ComplianceReport): string[] {
  const heard = new Set(
    policies.flatMap(({ controls }) => controls.flatMap((control) => control.hosts)).map(({ host }) => host),
  );
  return hosts
    .filter(({ host, gaps }) => !heard.has(host) && gaps.some(({ state }) => state !== 'not-enrolled'))
    .map(({ host }) => host);
}
