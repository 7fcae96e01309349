import { z } from 'zod';

/**
 * The form of an archive's whole name: literal text around `{date}` (2026-11-20 or 20261120) and, where the name has
 * it, `{time}` (0300, 03:00, 03-00, each also with seconds), both in the set's time zone; or around `{weekday}`, for
 * archives that are overwritten each week. Nothing matches "anything": the archives of two databases in one set would
 * hide that one of them stopped. With `{account}` it is the form of every account's archives.
 */
export const ArchivePattern = z
  .string()
  .max(255)
  .refine((pattern) => pattern.split(/\{(?:date|weekday)\}/).length === 2, {
    error: 'expected {date} once, or {weekday}',
  })
  .refine((pattern) => pattern.split('{time}').length <= 2, { error: 'expected {time} at most once' })
  .refine((pattern) => !(pattern.includes('{weekday}') && pattern.includes('{time}')), {
    error: 'expected no {time} beside {weekday}: when such a file was last written to is its moment',
  })
  .refine((pattern) => pattern.split('{account}').length <= 2, { error: 'expected {account} at most once' })
  .refine((pattern) => !/[{}/*?]/.test(pattern.replace(/\{(?:date|weekday|time|account)\}/g, '')), {
    error: 'expected literal text around {date} and {time}: no other {...}, no /, * or ?',
  })
  .refine((pattern) => !/\.(tmp|part|partial|inprogress)$/i.test(pattern), {
    error: 'expected the name of a finished archive: this one is still being written',
  });

/** What an archive's name says. */
export type NamedMoment =
  | { readonly date: Temporal.PlainDate; readonly time?: Temporal.PlainTime }
  /** As ISO 8601 numbers them, Monday 1. */
  | { readonly weekday: number };

/** Reads names of that pattern; undefined for every other name, and for a date that the calendar does not have. */
export function matcherOf(pattern: string): (name: string) => NamedMoment | undefined {
  const form = formOf(pattern);
  const expression = new RegExp(`^${form}$`);
  const anyCase = new RegExp(`^${form}$`, 'i');
  return (name) => {
    if (pattern.includes('{weekday}')) return weekdayIn(anyCase.exec(name)?.groups?.weekday);
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

function formOf(pattern: string): string {
  return literally(pattern)
    .replace('{date}', String.raw`(?<date>\d{4}-\d\d-\d\d|\d{8})`)
    .replace('{weekday}', `(?<weekday>${weekdays.flat().join('|')})`)
    .replace('{time}', String.raw`(?<time>\d\d(?:[:-]?\d\d){1,2})`);
}

function literally(text: string): string {
  return text.replace(/[.+^$()|[\]\\]/g, '\\$&');
}

/** What the name of an account's archive says. */
export interface NamedAccount {
  readonly account: string;
  readonly moment: NamedMoment;
}

/**
 * Reads names of a pattern with `{account}`, where only the names of these accounts fit: `shop-2026-11-22` is the
 * archive of `shop` and never of an unknown `shop-2026`. Where two fit, it is the longer.
 */
export function accountMatcherOf(
  pattern: string,
  accounts: readonly string[],
): (name: string) => NamedAccount | undefined {
  const longestFirst = accounts.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const anyAccount = `(?<account>${longestFirst.map(literally).join('|')})`;
  const form = formOf(pattern).replace('{account}', () => anyAccount);
  const expression = new RegExp(`^${form}$`, pattern.includes('{weekday}') ? 'i' : '');
  const matchers = new Map(
    accounts.map((account) => [account, matcherOf(pattern.replace('{account}', () => account))]),
  );
  return (name) => {
    const account = expression.exec(name)?.groups?.account;
    if (account === undefined) return undefined;
    const moment = matchers.get(account)?.(name);
    return moment === undefined ? undefined : { account, moment };
  };
}

/** As date(1) writes them (%A, %a, %u, %w), in English and Dutch. */
const weekdays: readonly (readonly string[])[] = [
  ['monday', 'mon', 'maandag', 'ma', '1'],
  ['tuesday', 'tue', 'dinsdag', 'di', '2'],
  ['wednesday', 'wed', 'woensdag', 'wo', '3'],
  ['thursday', 'thu', 'donderdag', 'do', '4'],
  ['friday', 'fri', 'vrijdag', 'vr', '5'],
  ['saturday', 'sat', 'zaterdag', 'za', '6'],
  ['sunday', 'sun', 'zondag', 'zo', '7', '0'],
];

function weekdayIn(word: string | undefined): NamedMoment | undefined {
  if (word === undefined) return undefined;
  return { weekday: weekdays.findIndex((names) => names.includes(word.toLowerCase())) + 1 };
}

/** Up to when on the next day an archive may still have been written: a job that runs on past midnight. */
const hoursPastMidnight = 12;

/**
 * The moment that an archive shows. A name with a time says it (an hour that occurs twice, when summer time ends,
 * is taken as the earlier). A name with only a day leaves it open within that day: then it is when the file was last
 * written, if that was on that day, and else the day's first moment; never later than the truth.
 * @returns undefined where the name is a weekday and the file was last written on another: it was copied or touched,
 *   and nothing tells any more in which week it was made
 */
export function momentOf(named: NamedMoment, timeZone: string, modifiedAt: Date): Date | undefined {
  if ('weekday' in named) return momentOnWeekday(named.weekday, timeZone, modifiedAt);
  const { date, time } = named;
  if (time !== undefined) return new Date(date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds);
  const start = date.toZonedDateTime(timeZone).epochMilliseconds;
  const end = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  return modifiedAt.getTime() >= start && modifiedAt.getTime() < end ? modifiedAt : new Date(start);
}

function momentOnWeekday(weekday: number, timeZone: string, modifiedAt: Date): Date | undefined {
  const written = Temporal.Instant.fromEpochMilliseconds(modifiedAt.getTime()).toZonedDateTimeISO(timeZone);
  if (written.dayOfWeek === weekday) return modifiedAt;
  const date = written.toPlainDate().subtract({ days: 1 });
  const isLate = date.dayOfWeek === weekday && written.toPlainTime().hour < hoursPastMidnight;
  return isLate ? new Date(date.toZonedDateTime(timeZone).epochMilliseconds) : undefined;
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
