import Holidays from 'date-holidays';
import { describe, expect, test } from 'vitest';
import { isDutchHoliday } from '../../../policies/people/holidays.ts';

const kept = new Holidays('NL');

/** By the kept list, with what the Algemene termijnenwet adds: Good Friday, and 5 May in every year. */
function expectedOf(year: number): string[] {
  const listed = kept
    .getHolidays(year)
    .filter(({ type, name }) => type === 'public' || name.includes('Goede Vrijdag'))
    .map(({ date }) => date.slice(0, 10));
  return [...new Set([...listed, `${year}-05-05`])].sort();
}

function foundIn(year: number): string[] {
  const found: string[] = [];
  for (let day = Temporal.PlainDate.from({ year, month: 1, day: 1 }); day.year === year; day = day.add({ days: 1 })) {
    if (isDutchHoliday(day)) found.push(day.toString());
  }
  return found;
}

describe('the Dutch holidays', () => {
  test.each(Array.from({ length: 46 }, (_, index) => 2014 + index))('of %i are those of a kept list', (year) => {
    expect(foundIn(year)).toEqual(expectedOf(year));
  });

  test.each([
    ['2025-04-26', true, "the King's day of a year in which the 27th is a Sunday"],
    ['2025-04-27', false, 'that Sunday itself'],
    ['2026-04-27', true, "the King's day"],
    ['2026-04-03', true, 'Good Friday'],
    ['2026-05-05', true, 'Liberation day'],
    ['2026-12-24', false, 'the day before Christmas'],
  ])('have %s as %s: %s', (day, isOne) => {
    expect(isDutchHoliday(Temporal.PlainDate.from(day))).toBe(isOne);
  });
});
