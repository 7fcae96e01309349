import { z } from 'zod';
import { isDutchHoliday } from './holidays.ts';

/** Of all terms: the policies are Dutch. */
export const termZone = 'Europe/Amsterdam';

const units = ['h', 'd', 'wd', 'mo'] as const;

/** How long people have: `24h`, `60d`, `2wd` (working days) or `6mo` (calendar months) in a document. */
export const Term = z
  .string()
  .regex(/^[1-9][0-9]{0,3}(h|d|wd|mo)$/, 'expected a term such as 24h, 60d, 2wd or 6mo')
  .transform((text): Term => {
    const unit = units.find((one) => text.replace(/^\d+/, '') === one) ?? 'h';
    return { count: Number.parseInt(text, 10), unit };
  });

export interface Term {
  readonly count: number;
  readonly unit: (typeof units)[number];
}

/** As a document has it. */
export function termText({ count, unit }: Term): string {
  return `${count}${unit}`;
}

/** Calendars are slow, and a report holds the same cases against thousands of moments: so many terms are remembered. */
const maximumRemembered = 50_000;
const remembered = new Map<string, string>();

/**
 * The moment by which a thing must be done that is due a term after another: still in time at any moment before it.
 *
 * Hours pass as they are. Days and months are those of the calendar in the Netherlands, at the same time of the day, so
 * that clocks that change shorten nothing. Working days begin to count on the day after, and the last one counts whole.
 */
export function dueAfter(moment: string, term: Term): string {
  const key = `${moment} ${termText(term)}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const due = computeDue(moment, term);
  if (remembered.size >= maximumRemembered) remembered.clear();
  remembered.set(key, due);
  return due;
}

function computeDue(moment: string, { count, unit }: Term): string {
  const from = Temporal.Instant.from(moment);
  if (unit === 'h') return momentOf(from.add({ hours: count }));
  const local = from.toZonedDateTimeISO(termZone);
  if (unit === 'd') return momentOf(local.add({ days: count }).toInstant());
  if (unit === 'mo') return momentOf(local.add({ months: count }).toInstant());
  return momentOf(afterWorkingDays(local.toPlainDate(), count).add({ days: 1 }).toZonedDateTime(termZone).toInstant());
}

function afterWorkingDays(day: Temporal.PlainDate, count: number): Temporal.PlainDate {
  let reached = day;
  for (let counted = 0; counted < count;) {
    reached = reached.add({ days: 1 });
    if (isWorkingDay(reached)) counted += 1;
  }
  return reached;
}

/** Monday to Friday, but for holidays. */
export function isWorkingDay(day: Temporal.PlainDate): boolean {
  return day.dayOfWeek <= 5 && !isDutchHoliday(day);
}

function momentOf(instant: Temporal.Instant): string {
  return new Date(instant.epochMilliseconds).toISOString();
}
