import { dayAt } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import { because } from './reasons.ts';

/** Days before one must be known to say what is usual, and at most so many count. */
export const neededDays = 7;
const usualDays = 28;

interface Day {
  readonly day: string;
  readonly isWhole: boolean;
}

export interface Watched<D extends Day> {
  readonly since: string | null;
  readonly days: readonly D[];
}

export interface Recent<D extends Day> {
  /** Those of the last days that were read as a whole, oldest first. */
  readonly known: readonly D[];
  /** Why others are not known. */
  readonly reasons: readonly Reason[];
}

/**
 * The days that are over and that a control looks back on: every one of them has to be known.
 * @param count how many, from yesterday backwards
 */
export function recentDays<D extends Day>(
  { since, days }: Watched<D>,
  { count, zone, at, subject }: { count: number; zone: string; at: Date; subject: string },
): Recent<D> {
  if (since === null) return { known: [], reasons: [because('anomalies.not-remembered', {}, subject)] };
  const today = dayAt(at, zone);
  const last = days.at(-1)?.day;
  if (last !== undefined && last >= today.toString()) {
    return { known: [], reasons: [because('anomalies.future', { day: last }, subject)] };
  }
  const known: D[] = [];
  const reasons: Reason[] = [];
  for (let back = count; back >= 1; back -= 1) {
    const name = today.subtract({ days: back }).toString();
    const day = days.find((one) => one.day === name);
    if (day?.isWhole) known.push(day);
    else if (day !== undefined) reasons.push(because('anomalies.gap', { day: name, source: subject }, subject));
    // One of several will do to tell that the agent is young.
    else if (reasons.length === 0) reasons.push(because('anomalies.young', { since, day: name }, subject));
  }
  return { known, reasons };
}

/**
 * What is usual before a day: the median of the whole days before it.
 * @returns how many those are, where they are too few to tell
 */
export function usualBefore<D extends Day>(
  days: readonly D[],
  day: string,
  figure: (day: D) => number,
): { usual: number } | { tooFew: number } {
  const before = days.filter((one) => one.isWhole && one.day < day).slice(-usualDays);
  if (before.length < neededDays) return { tooFew: before.length };
  const figures = before.map(figure).sort((a, b) => a - b);
  const [low = 0, high = 0] = [figures[(figures.length - 1) >> 1], figures[figures.length >> 1]];
  return { usual: (low + high) / 2 };
}

export function tooFewDays(day: string, days: number, subject: string): Reason {
  return because('anomalies.baseline', { day, days, needed: neededDays }, subject);
}
