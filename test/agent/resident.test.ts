import fc from 'fast-check';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { nextAfter } from '../../agent/schedule.ts';
import { backOff, keepSchedule, type Errand, type Residency, type Standing } from '../../agent/resident.ts';

const both: Errand = { checks: true, delivers: true };
const deliver: Errand = { checks: false, delivers: true };

/** A moment, in milliseconds from now. */
const inside = (milliseconds: number): number => Date.now() + milliseconds;
const done = (): Standing => ({ state: 'done', next: inside(86_400_000) });
const doneForASecond = (): Standing => ({ state: 'done', next: inside(1000) });
const waiting = (): Standing => ({ state: 'waiting', after: 0, next: inside(86_400_000) });
const failed = (): Standing => ({ state: 'failed' });

/**
 * Stays until as many errands were run as there are answers, and a moment more.
 * @returns the errands, and how many milliseconds after the start each began
 */
async function staying(
  answers: readonly (() => Standing | Promise<Standing>)[],
  residency: Partial<Residency> = {},
): Promise<{ errands: Errand[]; moments: number[] }> {
  const errands: Errand[] = [];
  const moments: number[] = [];
  const stop = new AbortController();
  const begun = performance.now();
  const run = async (errand: Errand): Promise<Standing> => {
    moments.push(performance.now() - begun);
    const standing = await (answers[errands.push(errand) - 1] ?? done)();
    if (errands.length >= answers.length) setTimeout(() => stop.abort(), 100);
    return standing;
  };
  await keepSchedule({ splay: 0, random: () => 0, run, ...residency }, stop.signal);
  return { errands, moments };
}

describe('an agent that stays', () => {
  test('checks and delivers at its start, and then waits for the moment that it was told', async () => {
    expect((await staying([done])).errands).toEqual([both]);
    const { errands, moments } = await staying([doneForASecond, done]);
    expect(errands).toEqual([both, both]);
    expect(moments[1]).toBeGreaterThan(990);
  });

  test('only delivers at its start where its first check is due later', async () => {
    const { errands, moments } = await staying([done, done], { next: inside(1000) });
    expect(errands).toEqual([deliver, both]);
    expect(moments[1]).toBeGreaterThan(990);
  });

  test('spreads the checks that come due, and not the first', async () => {
    let errands = 0;
    const begunWhenAsked: number[] = [];
    const random = (): number => {
      begunWhenAsked.push(errands);
      return 0.5;
    };
    const answer = (): Standing => {
      errands += 1;
      return doneForASecond();
    };
    const { moments } = await staying([answer, done], { splay: 1, random });
    // Nobody asked for a number before the first had begun.
    expect(begunWhenAsked[0]).toBe(1);
    expect(moments[1]).toBeGreaterThan(1490);
  });

  test('delivers again what waits, and does not check again for it', async () => {
    expect((await staying([waiting, waiting, done])).errands).toEqual([both, deliver, deliver]);
  });

  test('leaves longer from try to try', async () => {
    const { moments } = await staying([waiting, waiting, done], { random: () => 0.2 });
    const [first = NaN, second = NaN, third = NaN] = moments;
    expect(second - first).toBeGreaterThan(190);
    expect(third - second).toBeGreaterThan(390);
  });

  test('checks when that is due while a collector asks for patience, and does not ask it before the time', async () => {
    const patience = (): Standing => ({ state: 'waiting', after: 4, next: inside(500) });
    const { errands, moments } = await staying([patience, done, done]);
    expect(errands).toEqual([both, { checks: true, delivers: false }, deliver]);
    expect(moments[1]).toBeLessThan(3900);
    expect(moments[2]).toBeGreaterThan(3990);
  });

  test('is not led to check again by what it was told on a delivery', async () => {
    const { errands } = await staying([waiting, () => ({ state: 'done', next: inside(10) })]);
    expect(errands).toEqual([both, deliver]);
  });

  test('runs an errand again that nobody knows the end of', async () => {
    expect((await staying([failed, failed, done])).errands).toEqual([both, both, both]);
  });

  test('checks once for all that came due while it ran, and never two at a time', async () => {
    const [period, length] = [2000, 2500];
    let running = 0;
    let ended = NaN;
    const slow = async (): Promise<Standing> => {
      const next = inside(period);
      running += 1;
      expect(running).toBe(1);
      await wait(length);
      running -= 1;
      ended = performance.now();
      return { state: 'done', next };
    };
    let waited = NaN;
    const after = (): Standing => {
      waited = performance.now() - ended;
      return done();
    };
    expect((await staying([slow, slow, after])).errands).toEqual([both, both, both]);
    // At once, and not a period later.
    expect(waited).toBeLessThan(period - 100);
  });

  test('checks at the moment by the clock, though it leaps', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const leap = (): Standing => {
        const standing: Standing = { state: 'done', next: inside(3_600_000) };
        vi.setSystemTime(inside(3_600_001));
        return standing;
      };
      expect((await staying([leap, done])).errands).toEqual([both, both]);
      const back = (): Standing => {
        const standing = doneForASecond();
        setTimeout(() => vi.setSystemTime(inside(-3_600_000)), 100);
        return standing;
      };
      expect((await staying([back, done])).errands).toEqual([both, both]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('runs nothing more after the signal', async () => {
    const stop = new AbortController();
    const errands: Errand[] = [];
    const run = (errand: Errand): Promise<Standing> => {
      errands.push(errand);
      stop.abort();
      return Promise.resolve(waiting());
    };
    await keepSchedule({ splay: 0, random: () => 0, run }, stop.signal);
    expect(errands).toEqual([both]);
  });
});

test('a schedule is due after the moment, never at it', () => {
  const at = new Date('2026-11-22T12:15:00.000Z');
  expect(nextAfter('*/15 * * * *', at).toISOString()).toBe('2026-11-22T12:30:00.000Z');
  expect(nextAfter('*/15 * * * *', new Date(at.getTime() - 1)).toISOString()).toBe(at.toISOString());
});

test('the wait before a further try is at random, grows, and is never beyond five minutes', () => {
  expect([0, 1, 2, 3].map((attempt) => backOff(attempt, 1))).toEqual([1, 2, 4, 8]);
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const seconds = backOff(attempt, random);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual(300);
    }),
  );
});
