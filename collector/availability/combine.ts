import { longestUnseen } from '../../agent/availability/pace.ts';
import type { Target } from '../../policies/checks/availability/facts.ts';
import { piecesOf, type Month, type Piece, type State } from '../../policies/checks/availability/month.ts';
import type { Span } from '../../policies/moments.ts';

/** How many of the vantage points that could see must have seen a service down, for it to have been down. */
export const agreements = ['majority', 'all'] as const;
export type Agreement = (typeof agreements)[number];

/** What reports of one vantage point say of one target: until the moment at which the last of them was issued. */
export interface Word {
  readonly stretches: Target['stretches'];
  readonly issuedAt: string;
}

/** From the worst to the best, of what several reports say of one moment. */
const severity: readonly State[] = ['down', 'unknown', 'up'];

/**
 * What one vantage point saw over a month, by all of its reports: the worst that any says of a moment counts, so that
 * nothing once told is taken back. What passed just before a report was not looked at yet: there its word counts only
 * where no other's reaches.
 */
export function seenBy(words: readonly Word[], month: Month): Piece[] {
  const layer = (word: Word, span: Span): Piece[] => {
    const first = Date.parse(word.stretches[0]?.from ?? '');
    if (Number.isNaN(first)) return [];
    const told = { from: Math.max(first, span.from, month.from), until: Math.min(span.until, month.until) };
    return told.from < told.until ? piecesOf(word.stretches, told, told.until) : [];
  };
  const firm = words.map((word) => layer(word, { from: -Infinity, until: sureUntil(word) }));
  const loose = words.map((word) => layer(word, { from: sureUntil(word), until: Date.parse(word.issuedAt) }));
  return over(month, [...firm, ...loose], (states) => {
    const [sure, unsure] = [states.slice(0, words.length), states.slice(words.length)];
    return worstOf(sure) ?? worstOf(unsure) ?? 'unknown';
  });
}

function sureUntil({ issuedAt }: Word): number {
  return Date.parse(issuedAt) - longestUnseen * 1000;
}

function worstOf(states: readonly (State | undefined)[]): State | undefined {
  return severity.find((state) => states.includes(state));
}

/** What several vantage points saw: down where so many of those that could see saw it down. */
export function seenByAll(seen: readonly (readonly Piece[])[], month: Month, agreement: Agreement): Piece[] {
  return over(month, seen, (states) => {
    const down = states.filter((state) => state === 'down').length;
    const all = down + states.filter((state) => state === 'up').length;
    if (all === 0) return 'unknown';
    return (agreement === 'all' ? down === all : down * 2 > all) ? 'down' : 'up';
  });
}

/**
 * Lays pieces over each other, in one walk over all of their ends.
 * @param decide what is made of the states of one moment: one for each layer, undefined where it says nothing
 */
function over(
  month: Month,
  layers: readonly (readonly Piece[])[],
  decide: (states: readonly (State | undefined)[]) => State,
): Piece[] {
  const ends = new Set([month.from, month.until, ...layers.flat().flatMap(({ from, until }) => [from, until])]);
  const moments = [...ends].sort((a, b) => a - b);
  const places = layers.map(() => 0);
  const pieces: { from: number; until: number; state: State }[] = [];
  for (const [index, from] of moments.slice(0, -1).entries()) {
    const states = layers.map((layer, number) => {
      while ((layer[places[number] ?? 0]?.until ?? Infinity) <= from) places[number] = (places[number] ?? 0) + 1;
      const piece = layer[places[number] ?? 0];
      return piece !== undefined && piece.from <= from ? piece.state : undefined;
    });
    const state = decide(states);
    const until = moments[index + 1] ?? from;
    const last = pieces.at(-1);
    if (last?.state === state) last.until = until;
    else pieces.push({ from, until, state });
  }
  return pieces;
}
