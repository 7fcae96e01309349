import { z } from 'zod';
import { dayAt } from '../../../policies/moments.ts';
import { clockToleranceSeconds, secondsBetween } from '../../../policies/quantities.ts';
import { keptDays } from '../../../policies/checks/anomalies/facts.ts';

/** What is kept of a series: figures by day, and since when and with which gaps it was read. */
export function seriesOf<Figures extends z.ZodType>(figures: Figures) {
  return z.object({
    since: z.iso.datetime(),
    /** The last look. */
    until: z.iso.datetime(),
    /** Days of which a part was not read. */
    broken: z.array(z.iso.date()),
    days: z.record(z.iso.date(), figures),
  });
}

export interface Series<Figures> {
  since: string;
  until: string;
  broken: string[];
  days: Record<string, Figures>;
}

export function newSeries<Figures>(at: Date): Series<Figures> {
  return { since: at.toISOString(), until: at.toISOString(), broken: [], days: {} };
}

/** The calendar day in a zone. */
export function dayOf(moment: Date, zone: string): string {
  return dayAt(moment, zone).toString();
}

/** Every day from the one to the other, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  const last = Temporal.PlainDate.from(to);
  let day = Temporal.PlainDate.from(from);
  const furthest = last.subtract({ days: keptDays + 1 });
  if (Temporal.PlainDate.compare(day, furthest) < 0) day = furthest;
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) days.push(day.toString());
  return days;
}

/** The day to which a record belongs; where its moment cannot be right, today, of which then nobody can say how it was. */
export function dayFor(series: Series<unknown>, moment: Date, { at, zone }: { at: Date; zone: string }): string {
  const isAhead = secondsBetween(at, moment) > clockToleranceSeconds;
  // What was written since the last look is no older; without a year, one of the future looks like that of last year.
  if (!isAhead && secondsBetween(moment, series.until) < 86_400) return dayOf(moment, zone);
  const today = dayOf(at, zone);
  series.broken.push(today);
  return today;
}

/** Says that records from a moment on are still to be read. */
export function breakFrom(series: Series<unknown>, last: Date | undefined, at: Date, zone: string): void {
  series.broken.push(...daysBetween(dayOf(last ?? new Date(series.until), zone), dayOf(at, zone)));
}

/** Says that something of the days since the last look was not read. */
export function breakSince(series: Series<unknown>, at: Date, zone: string): void {
  breakFrom(series, undefined, at, zone);
}

/** The days that are over, with those on which nothing happened, and forgets what is too old. */
export function closedDays<Figures>(
  series: Series<Figures>,
  { at, zone, nothing }: { at: Date; zone: string; nothing: Figures },
): ({ day: string; isWhole: boolean } & Figures)[] {
  const today = dayOf(at, zone);
  const days = daysBetween(dayOf(new Date(series.since), zone), today);
  const broken = new Set(series.broken);
  // Of the first day only the rest was read.
  broken.add(dayOf(new Date(series.since), zone));
  const kept = new Set(days.slice(-keptDays - 1));
  series.broken = [...broken].filter((day) => kept.has(day)).sort();
  series.days = Object.fromEntries(
    Object.entries(series.days)
      .filter(([day]) => kept.has(day))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return [...kept]
    .filter((day) => day < today)
    .map((day) => ({ day, isWhole: !broken.has(day), ...(series.days[day] ?? nothing) }));
}
