import { z } from 'zod';

/**
 * The form of an archive's whole name: literal text around `{date}` (2026-11-20 or 20261120) and, where the name has
 * it, `{time}` (0300, 03:00, 03-00, each also with seconds), both in the set's time zone. Nothing matches "anything":
 * the archives of two databases in one set would hide that one of them stopped.
 */
export const ArchivePattern = z
  .string()
  .max(255)
  .refine((pattern) => pattern.split('{date}').length === 2, { error: 'expected {date} once' })
  .refine((pattern) => pattern.split('{time}').length <= 2, { error: 'expected {time} at most once' })
  .refine((pattern) => !/[{}/*?]/.test(pattern.replace('{date}', '').replace('{time}', '')), {
    error: 'expected literal text around {date} and {time}: no other {...}, no /, * or ?',
  })
  .refine((pattern) => !/\.(tmp|part|partial|inprogress)$/i.test(pattern), {
    error: 'expected the name of a finished archive: this one is still being written',
  });

/** What an archive's name says. */
export interface NamedMoment {
  readonly date: Temporal.PlainDate;
  readonly time?: Temporal.PlainTime;
}

/** Reads names of that pattern; undefined for every other name, and for a date that the calendar does not have. */
export function matcherOf(pattern: string): (name: string) => NamedMoment | undefined {
  const literal = pattern.replace(/[.+^$()|[\]\\]/g, '\\$&');
  const form = literal
    .replace('{date}', String.raw`(?<date>\d{4}-\d\d-\d\d|\d{8})`)
    .replace('{time}', String.raw`(?<time>\d\d(?:[:-]?\d\d){1,2})`);
  const expression = new RegExp(`^${form}$`);
  return (name) => {
    const groups = expression.exec(name)?.groups;
    const date = numbersOf(groups?.date, [4, 2, 2]);
    if (date === undefined) return undefined;
    const [year = 0, month = 0, day = 0] = date;
    const [hour = 0, minute = 0, second = 0] = numbersOf(groups?.time, [2, 2, 2]) ?? [];
    try {
      return {
        date: Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }),
        ...(groups?.time === undefined
          ? {}
          : { time: Temporal.PlainTime.from({ hour, minute, second }, { overflow: 'reject' }) }),
      };
    } catch {
      return undefined;
    }
  };
}

/**
 * The moment that an archive shows. A name with a time says it (an hour that occurs twice, when summer time ends,
 * is taken as the earlier). A name with only a day leaves it open within that day: then it is when the file was last
 * written, if that was on that day, and else the day's first moment; never later than the truth.
 */
export function momentOf(named: NamedMoment, timeZone: string, modifiedAt: Date): Date {
  const { date, time } = named;
  if (time !== undefined) return new Date(date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds);
  const start = date.toZonedDateTime(timeZone).epochMilliseconds;
  const end = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  return modifiedAt.getTime() >= start && modifiedAt.getTime() < end ? modifiedAt : new Date(start);
}

/** The digits of `text` cut into numbers of those lengths. */
function numbersOf(text: string | undefined, lengths: readonly number[]): number[] | undefined {
  if (text === undefined) return undefined;
  let digits = text.replace(/\D/g, '');
  const numbers: number[] = [];
  for (const length of lengths) {
    if (digits !== '') numbers.push(Number(digits.slice(0, length)));
    digits = digits.slice(length);
  }
  return numbers;
}
