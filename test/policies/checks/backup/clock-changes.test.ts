import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockOf } from '../../../../policies/checks/backup/clock.ts';
import type { Point } from '../../../../policies/checks/backup/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { codes, judge, setOf, verdict } from './sets.ts';

/** Zones and days on which their clocks change in 2026: by an hour, by half an hour, in the south, at midnight. */
const changes = [
  ['Europe/Amsterdam', '2026-03-29'],
  ['Europe/Amsterdam', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Africa/Cairo', '2026-04-24'],
  ['America/Santiago', '2026-09-06'],
  ['UTC', '2026-03-29'],
] as const;

const change = fc.constantFrom(...changes);
const timeOfDay = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 15, 30, 59) });

/** Copies at that time of day on the days around a change, as a job by the clock on the wall makes them. */
function nightly(timeZone: string, day: string, time: { hour: number; minute: number }): Point[] {
  const middle = Temporal.PlainDate.from(day);
  return Array.from({ length: 15 }, (_, index) => {
    const zoned = middle
      .add({ days: index - 10 })
      .toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) });
    return { time: new Date(zoned.epochMilliseconds).toISOString() };
  });
}

/** Just before the copy after the last is due by the clock on the wall. */
function before(points: readonly Point[], hours: number): Date {
  return new Date(Date.parse(points.at(-1)?.time ?? '') + hours * 3_600_000);
}

