import { isOlder } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import { windowOf } from './due.ts';
import type { Point } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import type { Row } from './row.ts';

/** Copies that a newer one is held against, at least: of one alone nobody knows whether it was the usual size. */
const fewest = 2;

/**
 * Judges `sizeDrop`: the newest whole copy of the window against the median of the others there. What only holds the
 * changes since an earlier copy tells nothing by its size.
 */
export function judgeSizes({ counted, subject }: Row, tool: string, asked: Parameters, at: Date): Reason[] {
  const { sizeDrop } = asked;
  if (sizeDrop === undefined || counted.length === 0) return [];
  const window = windowOf(asked);
  const lastBefore = counted.findLastIndex(({ time }) => isOlder(time, window, at));
  const whole = counted.slice(lastBefore + 1).filter(({ kind }) => (kind ?? 'full') === 'full');
  const newest = whole.at(-1);
  const others = whole.slice(0, -1).flatMap(({ size }) => (size === undefined ? [] : [size]));
  if (whole.length > 0 && !isSized(newest)) return [because('backup.sizes-unseen', { tool }, subject)];
  if (!isSized(newest) || others.length < fewest) {
    return [because('backup.sizes-few', { copies: whole.length, window }, subject)];
  }
  const usual = medianOf(others);
  const code = newest.size * 100 < usual * sizeDrop ? 'backup.shrunk' : 'backup.size-steady';
  return [because(code, { newest: newest.time, size: newest.size, usual, least: sizeDrop }, subject)];
}

function isSized(point: Point | undefined): point is Point & { size: number } {
  return point?.size !== undefined;
}

/** @param numbers at least one */
function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return Math.round((lower + upper) / 2);
}
