import type { Span as MomentSpan } from '../../policies/moments.ts';
import type { Instant, Stretch } from './chain.ts';
import type { EnrolmentChange, HostRecord } from './hosts.ts';
import type { CollectorGap, EntryReference, SpanState } from './model.ts';

/** A part of the period in which the same reports of a host have a word, or none has and it is known why. */
export interface Interval {
  readonly from: Instant;
  readonly until: Instant;
  /** More than one only while two keys of a host report. */
  readonly stretches: readonly Stretch[];
  /** Undefined where there are stretches. */
  readonly absence: Absence | undefined;
}

export interface Absence {
  readonly state: Extract<SpanState, 'silent' | 'collector-gap' | 'not-enrolled'>;
  /** The last entry about the host before it, and the first after it. */
  readonly begun: EntryReference | null;
  readonly ended: EntryReference | null;
}

export interface Surroundings {
  readonly from: Instant;
  readonly until: Instant;
  readonly collectorGaps: readonly CollectorGap[];
  /** Whether the host must report, whatever the log says of its enrolment. */
  readonly isExpected: boolean;
  /** When the register expects it besides, enrolled or not. */
  readonly registered: readonly MomentSpan[];
}

/** The period as one host's reports and silences divide it, without a gap. */
export function intervalsOf(record: HostRecord, surroundings: Surroundings): Interval[] {
  const { from, until, collectorGaps, registered } = surroundings;
  const stretches = [...record.chains.values()].flatMap((chain) => chain.stretches).sort((a, b) => a.from - b.from);
  const gaps = collectorGaps.flatMap((gap) => [Date.parse(gap.from), Date.parse(gap.until)]);
  const bounds = [
    ...stretches.flatMap((stretch) => [stretch.from, stretch.until]),
    ...record.enrolments.map(({ at }) => at),
    ...gaps,
    ...registered.flatMap((span) => [span.from, span.until]),
  ].filter((bound) => bound > from && bound < until);
  const starts = [...new Set([from, ...bounds])].sort((a, b) => a - b);
  const intervals: Interval[] = [];
  let active: readonly Stretch[] = [];
  let next = 0;
  for (const [index, start] of starts.entries()) {
    const first = next;
    while ((stretches[next]?.from ?? Infinity) <= start) next += 1;
    active = [...active, ...stretches.slice(first, next)].filter((stretch) => stretch.until > start);
    const absence = active.length > 0 ? undefined : absenceAt(start, record, stretches, surroundings);
    intervals.push({ from: start, until: starts[index + 1] ?? until, stretches: active, absence });
  }
  return intervals;
}

function absenceAt(
  at: Instant,
  { enrolments }: HostRecord,
  stretches: readonly Stretch[],
  { collectorGaps, isExpected, registered }: Surroundings,
): Absence {
  const enrolment = enrolments.findLast((change) => change.at <= at);
  const lastReport = stretches.findLast((stretch) => stretch.lastAt <= at)?.last;
  const nextReport = stretches.find((stretch) => stretch.from > at)?.first ?? null;
  const isRegistered = registered.some((span) => span.from <= at && at < span.until);
  if (!isRegistered && isOutside(enrolment, enrolments, isExpected)) {
    const nextEnrolment = enrolments.find((change) => change.at > at && change.isEnrolled)?.reference;
    return { state: 'not-enrolled', begun: enrolment?.reference ?? null, ended: nextEnrolment ?? null };
  }
  const begun = laterOf(lastReport, enrolment?.reference);
  const gap = collectorGaps.find((one) => Date.parse(one.from) <= at && at < Date.parse(one.until));
  return { state: gap === undefined ? 'silent' : 'collector-gap', begun, ended: nextReport };
}

/** A host that is expected is never outside, but for the time before it was first enrolled. */
function isOutside(
  enrolment: EnrolmentChange | undefined,
  enrolments: readonly EnrolmentChange[],
  isExpected: boolean,
): boolean {
  if (enrolment === undefined) return enrolments.length > 0 || !isExpected;
  return !enrolment.isEnrolled && !isExpected;
}

function laterOf(a: EntryReference | undefined, b: EntryReference | undefined): EntryReference | null {
  if (a === undefined || b === undefined) return a ?? b ?? null;
  return a.index > b.index ? a : b;
}
