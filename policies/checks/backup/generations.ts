import { dayAt } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import type { BackupSet, Point } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';

/**
 * Judges `generations`: unbroken rows of calendar days and of ISO 8601 weeks (Monday to Sunday), in the set's time
 * zone, that end now. The current day or week need not have its copy yet; every earlier one must. So four kept
 * copies with days between them are not four daily generations.
 */
export function judgeGenerations(set: BackupSet, counted: readonly Point[], asked: Parameters, at: Date): Reason[] {
  const { daily, weekly } = asked.generations ?? {};
  const days = counted.map((point) => numberOf(dayAt(new Date(point.time), set.timeZone)));
  const today = numberOf(dayAt(at, set.timeZone));
  const reasons: Reason[] = [];
  if (daily !== undefined) {
    const { found, missing } = rowUpTo(today, days);
    reasons.push(
      found >= daily
        ? because('backup.daily', { wanted: daily }, set.set)
        : because('backup.daily-missing', { wanted: daily, found, missing: dateOf(missing) }, set.set),
    );
  }
  if (weekly !== undefined) {
    const { found, missing } = rowUpTo(weekOf(today), days.map(weekOf));
    reasons.push(
      found >= weekly
        ? because('backup.weekly', { wanted: weekly }, set.set)
        : because('backup.weekly-missing', { wanted: weekly, found, missing: dateOf(mondayOf(missing)) }, set.set),
    );
  }
  return reasons;
}

/**
 * How many numbers in a row there are, ending at `now` or the one before, and the first that breaks the row. Where
 * there is no row at all that is the one after the newest, so that it stays the same however long nothing comes.
 */
function rowUpTo(now: number, numbers: readonly number[]): { found: number; missing: number } {
  const present = new Set(numbers);
  const newest = present.has(now) ? now : now - 1;
  let missing = newest;
  while (present.has(missing)) missing -= 1;
  const found = newest - missing;
  return found > 0 ? { found, missing } : { found, missing: Math.max(...numbers) + 1 };
}

const epoch = Temporal.PlainDate.from('1970-01-01');

/** Days since 1970-01-01. */
function numberOf(day: Temporal.PlainDate): number {
  return epoch.until(day).days;
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
