import { describe, expect, test } from 'vitest';
import type { Point } from '../../../../policies/checks/backup/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { codes, judge, setOf, verdict } from './sets.ts';

const at = new Date('2026-11-22T12:00:00Z');
const half = { sizeDrop: 50 } as const;

/** Nightly copies up to now, of those sizes. */
function copies(...sizes: (number | undefined)[]): Point[] {
  return sizes.map((size, index) => ({
    time: new Date(at.getTime() - (sizes.length - index) * 86_400_000 + 3_600_000).toISOString(),
    ...(size === undefined ? {} : { size }),
  }));
}

describe('the newest copy', () => {
  test('of half the usual size passes, and a byte less fails and says what is usual', () => {
    expect(verdict(setOf(read(copies(1000, 900, 1100, 500))), half, at)).toBe('pass');
    const reasons = judge(setOf(read(copies(1000, 900, 1100, 499))), half, at);
    expect(reasons).toMatchObject([
      { code: 'backup.shrunk', verdict: 'fail', values: { size: 499, usual: 1000, least: 50 } },
    ]);
  });

  test('is held against the median: one odd copy makes nothing usual', () => {
    expect(verdict(setOf(read(copies(1000, 1, 1000, 1000, 600))), half, at)).toBe('pass');
    expect(verdict(setOf(read(copies(100, 100_000, 100, 100, 100))), half, at)).toBe('pass');
  });

  test('is held against copies of the window only', () => {
    const grown = copies(10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 1000, 1000, 1000);
    expect(verdict(setOf(read(grown)), half, at)).toBe('fail');
    expect(verdict(setOf(read(grown)), { sizeDrop: 50, window: '4d' }, at)).toBe('pass');
  });

  test('that does not count is not looked at', () => {
    const broken: Point = {
      ...copies(1)[0],
      time: new Date(at.getTime() - 60_000).toISOString(),
      size: 1,
      flaw: 'unfinished',
    };
    expect(codes(judge(setOf(read([...copies(1000, 1000, 1000), broken])), half, at))).toEqual([
      'backup.size-steady',
      'backup.left-out.unfinished',
    ]);
  });
});

test('what holds only changes is no measure: the newest full copy is', () => {
  const kinds = (...parts: [Point['kind'], number][]): Point[] =>
    copies(...parts.map(([, size]) => size)).map((point, index) => {
      const kind = parts[index]?.[0];
      return kind === undefined ? point : { ...point, kind };
    });
  const steady = kinds(['full', 1000], ['incremental', 3], ['full', 1000], ['full', 990], ['incremental', 2]);
  expect(verdict(setOf(read(steady)), half, at)).toBe('pass');
  const shrunk = kinds(['full', 1000], ['incremental', 3], ['full', 1000], ['full', 9], ['differential', 900]);
  expect(verdict(setOf(read(shrunk)), half, at)).toBe('fail');
});

describe('unknown is', () => {
  test.each([
    ['the newest copy has no size', copies(1000, 1000, 1000, undefined), 'backup.sizes-unseen'],
    ['no copy has a size', copies(undefined, undefined, undefined), 'backup.sizes-unseen'],
    ['there is nothing to compare with', copies(1000, 1000), 'backup.sizes-few'],
    ['all lie before the window', copies(...Array.from({ length: 20 }, () => 1000)).slice(0, 5), 'backup.sizes-few'],
  ])('where %s', (_, points, code) => {
    expect(codes(judge(setOf(read(points)), half, at))).toEqual([code]);
    expect(verdict(setOf(read(points)), half, at)).toBe('unknown');
  });
});
