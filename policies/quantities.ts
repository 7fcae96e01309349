import { z } from 'zod';
import { isAhead, millisecondsOf } from './moments.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** `90s`, `15m`, `26h`, `7d` or `2w` in a document; seconds in the program. */
export const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhdw]$/, 'expected a duration such as 90s, 15m, 26h, 7d or 2w')
  .transform((text) => Number(text.slice(0, -1)) * unitSeconds[text.slice(-1) as keyof typeof unitSeconds]);

/** A moment as facts hold it: ISO 8601 in UTC, to the second or finer. */
export const Moment = z.iso.datetime();

const momentForm = z.regexes.datetime({});

/** What `Moment` says, quickly. */
export function isMoment(json: unknown): json is string {
  return typeof json === 'string' && momentForm.test(json);
}

export const typedMomentForm = 'a day such as 2026-11-01, or a moment such as 2026-11-01T12:00:00Z';

/**
 * The moment that a person typed as `typedMomentForm` says; a day is in UTC. Undefined for anything else, and for a day
 * that the calendar does not have.
 * @param edge whether a day means its first moment or the first after it
 */
export function parseTypedMoment(text: string, edge: 'begin' | 'end'): Date | undefined {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const moment = new Date(isDay ? `${text}T00:00:00.000Z` : text);
  if ((!isDay && !isMoment) || Number.isNaN(moment.getTime())) return undefined;
  if (isDay && !moment.toISOString().startsWith(text)) return undefined;
  if (isDay && edge === 'end') moment.setUTCDate(moment.getUTCDate() + 1);
  return moment;
}

export function secondsBetween(earlier: Date | string, later: Date | string): number {
  return (millisecondsOf(later) - millisecondsOf(earlier)) / 1000;
}

/** A moment this much after `at` is a clock's error or a forgery, not a fresh thing: clocks of one fleet drift by less. */
export const clockToleranceSeconds = 300;

export function isFuture(moment: Date | string, at: Date): boolean {
  return isAhead(moment, clockToleranceSeconds, at);
}
