const day = 86_400_000;

/** A time zone's clock. Moments are milliseconds since 1970; days are counted from 1970-01-01. */
export interface Clock {
  /** What it shows, as the milliseconds at which a clock on UTC shows the same. */
  shows(moment: number): number;
  /** When it shows that; of an hour that occurs twice the later, of one that is left out as much after its beginning. */
  momentOf(shown: number): number;
  dayOf(moment: number): number;
  startOfDay(day: number): number;
}

const clocks = new Map<string, Clock>();

/**
 * Temporal is asked once for each stretch between two changes of the clock: there may be a hundred thousand copies.
 * @param timeZone IANA name
 * @throws RangeError where there is no such zone
 */
export function clockOf(timeZone: string): Clock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = makeClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}

function makeClock(timeZone: string): Clock {
  const offsetAt = offsetsOf(timeZone);
  const shows = (moment: number): number => moment + offsetAt(moment);
  const momentOf = (shown: number): number => {
    // No zone is further than a day from UTC, and none changes its clock twice within two days.
    const [before, after] = [offsetAt(shown - day), offsetAt(shown + day)];
    const candidates = [shown - before, shown - after].filter((moment) => shows(moment) === shown);
    return candidates.length > 0 ? Math.max(...candidates) : shown - before;
  };
  return {
    shows,
    momentOf,
    dayOf: (moment) => Math.floor(shows(moment) / day),
    startOfDay: (number) => momentOf(number * day),
  };
}

interface Stretch {
  readonly from: number;
  readonly until: number;
  /** Milliseconds that the clock is ahead of UTC. */
  readonly offset: number;
}

function offsetsOf(timeZone: string): (moment: number) => number {
  const stretches: Stretch[] = [stretchAround(0, timeZone)];
  let last: Stretch | undefined;
  const holds = ({ from, until }: Stretch, moment: number): boolean => from <= moment && moment < until;
  return (moment) => {
    if (last !== undefined && holds(last, moment)) return last.offset;
    last = stretches.find((stretch) => holds(stretch, moment));
    if (last === undefined) {
      last = stretchAround(moment, timeZone);
      stretches.push(last);
    }
    return last.offset;
  };
}

function stretchAround(moment: number, timeZone: string): Stretch {
  const time = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone);
  // The change before: what happens at this very moment counts.
  const from = time.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity;
  const until = time.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  return { from, until, offset: time.offsetNanoseconds / 1e6 };
}
