/**
 * What judges ask of the moment they judge at. A judge is pure, and looks at the moment through these questions only:
 * so what it says holds for as long as each of its questions keeps its answer. A verifier that holds the same facts
 * against thousands of moments judges them again only when one of those answers changes.
 */

/** Whether a moment lies more than so many seconds before `at`. */
export function isOlder(moment: Date | string, seconds: number, at: Date): boolean {
  return hasCome(Math.floor(millisecondsOf(moment) + seconds * 1000) + 1, at);
}

/** Whether a moment lies so many seconds or more before `at`. */
export function isAsOld(moment: Date | string, seconds: number, at: Date): boolean {
  return hasCome(Math.ceil(millisecondsOf(moment) + seconds * 1000), at);
}

/** Whether a moment lies more than so many seconds after `at`. */
export function isAhead(moment: Date | string, seconds: number, at: Date): boolean {
  return !isAsOld(moment, -seconds, at);
}

/** The calendar day in a time zone (IANA name). */
export function dayAt(at: Date, timeZone: string): Temporal.PlainDate {
  const watch = watches.get(at);
  const time = Temporal.Instant.fromEpochMilliseconds(watch?.milliseconds ?? at.getTime()).toZonedDateTimeISO(timeZone);
  const day = time.toPlainDate();
  if (watch !== undefined) {
    watch.keepFrom(day.toZonedDateTime(timeZone).epochMilliseconds);
    watch.keepUntil(day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds);
  }
  return day;
}

/** From the one up to, not including, the other, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export const everlasting: Span = { from: -Infinity, until: Infinity };

export function spanOfOnly(at: Date): Span {
  return { from: at.getTime(), until: at.getTime() + 1 };
}

/** The time around a moment over which it stays within a span, or outside it. */
export function sideOf(span: Span, at: Date): Span {
  const time = at.getTime();
  if (time < span.from) return { from: -Infinity, until: span.from };
  return time < span.until ? span : { from: span.until, until: Infinity };
}

export function overlap(a: Span, b: Span): Span {
  return { from: Math.max(a.from, b.from), until: Math.min(a.until, b.until) };
}

export interface Watched {
  /** To be asked in place of the moment. */
  readonly at: Date;
  /** The moments that give the same answers to all that was asked; undefined where `at` was read in another way. */
  readonly span: () => Span | undefined;
}

/** A moment that remembers what is asked of it. */
export function watchMoment(moment: Date): Watched {
  const watch = new Watch(moment.getTime());
  const at = new Proxy(moment, {
    get(target, name) {
      watch.wasRead = true;
      // What is no Date itself is converted where one is expected: to milliseconds, not to a text in seconds.
      if (name === Symbol.toPrimitive) return () => target.getTime();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  watches.set(at, watch);
  return { at, span: () => (watch.wasRead ? undefined : { from: watch.from, until: watch.until }) };
}

export function isWithin({ from, until }: Span, at: Date): boolean {
  const time = at.getTime();
  return from <= time && time < until;
}

const watches = new WeakMap<Date, Watch>();

/** What has been asked of a moment, as the bounds within which all answers stay. */
class Watch implements Span {
  readonly milliseconds: number;
  from = -Infinity;
  until = Infinity;
  wasRead = false;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  keepFrom(bound: number): void {
    this.from = Math.max(this.from, bound);
  }

  keepUntil(bound: number): void {
    this.until = Math.min(this.until, bound);
  }
}

/** @param bound a whole number of milliseconds since 1970 */
function hasCome(bound: number, at: Date): boolean {
  const watch = watches.get(at);
  if (watch === undefined) return at.getTime() >= bound;
  const has = watch.milliseconds >= bound;
  if (has) watch.keepFrom(bound);
  else watch.keepUntil(bound);
  return has;
}

/** Since 1970; NaN where the text is no moment. */
export function millisecondsOf(moment: Date | string): number {
  return typeof moment === 'string' ? Date.parse(moment) : moment.getTime();
}
