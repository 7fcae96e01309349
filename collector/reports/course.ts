import type { Reason } from '../../policies/reasons.ts';
import { begunIn, stateIn, type Instant, type Stretch } from './chain.ts';
import type { Interval } from './intervals.ts';
import type { ControlCourse, Course, EntryReference, HostGap, Span, SpanState, Waiver } from './model.ts';
import { isVerdict, spanStates } from './states.ts';
import { totalsOf } from './totals.ts';

/** Whether a part of a body was removed with an entry that says so. */
export type IsErased = (commitment: string) => boolean;

/** A span under way. */
interface OpenSpan {
  readonly state: SpanState;
  readonly from: Instant;
  until: Instant;
  readonly begun: EntryReference | null;
  ended: EntryReference | null;
  readonly reasons: readonly Reason[];
  /** When the last report was made that says so. */
  lastAt: Instant;
}

export interface CourseInput {
  readonly host: string;
  /** `controlKey` of the control. */
  readonly key: string;
  readonly intervals: readonly Interval[];
  readonly isErased: IsErased;
  readonly waivers: readonly Waiver[];
}

/** How one control stood on one host over the period. */
export function courseOf({ host, key, intervals, isErased, waivers }: CourseInput): ControlCourse {
  const stands: Stand[] = [];
  for (const interval of intervals) {
    const found = standing(interval, key, isErased, stands.at(-1)?.state);
    stands.push({ ...found, from: interval.from, until: interval.until });
  }
  return { host, ...assembled(stands, waivers) };
}

/** @param stands follow each other without a gap and fill the period */
export function assembled(stands: readonly Stand[], waivers: readonly Waiver[]): Course {
  const open: OpenSpan[] = [];
  for (const stand of stands) extend(open, stand, stand);
  const spans = open.map(closed);
  const failures = open.filter(({ state }) => state === 'fail');
  const [first, last] = [failures.at(0), failures.at(-1)];
  return {
    spans,
    totals: totalsOf(spans, waivers),
    firstFailureAt: first === undefined ? null : iso(first.from),
    lastFailureAt: last === undefined ? null : iso(Math.max(last.lastAt, last.from)),
    lastReasons: stands.findLast(({ told }) => told !== undefined)?.told ?? [],
    waivers,
  };
}

/** When nothing, or nothing that can be relied on, is known of a host. */
export function gapsOf(intervals: readonly Interval[], isErased: IsErased): HostGap[] {
  const open: OpenSpan[] = [];
  for (const interval of intervals) extend(open, interval, hostStanding(interval, isErased));
  return open
    .map(closed)
    .flatMap(({ state, from, until, begun, ended }) =>
      state === 'wrong-clock' ||
      state === 'silent' ||
      state === 'collector-gap' ||
      state === 'erased' ||
      state === 'missing' ||
      state === 'not-enrolled'
        ? [{ state, from, until, begun, ended }]
        : [],
    );
}

/** How a control stood in a part of the period. */
export interface Stand extends Standing {
  readonly from: Instant;
  readonly until: Instant;
}

/** What an interval says of a control or host. */
interface Standing {
  readonly state: SpanState;
  readonly begun: EntryReference | null;
  readonly ended: EntryReference | null;
  readonly reasons: readonly Reason[];
  /** When it was last seen to be so. */
  readonly lastAt: Instant;
  /** What is told of the control, also where it passes; undefined where nothing is. */
  readonly told?: readonly Reason[] | undefined;
}

function standing(
  { from, stretches, absence }: Interval,
  key: string,
  isErased: IsErased,
  before: SpanState | undefined,
): Standing {
  if (absence !== undefined) {
    // Who falls silent about what was not asked leaves nothing unsaid.
    const state = before === 'not-asked' && absence.state !== 'not-enrolled' ? before : absence.state;
    return { ...absence, state, reasons: [], lastAt: from };
  }
  const found = stretches.map((stretch) => {
    const state = stateIn(stretch, key, unreadState(stretch, isErased));
    const told = stretch.content.controls?.get(key)?.reasons;
    const reasons = isVerdict(state) && state !== 'pass' ? (told ?? []) : [];
    const { last: ended, lastAt } = stretch;
    return { state, begun: begunIn(stretch, key, state), ended, reasons, lastAt, told };
  });
  return worstOf(found);
}

/** The same of the host as a whole; `pass` stands for any content that can be relied on. */
function hostStanding({ from, stretches, absence }: Interval, isErased: IsErased): Standing {
  if (absence !== undefined) return { ...absence, reasons: [], lastAt: from };
  const found = stretches.map((stretch): Standing => {
    const { content, isDoubted, first: begun, last: ended, lastAt } = stretch;
    const read = isDoubted ? 'wrong-clock' : 'pass';
    const state = content.controls === undefined ? unreadState(stretch, isErased) : read;
    return { state, begun, ended, reasons: [], lastAt };
  });
  return worstOf(found);
}

function unreadState({ content }: Stretch, isErased: IsErased): 'erased' | 'missing' {
  return isErased(content.commitment) ? 'erased' : 'missing';
}

/** While two keys of a host both have a word that stands, the worse counts. */
function worstOf(found: readonly Standing[]): Standing {
  return found.reduce((worst, one) => (rank(one) < rank(worst) ? one : worst));
}

function rank({ state }: Standing): number {
  return spanStates.indexOf(state);
}

function extend(open: OpenSpan[], { from, until }: Pick<Interval, 'from' | 'until'>, found: Standing): void {
  const last = open.at(-1);
  const { state, begun, ended, reasons, lastAt } = found;
  if (last?.state === state) Object.assign(last, { until, ended, lastAt });
  else open.push({ state, from, until, begun, ended, reasons, lastAt });
}

function closed({ state, from, until, begun, ended, reasons }: OpenSpan): Span {
  return { state, from: iso(from), until: iso(until), begun, ended, reasons };
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
