/** Whether the calendar and the clock can show that, at least in some zone. */
export function isShownMoment(shown: string): boolean {
  try {
    Temporal.PlainDateTime.from(shown, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/**
 * The moment at which a clock of that zone showed a time without one; of an hour that comes twice the earlier, so that
 * nothing looks younger than it is.
 * @param shown `2026-11-22 03:00:00` or `20261122T030000`, as `isShownMoment` accepts it
 * @param timeZone IANA name
 */
export function momentShown(shown: string, timeZone: string): string {
  const { epochMilliseconds } = Temporal.PlainDateTime.from(shown, { overflow: 'reject' }).toZonedDateTime(timeZone);
  return new Date(epochMilliseconds).toISOString();
}
