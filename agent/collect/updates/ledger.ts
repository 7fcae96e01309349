import type { Since, Waiting } from '../../../policies/checks/updates/facts.ts';
import type { Ledger } from '../collector.ts';

/** An update before it is told since when it waits. */
export interface Untimed extends Omit<Waiting, 'security' | 'unlabelled'> {
  readonly security: { readonly version: string } | null;
  readonly unlabelled: { readonly version: string; readonly source: string } | null;
}

/**
 * Tells since when updates wait, from the agent's memory.
 *
 * @param timed whether the lists are ground for that; false, so that emptied lists do not make the ledger forget
 */
export function timeWaiting(ledger: Ledger, waiting: readonly Untimed[], timed: boolean): Waiting[] {
  const security = observe('updates.security', ({ security }) => security !== null);
  const unlabelled = observe('updates.unlabelled', ({ unlabelled }) => unlabelled !== null);
  return waiting.map((update) => ({
    ...update,
    security: update.security && { ...update.security, since: security(update) },
    unlabelled: update.unlabelled && { ...update.unlabelled, since: unlabelled(update) },
  }));

  function observe(topic: string, isBehind: (update: Untimed) => boolean): (update: Untimed) => Since | null {
    const seen = timed ? ledger.observe(topic, waiting.filter(isBehind).map(keyOf)) : undefined;
    return (update) => seen?.get(keyOf(update)) ?? null;
  }
}

/** By the installed version, not the one that waits: else each next update would begin the wait anew. */
function keyOf(update: Untimed): string {
  return `${update.package}=${update.installed ?? ''}`;
}
