import { isAsOld, isOlder } from '../../moments.ts';
import { secondsBetween } from '../../quantities.ts';
import type { Reason } from '../../reasons.ts';
import type { BackupSet, Point } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';

const defaultWindow = 7 * 86_400;

/**
 * Judges `every`, `window` and `keep`: copies come in their rhythm, none is missing in the window, and the window
 * is full as far back as `keep` promises.
 *
 * A copy that is deleted at its promised age leaves the oldest one up to one interval younger than `keep`; so the
 * oldest must be at least `keep - every - grace` old, and with the gaps judged too nothing younger can be missing.
 *
 * @param counted sorted by time, at least one
 */
export function judgeRhythm(set: BackupSet, counted: readonly Point[], asked: Parameters, at: Date): Reason[] {
  const [oldest, newest] = [counted.at(0), counted.at(-1)];
  if (asked.every === undefined || oldest === undefined || newest === undefined) return [];
  const limit = asked.every + asked.grace;
  const fresh = isOlder(newest.time, limit, at) ? 'backup.too-old' : 'backup.fresh';
  const reasons = [because(fresh, { newest: newest.time, limit }, set.set)];

  const window = asked.window ?? asked.keep ?? defaultWindow;
  const gaps = gapsIn(counted, { window, limit }, at);
  const [longest] = gaps;
  if (longest === undefined) reasons.push(because('backup.regular', { window, limit }, set.set));
  else reasons.push(because('backup.gap', { gaps: gaps.length, from: longest.from, to: longest.to, limit }, set.set));

  if (asked.keep !== undefined) {
    const kept = isAsOld(oldest.time, asked.keep - limit, at) ? 'backup.kept' : 'backup.kept-too-short';
    reasons.push(because(kept, { keep: asked.keep, oldest: oldest.time }, set.set));
  }
  return reasons;
}

/**
 * Judges `keepAtMost`.
 * @param present all that lies there, sorted by time: an incomplete copy is kept too long just as well
 */
export function judgeMaximum(set: BackupSet, present: readonly Point[], asked: Parameters, at: Date): Reason[] {
  const [oldest] = present;
  const { keepAtMost } = asked;
  if (keepAtMost === undefined || oldest === undefined) return [];
  const code = isOlder(oldest.time, keepAtMost, at) ? 'backup.kept-too-long' : 'backup.kept-within';
  return [because(code, { keepAtMost, oldest: oldest.time }, set.set)];
}

interface Gap {
  readonly from: string;
  readonly to: string;
  /** Seconds, of the whole gap. */
  readonly length: number;
}

/**
 * Neighbours with more than `limit` seconds between them, the longest first (of equals the newest). Of a gap that begins
 * before the window only what lies in it matters: there a thinner row of old copies is no fault.
 */
function gapsIn(points: readonly Point[], { window, limit }: { window: number; limit: number }, at: Date): Gap[] {
  const found: Gap[] = [];
  let previous: Point | undefined;
  for (const { time } of points) {
    const gap = previous && { from: previous.time, to: time, length: secondsBetween(previous.time, time) };
    if (gap !== undefined && gap.length > limit && reachesIn(gap, limit, window, at)) found.push(gap);
    previous = { time };
  }
  return found.sort((a, b) => compareInWindow(a, b, window, at) || Date.parse(b.to) - Date.parse(a.to));
}

/** Whether more than so many seconds of a gap lie in the window. */
function reachesIn({ to }: Gap, seconds: number, window: number, at: Date): boolean {
  return !isAsOld(to, window - seconds, at);
}

/** By the seconds that lie in the window, the longest first. Only the oldest of all gaps can lie across its beginning. */
function compareInWindow(a: Gap, b: Gap, window: number, at: Date): number {
  const [older, newer, sign] = Date.parse(a.to) < Date.parse(b.to) ? [a, b, 1] : [b, a, -1];
  const isOlderLonger = older.length > newer.length && reachesIn(older, newer.length, window, at);
  if (isOlderLonger) return -sign;
  const isAsLong = older.length >= newer.length && !isOlder(older.to, window - newer.length, at);
  return isAsLong ? 0 : sign;
}
