import type { Period, Span, SpanState } from '../model.ts';

/** What a bar tells apart, by pattern as well as by colour. */
export type BarKind = 'kept' | 'failed' | 'unknown' | 'silent' | 'outside';

/** The worst last: a cell shows the worst of what lies in it. */
export const barKinds: readonly BarKind[] = ['outside', 'kept', 'silent', 'unknown', 'failed'];

const kinds: Readonly<Record<SpanState, BarKind>> = {
  pass: 'kept',
  'not-applicable': 'kept',
  fail: 'failed',
  unknown: 'unknown',
  'wrong-clock': 'unknown',
  erased: 'unknown',
  missing: 'unknown',
  silent: 'silent',
  'collector-gap': 'silent',
  'not-asked': 'outside',
  'not-enrolled': 'outside',
};

export function barKindOf(state: SpanState): BarKind {
  return kinds[state];
}

/** A part of a bar that is `barWidth` wide. */
export interface BarSegment {
  readonly kind: BarKind;
  readonly x: number;
  readonly width: number;
}

export interface Bar {
  readonly segments: readonly BarSegment[];
  /** Where waivers lie. */
  readonly waivers: readonly { readonly x: number; readonly width: number }[];
}

/** Nothing is thinner than one part: a failure of a minute in a quarter is what the bar is for. */
export const barWidth = 360;

/** The period as a bar. Several courses in one show the worst of them at each moment. */
export function barOf(period: Period, spans: Iterable<Span>, waivers: Iterable<Period>): Bar {
  const ranks = new Uint8Array(barWidth);
  for (const { state, from, until } of spans) {
    const rank = barKinds.indexOf(kinds[state]);
    const [start, end] = cellsOf({ from, until }, period);
    for (let cell = start; cell < end; cell += 1) ranks[cell] = Math.max(ranks[cell] ?? 0, rank);
  }
  const segments: { kind: BarKind; x: number; width: number }[] = [];
  for (const [x, rank] of ranks.entries()) {
    const kind = barKinds[rank] ?? 'outside';
    const last = segments.at(-1);
    if (last?.kind === kind) last.width += 1;
    else segments.push({ kind, x, width: 1 });
  }
  return { segments, waivers: [...waivers].flatMap((waiver) => waiverIn(waiver, period)) };
}

function waiverIn(waiver: Period, period: Period): { x: number; width: number }[] {
  const [x, end] = cellsOf(waiver, period);
  return end > x ? [{ x, width: end - x }] : [];
}

function cellsOf({ from, until }: Period, period: Period): [number, number] {
  const begin = Date.parse(period.from);
  const scale = barWidth / (Date.parse(period.until) - begin);
  const start = Math.floor((Date.parse(from) - begin) * scale);
  const end = Math.ceil((Date.parse(until) - begin) * scale);
  return [Math.max(start, 0), Math.min(end, barWidth)];
}
