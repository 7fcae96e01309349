import { termZone } from './terms.ts';

/** The calendar month in the Netherlands that a moment lies in, such as `2026-11`. */
export function monthOf(moment: string): string {
  return Temporal.Instant.from(moment).toZonedDateTimeISO(termZone).toPlainDate().toPlainYearMonth().toString();
}

export function monthAfter(month: string): string {
  return Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
}

/** The first moment of a month. */
export function beginningOf(month: string): string {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return new Date(first.toZonedDateTime(termZone).epochMilliseconds).toISOString();
}
