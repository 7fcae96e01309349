import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paced } from '../../../collector/metrics/pace.ts';

// How long a thing takes to make is what this clock says, however busy the machine is.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Things that each keep the thread busy for so long. */
function* slow(count: number, milliseconds: number): Generator<number> {
  for (let number = 0; number < count; number++) {
    vi.advanceTimersByTime(milliseconds);
    yield number;
  }
}

/** All of them, and how often others had the thread meanwhile, for so many milliseconds each time. */
async function takeAll(things: Iterable<number>, turnOfOthers = 0): Promise<{ taken: number[]; turns: number }> {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    if (isOver) return;
    turns += 1;
    vi.advanceTimersByTime(turnOfOthers);
    setImmediate(turn);
  };
  setImmediate(turn);
  const taken = await Array.fromAsync(paced(things));
  isOver = true;
  return { taken, turns };
}

describe('work at a pace', () => {
  it('gives the thread to others every few milliseconds', async () => {
    const { taken, turns } = await takeAll(slow(30, 2));
    expect(taken).toEqual(Array.from({ length: 30 }, (_, number) => number));
    expect(turns).toBe(30);
  });

  it('counts what many small things take together', async () => {
    expect((await takeAll(slow(40, 0.5))).turns).toBe(10);
  });

  it('is done in longer pieces where others take long, so that it ends too', async () => {
    // 2 ms at first, then a third of what others took: 10 ms each.
    expect((await takeAll(slow(42, 1), 30)).turns).toBe(5);
    // And 20 ms at most.
    expect((await takeAll(slow(42, 1), 6000)).turns).toBe(3);
  });

  it('that is little is done at once', async () => {
    expect(await takeAll(slow(3, 0.5))).toEqual({ taken: [0, 1, 2], turns: 0 });
  });

  it('ends where nobody asks for more', async () => {
    let hasEnded = false;
    function* things(): Generator<number> {
      try {
        yield* slow(10, 0);
      } finally {
        hasEnded = true;
      }
    }
    for await (const thing of paced(things())) if (thing === 2) break;
    expect(hasEnded).toBe(true);
  });
});
