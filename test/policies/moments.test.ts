import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayAt, isAhead, isAsOld, isOlder, isWithin, watchMoment } from '../../policies/moments.ts';
import { isFuture, secondsBetween } from '../../policies/quantities.ts';
import { readSource, sourceFiles } from '../support/sources.ts';

const noon = '2026-06-01T12:00:00.000Z';

function after(milliseconds: number): Date {
  return new Date(Date.parse(noon) + milliseconds);
}

describe('a question about a moment', () => {
  test.each([
    ['isOlder', isOlder, [false, false, true]],
    ['isAsOld', isAsOld, [false, true, true]],
  ] as const)('%s turns at the millisecond', (_, question, answers) => {
    expect([59_999, 60_000, 60_001].map((time) => question(noon, 60, after(time)))).toEqual(answers);
  });

  test('isAhead turns at the millisecond', () => {
    expect([-60_001, -60_000, -59_999].map((time) => isAhead(noon, 60, after(time)))).toEqual([true, false, false]);
  });

  test('is the same as what the seconds between say', () => {
    const time = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(time, fc.integer({ min: -100, max: 100 }), (milliseconds, seconds) => {
        const at = after(milliseconds);
        expect(isOlder(noon, seconds, at)).toBe(secondsBetween(noon, at) > seconds);
        expect(isAsOld(noon, seconds, at)).toBe(secondsBetween(noon, at) >= seconds);
        expect(isAhead(noon, seconds, at)).toBe(secondsBetween(at, noon) > seconds);
      }),
    );
  });

  test('dayAt knows zones and days that are not 24 hours long', () => {
    const zone = 'Europe/Amsterdam';
    expect(dayAt(new Date('2026-03-28T23:30:00Z'), zone).toString()).toBe('2026-03-29');
    const { at, span } = watchMoment(new Date('2026-03-29T10:00:00Z'));
    expect(dayAt(at, zone).toString()).toBe('2026-03-29');
    expect(span()).toEqual({ from: Date.parse('2026-03-28T23:00:00Z'), until: Date.parse('2026-03-29T22:00:00Z') });
  });
});

describe('a watched moment', () => {
  test('of which nothing was asked holds for ever', () => {
    const { at, span } = watchMoment(after(0));
    expect(at).toBeInstanceOf(Date);
    expect(span()).toEqual({ from: -Infinity, until: Infinity });
  });

  test('of which something else was asked holds for no other', () => {
    for (const ask of [
      (at: Date) => at.getTime(),
      (at: Date) => Number(at),
      (at: Date) => at > new Date(0),
      (at: Date) => new Date(at).getTime(),
      (at: Date) => secondsBetween(noon, at),
      (at: Date) => at.toISOString(),
      (at: Date) => JSON.stringify({ at }),
    ]) {
      const { at, span } = watchMoment(after(1));
      expect(ask(at)).toEqual(ask(after(1)));
      expect(span()).toBeUndefined();
    }
  });

  test('gives the same answers throughout its span, and another just outside', () => {
    const question = fc.record({
      about: fc.integer({ min: -1000, max: 1000 }),
      seconds: fc.integer({ min: -3, max: 3 }),
      ask: fc.constantFrom(isOlder, isAsOld, isAhead, (moment: string | Date, _: number, at: Date) =>
        isFuture(moment, at),
      ),
    });
    fc.assert(
      fc.property(
        fc.array(question, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -5000, max: 5000 }),
        (all, now) => {
          const answersAt = (at: Date): boolean[] =>
            all.map(({ about, seconds, ask }) => ask(after(about), seconds, at));
          const watched = watchMoment(after(now));
          const answers = answersAt(watched.at);
          const span = watched.span() ?? { from: 0, until: 0 };
          expect(answers).toEqual(answersAt(after(now)));
          expect(isWithin(span, after(now))).toBe(true);
          for (const inside of [span.from, span.until - 1].filter(Number.isFinite)) {
            expect(answersAt(new Date(inside))).toEqual(answers);
          }
          for (const outside of [span.from - 1, span.until].filter(Number.isFinite)) {
            expect(answersAt(new Date(outside))).not.toEqual(answers);
          }
        },
      ),
    );
  });
});

test('no judge looks at the moment in another way, or its verdicts would have to be found anew at every moment', () => {
  const others = sourceFiles()
    .filter((path) => path.startsWith('policies/checks/'))
    .filter((path) =>
      /\bat\.(get|to|value)|secondsBetween\((at,|[^()]*, at\))|new Date\(at\)|\bat [-<>]/.test(readSource(path)),
    );
  expect(others).toEqual([]);
});
