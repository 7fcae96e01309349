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
  const fresh = ageOf(newest, at) <= limit ? 'backup.fresh' : 'backup.too-old';
  const reasons = [because(fresh, { newest: newest.time, limit }, set.set)];

  const window = asked.window ?? asked.keep ?? defaultWindow;
  const gaps = gapsIn(counted, at.getTime() - window * 1000, limit);
  const [longest] = gaps;
  if (longest === undefined) reasons.push(because('backup.regular', { window, limit }, set.set));
  else reasons.push(because('backup.gap', { gaps: gaps.length, from: longest.from, to: longest.to, limit }, set.set));

  if (asked.keep !== undefined) {
    const kept = ageOf(oldest, at) >= asked.keep - limit ? 'backup.kept' : 'backup.kept-too-short';
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
  const code = ageOf(oldest, at) <= keepAtMost ? 'backup.kept-within' : 'backup.kept-too-long';
  return [because(code, { keepAtMost, oldest: oldest.time }, set.set)];
}

interface Gap {
  readonly from: string;
  readonly to: string;
}

/**
 * Neighbours with more than `limit` seconds between them, the longest first (of equals the newest). Of a gap that
 * begins before `start` (milliseconds) only what lies after it matters: there a thinner row of old copies is no fault.
 */
function gapsIn(points: readonly Point[], start: number, limit: number): Gap[] {
  const found: (Gap & { readonly length: number })[] = [];
  let previous: Point | undefined;
  for (const point of points) {
    if (previous !== undefined) {
      const length = (Date.parse(point.time) - Math.max(Date.parse(previous.time), start)) / 1000;
      if (length > limit) found.push({ from: previous.time, to: point.time, length });
    }
    previous = point;
  }
  return found.sort((a, b) => b.length - a.length || Date.parse(b.to) - Date.parse(a.to));
}

function ageOf(point: Point, at: Date): number {
  return (at.getTime() - Date.parse(point.time)) / 1000;
}
