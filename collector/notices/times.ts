import { termZone } from '../../policies/people/terms.ts';

/** When the clock in the Netherlands next shows a time of the day, after a moment. @param time `08:00` */
export function nextTimeOfDay(time: string, after: Date): Date {
  const now = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(termZone);
  const today = now.withPlainTime(Temporal.PlainTime.from(time));
  const next =
    Temporal.ZonedDateTime.compare(today, now) > 0
      ? today
      : now.add({ days: 1 }).withPlainTime(Temporal.PlainTime.from(time));
  return new Date(next.epochMilliseconds);
}

/** How long it waits after so many tries that failed, in milliseconds: a minute, then twice as long each time, up to an hour. */
export function backOff(attempts: number): number {
  return Math.min(60_000 * 2 ** (attempts - 1), 3_600_000);
}
