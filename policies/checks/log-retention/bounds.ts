import type { Rotation } from './facts.ts';

const day = 86_400;

/**
 * How long a rotation certainly keeps a record, in seconds: the newest one is moved at once, and goes with its piece.
 * Undefined where the size decides, which promises nothing.
 */
export function certainlyKept({ rotate, every, maxage, earlierBySize }: Rotation): number | undefined {
  if (every === null || earlierBySize) return maxage === 0 || rotate === 0 ? 0 : undefined;
  const pieces = rotate === -1 ? Infinity : rotate * every;
  return Math.min(pieces, maxage === null ? Infinity : maxage * day);
}

/**
 * How long it keeps a record at most, in seconds: the oldest one of a piece waits a whole turn before that is first
 * moved, and pieces are removed only as the next is made. Undefined where nothing bounds it.
 */
export function possiblyKept({ rotate, every, maxage, laterBySize }: Rotation): number | undefined {
  // A log that is too small to rotate keeps its records for as long as it stays so.
  if (every === null || laterBySize) return undefined;
  const bounds = [...(rotate === -1 ? [] : [(rotate + 1) * every]), ...(maxage === null ? [] : [maxage * day + every])];
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}
