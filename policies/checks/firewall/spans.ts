/** Whole numbers, or addresses as numbers, from `first` to `last`. */
export interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, and with a gap between each two. */
export type Spans = readonly Span[];

export const nothing: Spans = [];

/** In any order, overlapping or not, as `Spans` has them. */
export function toSpans(spans: readonly Span[]): Spans {
  const sorted = [...spans].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const before = joined.at(-1);
    if (before === undefined || first > before.last + 1n) joined.push({ first, last });
    else if (last > before.last) before.last = last;
  }
  return joined;
}

export function union(a: Spans, b: Spans): Spans {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return toSpans([...a, ...b]);
}

export function intersect(a: Spans, b: Spans): Spans {
  const found: Span[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) return found;
    const first = left.first > right.first ? left.first : right.first;
    const last = left.last < right.last ? left.last : right.last;
    if (first <= last) found.push({ first, last });
    if (left.last < right.last) i++;
    else j++;
  }
}

export function subtract(from: Spans, taken: Spans): Spans {
  if (from.length === 0 || taken.length === 0) return from;
  const left: Span[] = [];
  let j = 0;
  for (const { first, last } of from) {
    let begin = first;
    while ((taken[j]?.last ?? last) < begin) j++;
    for (let k = j; begin <= last; k++) {
      const hole = taken[k];
      if (hole === undefined || hole.first > last) {
        left.push({ first: begin, last });
        break;
      }
      if (hole.first > begin) left.push({ first: begin, last: hole.first - 1n });
      begin = hole.last + 1n;
    }
  }
  return left;
}

export function sizeOf(spans: Spans): bigint {
  return spans.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
