import type { Durations, Period, Span, SpanState, Totals, Waiver } from './model.ts';
import { classOf, spanStates } from './states.ts';

/** The totals of one course. */
export function totalsOf(spans: readonly Span[], waivers: readonly Waiver[]): Totals {
  const durations: Partial<Record<SpanState, number>> = {};
  let waived = 0;
  for (const span of spans) {
    durations[span.state] = (durations[span.state] ?? 0) + seconds(span);
    waived += waivedSeconds(span, waivers);
  }
  return summed(durations, waived);
}

/** How much of a span was not compliant and lay under a waiver. */
export function waivedSeconds(span: Span, waivers: readonly Waiver[]): number {
  const kind = classOf(span.state);
  return kind === 'failing' || kind === 'unshown' ? coveredSeconds(span, waivers) : 0;
}

/** The totals of several, such as all hosts of a control. */
export function sumTotals(all: readonly Totals[]): Totals {
  const durations: Partial<Record<SpanState, number>> = {};
  for (const totals of all) {
    for (const state of spanStates) {
      const duration = totals.durations[state];
      if (duration !== undefined) durations[state] = (durations[state] ?? 0) + duration;
    }
  }
  const waived = all.reduce((sum, totals) => sum + totals.waived, 0);
  return summed(durations, waived);
}

function summed(durations: Durations, waived: number): Totals {
  let [counted, compliant] = [0, 0];
  for (const state of spanStates) {
    const duration = durations[state] ?? 0;
    const kind = classOf(state);
    if (kind !== 'outside') counted += duration;
    if (kind === 'compliant') compliant += duration;
  }
  const inOrder = Object.fromEntries(
    spanStates.flatMap((state) => (state in durations ? [[state, durations[state]]] : [])),
  );
  return { durations: inOrder, counted, compliant, waived, share: counted === 0 ? null : compliant / counted };
}

/** How much of a span lies under any of the waivers, each moment counted once; in seconds. */
function coveredSeconds(span: Period, waivers: readonly Waiver[]): number {
  const [from, until] = [Date.parse(span.from), Date.parse(span.until)];
  let [covered, reached] = [0, from];
  for (const waiver of waivers.toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from))) {
    const begin = Math.max(Date.parse(waiver.from), reached);
    const end = Math.min(Date.parse(waiver.until), until);
    if (end <= begin) continue;
    covered += end - begin;
    reached = end;
  }
  return covered / 1000;
}

export function seconds({ from, until }: Period): number {
  return (Date.parse(until) - Date.parse(from)) / 1000;
}
