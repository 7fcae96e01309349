import { dayAt } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import type { Row } from './row.ts';

/** What is counted, each numbered through from 1970. */
const units = {
  daily: { numberOf: (day: number) => day, firstDayOf: (day: number) => day },
  weekly: { numberOf: weekOf, firstDayOf: mondayOf },
  monthly: { numberOf: monthOf, firstDayOf: firstOf },
} as const;
const names = ['daily', 'weekly', 'monthly'] as const;

/**
 * Judges `generations`: unbroken rows of calendar days, of ISO 8601 weeks (Monday to Sunday) and of calendar months, in
 * the set's time zone, that end now. The current one need not have its copy yet; every earlier one must. So four kept
 * copies with days between them are not four daily generations.
 */
export function judgeGenerations(row: Row, timeZone: string, asked: Parameters, at: Date): Reason[] {
  const { generations } = asked;
  if (generations === undefined || row.counted.length === 0) return [];
  const days = [...new Set(row.times.map((time) => row.clock.dayOf(time)))];
  const today = daysTo(dayAt(at, timeZone));
  const beganOn = row.began === undefined ? -Infinity : row.clock.dayOf(Date.parse(row.began));
  return names.flatMap((name) => {
    const wanted = generations[name];
    if (wanted === undefined) return [];
    const { numberOf, firstDayOf } = units[name];
    const { found, missing } = rowUpTo(numberOf(today), days.map(numberOf));
    // Nobody can have copies of what was not there yet.
    const isWhole = found >= wanted || (found > 0 && firstDayOf(missing) <= beganOn);
    if (isWhole) return [because(`backup.${name}`, { wanted }, row.subject)];
    return [because(`backup.${name}-missing`, { wanted, found, missing: dateOf(firstDayOf(missing)) }, row.subject)];
  });
}

/**
 * How many numbers in a row there are, ending at `now` or the one before, and the first that breaks the row. Where
 * there is no row at all that is the one after the newest, so that it stays the same however long nothing comes.
 * @param numbers in ascending order, at least one
 */
function rowUpTo(now: number, numbers: readonly number[]): { found: number; missing: number } {
  const present = new Set(numbers);
  const newest = present.has(now) ? now : now - 1;
  let missing = newest;
  while (present.has(missing)) missing -= 1;
  const found = newest - missing;
  return found > 0 ? { found, missing } : { found, missing: (numbers.at(-1) ?? now) + 1 };
}

const epoch = Temporal.PlainDate.from('1970-01-01');

/** Days since 1970-01-01. */
function daysTo(date: Temporal.PlainDate): number {
  return epoch.until(date).days;
}

function dateOf(day: number): string {
  return epoch.add({ days: day }).toString();
}

/** 1970-01-01 was a Thursday: three days earlier a week began. */
function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

function mondayOf(week: number): number {
  return week * 7 - 3;
}

/** By Date, which counts days in UTC a hundred times as fast as Temporal does. */
function monthOf(day: number): number {
  const date = new Date(day * 86_400_000);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function firstOf(month: number): number {
  return Date.UTC(1970, month, 1) / 86_400_000;
}
