import type { Clock } from './clock.ts';
import type { Parameters } from './parameters.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A promised rhythm, in seconds. */
export interface Rhythm {
  readonly every: number;
  readonly grace: number;
}

/** How far back gaps are looked for, and sizes compared. */
export function windowOf({ window, keep }: Pick<Parameters, 'window' | 'keep'>): number {
  return window ?? keep ?? 7 * 86_400;
}

/**
 * The last moment at which the copy after one of `moment` is still in the rhythm. Jobs follow the clock on the wall,
 * so where clocks change, time counts as that clock shows it as well as as it passes: neither 25 hours between two
 * nights nor an hour that a clock leaves out is a fault. With two exceptions, lest a missing copy hides in the change:
 * what runs hourly runs in each of two like hours, and a rhythm of whole days never reaches past the promised day by
 * the time that passed alone.
 * @returns milliseconds since 1970
 */
export function dueAfter(moment: number, { every, grace }: Rhythm, clock: Clock): number {
  const limit = (every + grace) * 1000;
  const byTime = moment + limit;
  if (every < 3 * 3600) return byTime;
  const byClock = clock.momentOf(clock.shows(moment) + limit);
  if ((every * 1000) % day !== 0) return Math.max(byTime, byClock);
  const endOfDay = clock.startOfDay(clock.dayOf(moment) + (every * 1000) / day + 1) - 1;
  return Math.max(byClock, Math.min(byTime, endOfDay));
}

/**
 * The first moment at which a copy of `moment` may be gone. Who deletes each copy at its promised age has an oldest one
 * of up to one interval less.
 * @returns milliseconds since 1970
 */
export function mayGoAfter(moment: number, { every, grace }: Rhythm, keep: number, clock: Clock): number {
  const age = (keep - every - grace) * 1000;
  return Math.min(moment + age, clock.momentOf(clock.shows(moment) + age));
}
