/** Whether the runtime knows a time zone of this name (IANA). */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Both instants that a local time may mean: as the clock is set back an hour occurs twice, as it is set forward one never.
 *
 * @param local ISO 8601 without an offset
 */
export function instantsOf(local: string, zone: string): [Temporal.Instant, Temporal.Instant] {
  const time = Temporal.PlainDateTime.from(local);
  const meant = (disambiguation: 'earlier' | 'later'): Temporal.Instant =>
    time.toZonedDateTime(zone, { disambiguation }).toInstant();
  return [meant('earlier'), meant('later')];
}

export function dateOf({ epochMilliseconds }: Temporal.Instant): Date {
  return new Date(epochMilliseconds);
}
