import { isAsOld } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import type { Clock } from './clock.ts';
import { mayGoAfter } from './due.ts';
import type { BackupSet, Vanished } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import type { Row } from './row.ts';

/** Whether a copy went before its time, and would still have to be there at `at`. */
export function wentEarly(
  { time, goneBy }: Pick<Vanished, 'time' | 'goneBy'>,
  { every, grace, keep }: Parameters,
  clock: Clock,
  at: Date,
): boolean {
  if (every === undefined || keep === undefined || isAsOld(time, keep, at)) return false;
  return Date.parse(goneBy) < mayGoAfter(Date.parse(time), { every, grace }, keep, clock);
}

/**
 * Judges what `keep` promises of each copy, by what the agent remembers. A copy more than the rhythm asks may be
 * promised nothing: where `thinned` says so, that it went is a note.
 */
export function judgeVanished(set: BackupSet, row: Row, asked: Parameters, at: Date, account?: string): Reason[] {
  const { keep } = asked;
  if (keep === undefined) return [];
  const early = (set.vanished ?? []).filter((one) => one.account === account && wentEarly(one, asked, row.clock, at));
  const newest = early.sort((a, b) => Date.parse(a.time) - Date.parse(b.time)).at(-1);
  if (newest === undefined) return [];
  const { time, goneBy } = newest;
  const code = asked.thinned === true ? 'backup.thinned' : 'backup.vanished';
  return [because(code, { copies: early.length, time, goneBy, keep }, row.subject)];
}

/** Of what lay there before the agent looked, only the list of copies itself tells. */
export function judgeMemory({ set, watchedSince }: BackupSet, { keep }: Parameters, at: Date): Reason[] {
  if (keep === undefined || watchedSince === undefined || isAsOld(watchedSince, keep, at)) return [];
  return [because('backup.watched', { since: watchedSince }, set)];
}
