import { dayAt, overlap, type Span } from '../../moments.ts';
import type { Stretch, Window } from './facts.ts';

/** A calendar month in a time zone. */
export interface Month extends Span {
  /** `2026-10` */
  readonly name: string;
}

/** The month of a moment. */
export function monthAt(at: Date, zone: string): Month {
  return monthOf(dayAt(at, zone).toPlainYearMonth(), zone);
}

/** @param name `2026-10` */
export function monthNamed(name: string, zone: string): Month {
  return monthOf(Temporal.PlainYearMonth.from(name), zone);
}

/** A month in which the clock changes is an hour shorter or longer. */
function monthOf(month: Temporal.PlainYearMonth, zone: string): Month {
  const begin = (of: Temporal.PlainYearMonth): number =>
    of.toPlainDate({ day: 1 }).toZonedDateTime(zone).epochMilliseconds;
  return { name: month.toString(), from: begin(month), until: begin(month.add({ months: 1 })) };
}

export type State = Stretch['state'];

/** Part of a stretch. */
export interface Piece extends Span {
  readonly state: State;
}

/**
 * How a target stood over a span, without holes: unknown where no stretch begins.
 * @param end when the word of the last stretch ends; unknown after that
 */
export function piecesOf(stretches: readonly Stretch[], span: Span, end: number): Piece[] {
  const starts = [
    { from: -Infinity, state: 'unknown' as const },
    ...stretches.map(({ from, state }) => ({ from: Date.parse(from), state })),
    { from: end, state: 'unknown' as const },
  ].filter(({ from }) => from <= end);
  return starts.flatMap(({ from, state }, index) => {
    const part = overlap({ from, until: starts[index + 1]?.from ?? Infinity }, span);
    return part.from < part.until ? [{ ...part, state }] : [];
  });
}

/** Pieces without what lies in any of the spans; these are in order and apart, as `merged` gives them. */
export function without<P extends Span>(pieces: readonly P[], spans: readonly Span[]): P[] {
  return pieces.flatMap((piece) => {
    const rest: P[] = [];
    let { from } = piece;
    for (const span of spans) {
      if (span.until <= from || span.from >= piece.until) continue;
      if (span.from > from) rest.push({ ...piece, from, until: span.from });
      from = span.until;
    }
    if (from < piece.until) rest.push({ ...piece, from });
    return rest;
  });
}

/** Spans in order, those that touch as one. */
export function merged(spans: readonly Span[]): Span[] {
  const result: { from: number; until: number }[] = [];
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until);
    else result.push({ from, until });
  }
  return result;
}

/** In milliseconds, as spans are. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, until }) => sum + until - from, 0);
}

/** @param notice seconds by which work must be announced before it begins */
export function isInTime({ from, announcedAt, seenAt }: Window, notice: number): boolean {
  return [announcedAt, seenAt].every((moment) => Date.parse(moment) + notice * 1000 <= Date.parse(from));
}

/** The spans of work within a month that do not count for a target. */
export function excluded(windows: readonly Window[], target: string, notice: number, month: Span): Span[] {
  const spans = windows
    .filter((window) => isInTime(window, notice) && (window.targets.length === 0 || window.targets.includes(target)))
    .map(({ from, until }) => overlap({ from: Date.parse(from), until: Date.parse(until) }, month));
  return merged(spans.filter(({ from, until }) => from < until));
}

/** How long it may be down in a month, in milliseconds: the promise is about the time without announced work. */
export function allowanceOf(month: Span, work: readonly Span[], minimum: number): number {
  return Math.round(((lengthOf([month]) - lengthOf(work)) * (100 - minimum)) / 100);
}
