import { isAsOld, isOlder } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import { dueAfter, mayGoAfter, windowOf, type Rhythm } from './due.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import type { Row } from './row.ts';

/**
 * Judges `every`, `window` and `keep`: copies come in their rhythm, none is missing in the window, and the window
 * is full as far back as `keep` promises.
 *
 * A copy that is deleted at its promised age leaves the oldest one up to one interval younger than `keep`; so the
 * oldest must be at least `keep - every - grace` old, and with the gaps judged too nothing younger can be missing.
 */
export function judgeRhythm(row: Row, asked: Parameters, at: Date): Reason[] {
  const [oldest, newest] = [row.counted.at(0), row.counted.at(-1)];
  const { every, grace, keep } = asked;
  if (every === undefined || oldest === undefined || newest === undefined) return [];
  const rhythm = { every, grace };
  const limit = every + grace;
  const isLate = isOlder(new Date(dueAfter(Date.parse(newest.time), rhythm, row.clock)), 0, at);
  const reasons = [because(isLate ? 'backup.too-old' : 'backup.fresh', { newest: newest.time, limit }, row.subject)];

  const window = windowOf(asked);
  const gaps = gapsIn(row, rhythm, window, at);
  const [longest] = gaps;
  if (longest === undefined) reasons.push(because('backup.regular', { window, limit }, row.subject));
  else {
    const { from, to } = longest;
    reasons.push(because('backup.gap', { gaps: gaps.length, from, to, limit }, row.subject));
  }
  if (keep !== undefined) {
    const code = reachesBack(row, oldest.time, rhythm, keep, at) ? 'backup.kept' : 'backup.kept-too-short';
    reasons.push(because(code, { keep, oldest: oldest.time }, row.subject));
  }
  return reasons;
}

/** Judges `keepAtMost`. An incomplete copy is kept too long just as well. */
export function judgeMaximum({ present: [oldest], subject }: Row, { keepAtMost }: Parameters, at: Date): Reason[] {
  if (keepAtMost === undefined || oldest === undefined) return [];
  const code = isOlder(oldest.time, keepAtMost, at) ? 'backup.kept-too-long' : 'backup.kept-within';
  return [because(code, { keepAtMost, oldest: oldest.time }, subject)];
}

function reachesBack({ clock, began }: Row, oldest: string, rhythm: Rhythm, keep: number, at: Date): boolean {
  const time = Date.parse(oldest);
  if (isAsOld(new Date(mayGoAfter(time, rhythm, keep, clock)), 0, at)) return true;
  return began !== undefined && time <= dueAfter(Date.parse(began), rhythm, clock);
}

interface Gap {
  readonly from: string;
  readonly to: string;
  /** Seconds, of the whole gap. */
  readonly length: number;
}

/**
 * Neighbours of which the later came too late, the longest gap first (of equals the newest). Of a gap that begins
 * before the window only what lies in it matters: there a thinner row of old copies is no fault.
 */
function gapsIn({ counted, times, clock }: Row, rhythm: Rhythm, window: number, at: Date): Gap[] {
  const found: Gap[] = [];
  const limit = (rhythm.every + rhythm.grace) * 1000;
  for (let index = 1; index < counted.length; index++) {
    const [before = 0, moment = 0] = [times[index - 1], times[index]];
    const [from, to] = [counted[index - 1]?.time ?? '', counted[index]?.time ?? ''];
    // In the rhythm both by the time that passed and as the clock shows it: then it is, whichever counts.
    if (moment - before <= limit && clock.shows(moment) - clock.shows(before) <= limit) continue;
    if (moment <= dueAfter(before, rhythm, clock)) continue;
    const gap = { from, to, length: (moment - before) / 1000 };
    if (reachesIn(gap, limit / 1000, window, at)) found.push(gap);
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
