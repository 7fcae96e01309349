import type { SpanState } from '../model.ts';

/** A report as tables, for workbooks and for files of values: what is in a cell is typed, and laid out by the format. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly Cell[]>;
}

export interface Column {
  readonly head: string;
  /** In characters, about. */
  readonly width: number;
  /** Whether its cells are lengths of time: a file of values has them in seconds, and says so in the head. */
  readonly isDuration?: boolean;
  /** Whether its cells are of several kinds, and so all begin at the left. */
  readonly isMixed?: boolean;
}

export type Cell =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'count'; readonly value: number }
  /** From 0 to 1, as it is shown (`shownShare`). */
  | { readonly kind: 'share'; readonly value: number }
  /** ISO 8601 in UTC. */
  | { readonly kind: 'moment'; readonly value: string }
  /** Seconds. */
  | { readonly kind: 'duration'; readonly value: number }
  | { readonly kind: 'state'; readonly state: SpanState; readonly value: string };

export const none: Cell = { kind: 'none' };

export function text(value: string): Cell {
  return value === '' ? none : { kind: 'text', value };
}

export function count(value: number | undefined): Cell {
  return value === undefined ? none : { kind: 'count', value };
}

export function moment(value: string | null | undefined): Cell {
  return value === null || value === undefined ? none : { kind: 'moment', value };
}

export function duration(value: number): Cell {
  return { kind: 'duration', value };
}
