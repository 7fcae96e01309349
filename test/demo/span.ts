/** Milliseconds. */
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** From `from` up to, not including, `until`; milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export function isIn({ from, until }: Span, moment: number): boolean {
  return from <= moment && moment < until;
}

export function isoOf(moment: number): string {
  return new Date(moment).toISOString();
}

/** The day of a moment in UTC: `2026-11-22`. */
export function dayOf(moment: number): string {
  return isoOf(moment).slice(0, 10);
}

/** The beginning of a moment's day in UTC. */
export function startOfDay(moment: number): number {
  return Math.floor(moment / day) * day;
}
