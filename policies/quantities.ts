import { z } from 'zod';
import { isAhead } from './moments.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** `90s`, `15m`, `26h`, `7d` or `2w` in a document; seconds in the program. */
export const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhdw]$/, 'expected a duration such as 90s, 15m, 26h, 7d or 2w')
  .transform((text) => Number(text.slice(0, -1)) * unitSeconds[text.slice(-1) as keyof typeof unitSeconds]);

/** A moment as facts hold it: ISO 8601 in UTC, to the second or finer. */
export const Moment = z.iso.datetime();

export function secondsBetween(earlier: Date | string, later: Date | string): number {
  return (new Date(later).getTime() - new Date(earlier).getTime()) / 1000;
}

/** A moment this much after `at` is a clock's error or a forgery, not a fresh thing: clocks of one fleet drift by less. */
export const clockToleranceSeconds = 300;

export function isFuture(moment: Date | string, at: Date): boolean {
  return isAhead(moment, clockToleranceSeconds, at);
}