describe('a nightly copy where clocks change', () => {
  test('is in its rhythm with hardly any grace', () => {
    fc.assert(
      fc.property(change, timeOfDay, fc.constantFrom('1m', '30m', '2h'), ([timeZone, day], time, grace) => {
        const points = nightly(timeZone, day, time);
        const asked = { every: '24h', grace, keep: '7d' } as const;
        expect(verdict(setOf(read(points), { timeZone }), asked, before(points, 1))).toBe('pass');
      }),
      { numRuns: 300 },
    );
  });

  test('that is missing is never hidden, however large the grace below a day', () => {
    fc.assert(
      fc.property(
        change,
        timeOfDay,
        fc.integer({ min: 1, max: 23 * 60 - 1 }),
        fc.integer({ min: 8, max: 13 }),
        ([timeZone, day], time, minutes, missing) => {
          const all = nightly(timeZone, day, time);
          const points = all.filter((_, index) => index !== missing);
          const asked = { every: '24h', grace: `${minutes}m`, window: '14d' } as const;
          const found = codes(judge(setOf(read(points), { timeZone }), asked, before(all, 1)));
          expect(found).toContain('backup.gap');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that is missing on the day of 23 hours is not hidden by a grace of nearly a day', () => {
    const points = nightly('Europe/Amsterdam', '2026-03-29', { hour: 4, minute: 0 });
    const set = setOf(read(points.filter((_, index) => index !== 9)), { timeZone: 'Europe/Amsterdam' });
    const asked = { every: '24h', grace: '1410m' } as const;
    expect(codes(judge(set, asked, before(points, 1)))).toContain('backup.gap');
  });

  test('that is the newest is too old when the next was due by the clock on the wall', () => {
    const points = nightly('Europe/Amsterdam', '2026-10-25', { hour: 2, minute: 30 }).slice(0, 10);
    const set = setOf(read(points), { timeZone: 'Europe/Amsterdam' });
    const asked = { every: '24h', grace: '30m' } as const;
    // The last is of the 24th, 02:30 in summer; on the 25th it is 03:00 in winter when 25.5 hours have passed.
    expect(points.at(-1)?.time).toBe('2026-10-24T00:30:00.000Z');
    expect(verdict(set, asked, new Date('2026-10-25T02:00:00Z'))).toBe('pass');
    expect(verdict(set, asked, new Date('2026-10-25T02:00:01Z'))).toBe('fail');
    expect(verdict(setOf(read(points)), asked, new Date('2026-10-25T02:00:00Z'))).toBe('fail');
  });

  test('of 02:30, which one night does not have, is in its rhythm', () => {
    const points = nightly('Europe/Amsterdam', '2026-03-29', { hour: 2, minute: 30 });
    expect(points[10]?.time).toBe('2026-03-29T01:30:00.000Z');
    const asked = { every: '24h', grace: '1m', generations: { daily: 7 } } as const;
    expect(verdict(setOf(read(points), { timeZone: 'Europe/Amsterdam' }), asked, before(points, 2))).toBe('pass');
  });
});

describe('every four hours where clocks change', () => {
  const fourHourly = (day: string): Point[] => {
    const timeZone = 'Europe/Amsterdam';
    const start = Temporal.PlainDate.from(day).subtract({ days: 1 });
    return Array.from({ length: 18 }, (_, index) => {
      const plainTime = Temporal.PlainTime.from({ hour: (index % 6) * 4 });
      const zoned = start.add({ days: Math.floor(index / 6) }).toZonedDateTime({ timeZone, plainTime });
      return { time: new Date(zoned.epochMilliseconds).toISOString() };
    });
  };

  test.each(['2026-03-29', '2026-10-25'])('is in its rhythm on %s, and one missing is seen', (day) => {
    const points = fourHourly(day);
    const asked = { every: '4h', grace: '30m' } as const;
    const at = before(points, 1);
    expect(verdict(setOf(read(points), { timeZone: 'Europe/Amsterdam' }), asked, at)).toBe('pass');
    for (const missing of points.slice(1, -1)) {
      const set = setOf(read(points.filter((point) => point !== missing)), { timeZone: 'Europe/Amsterdam' });
      expect(codes(judge(set, asked, at)), missing.time).toContain('backup.gap');
    }
  });

  test('an hourly copy that is missing does not hide in the hour that occurs twice', () => {
    const start = Date.parse('2026-10-24T12:00:00Z');
    const points = Array.from({ length: 24 }, (_, index) => ({
      time: new Date(start + index * 3_600_000).toISOString(),
    }));
    const asked = { every: '1h', grace: '30m' } as const;
    for (const missing of points.slice(1, -1)) {
      const set = setOf(read(points.filter((point) => point !== missing)), { timeZone: 'Europe/Amsterdam' });
      expect(codes(judge(set, asked, before(points, 1))), missing.time).toContain('backup.gap');
    }
  });
});

describe('generations by month', () => {
  const monthly = { generations: { monthly: 3 } } as const;
  const at = new Date('2026-11-22T12:00:00Z');

  test('three calendar months in a row pass; this month need not have its copy yet', () => {
    const months = ['2026-08-31', '2026-09-01', '2026-10-31'].map((day) => ({ time: `${day}T12:00:00Z` }));
    expect(verdict(setOf(read(months)), monthly, at)).toBe('pass');
  });

  test('a month without a copy is named by its first day', () => {
    const months = ['2026-07-01', '2026-08-31', '2026-10-01'].map((day) => ({ time: `${day}T12:00:00Z` }));
    expect(judge(setOf(read(months)), monthly, at)).toMatchObject([
      { code: 'backup.monthly-missing', verdict: 'fail', values: { found: 1, wanted: 3, missing: '2026-09-01' } },
    ]);
  });

  test('months are those of the time zone', () => {
    const months = ['2026-08-31T22:30:00Z', '2026-10-15T12:00:00Z', '2026-11-15T12:00:00Z'].map((time) => ({ time }));
    expect(verdict(setOf(read(months), { timeZone: 'Europe/Amsterdam' }), monthly, at)).toBe('pass');
    expect(verdict(setOf(read(months)), monthly, at)).toBe('fail');
  });
});

describe('a clock', () => {
  test('shows what Temporal shows, and finds the moment again', () => {
    const zones = fc.constantFrom(...changes.map(([zone]) => zone), 'Asia/Kathmandu', 'Pacific/Apia', '+05:30');
    const moments = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') });
    fc.assert(
      fc.property(zones, moments, (zone, moment) => {
        const clock = clockOf(zone);
        const zoned = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone);
        expect(new Date(clock.shows(moment)).toISOString().slice(0, 19)).toBe(
          zoned.toPlainDateTime().toString().slice(0, 19),
        );
        // Of an hour that occurs twice the later one.
        expect(clock.momentOf(clock.shows(moment))).toBe(
          zoned.toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds,
        );
        expect(clock.startOfDay(clock.dayOf(moment))).toBeLessThanOrEqual(moment);
      }),
      { numRuns: 2000 },
    );
  });
});
