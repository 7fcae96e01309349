import { expect, test } from 'vitest';
import { drawFiles } from '../../../agent/restore/draw.ts';
import type { CopiedFile } from '../../../agent/restore/restorer.ts';

const files = Array.from({ length: 100 }, (_, n): CopiedFile => ({
  path: `/file-${n}`,
  size: 1,
  modifiedAt: new Date(0),
}));

test('the same seed draws the same files, however the list is sorted', () => {
  const drawn = drawFiles(files, 10, 'seed');
  expect(new Set(drawn).size).toBe(10);
  expect(drawFiles(files.toReversed(), 10, 'seed')).toEqual(drawn);
});

test('another seed draws others, and every file is drawn by some seed', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    for (const { path } of drawFiles(files, 10, `seed-${seed}`)) seen.add(path);
  }
  expect(seen.size).toBe(100);
});

test('where there are fewer than asked, all are drawn', () => {
  expect(drawFiles(files.slice(0, 3), 10, 'seed')).toHaveLength(3);
});
