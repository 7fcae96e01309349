import { controlKey, type Content } from './contents.ts';
import type { EntryReference, SpanState } from './model.ts';

/** Milliseconds since 1970. */
export type Instant = number;

/** Reports in a row that say the same, and for how long their word stands. */
export interface Stretch {
  readonly content: Content;
  /** Their dates contradict the log's: what passed in them cannot be relied on. */
  readonly isDoubted: boolean;
  readonly from: Instant;
  until: Instant;
  readonly first: EntryReference;
  last: EntryReference;
  /** When the last of them was made. */
  lastAt: Instant;
  /** By `controlKey`: the first report of a state that began before this stretch; for the chain's first stretch only. */
  readonly carried: ReadonlyMap<string, Carried>;
}

interface Carried {
  readonly state: SpanState;
  readonly begun: EntryReference;
}

/** A report with its place in time. */
export interface DatedReport {
  readonly reference: EntryReference;
  /** When its facts were read, as far as that can be relied on (`momentOf`). */
  readonly at: Instant;
  readonly isDoubted: boolean;
  readonly content: Content;
}

/** The reports of one agent under one enrolment, in the order in which it made them. */
export class Chain {
  readonly enrolledAt: string;
  /** Undefined while its reports count. */
  revokedAt: Instant | undefined;
  /** Of the report before, by the agent's clock. */
  previousIssuedAt: string | undefined;
  /** Those of the period, and the last one before it. */
  readonly stretches: Stretch[] = [];
  readonly #staleAfter: number;
  readonly #periodFrom: Instant;

  /** @param staleAfter milliseconds */
  constructor(enrolledAt: string, { staleAfter, from }: { readonly staleAfter: number; readonly from: Instant }) {
    this.enrolledAt = enrolledAt;
    this.#staleAfter = staleAfter;
    this.#periodFrom = from;
  }

  /** @returns content that the period does not rest on any more */
  add({ reference, at: claimed, isDoubted, content }: DatedReport): Content | undefined {
    const last = this.stretches.at(-1);
    // Two reports of one moment stand after each other, so that a failure in one of them stays to be seen.
    const from = Math.max(claimed, (last?.lastAt ?? -Infinity) + 1);
    const until = from + this.#staleAfter;
    if (last?.content === content && last.isDoubted === isDoubted && from <= last.until) {
      Object.assign(last, { until, last: reference, lastAt: from });
      return undefined;
    }
    if (last !== undefined) last.until = Math.min(last.until, from);
    const isBefore = last !== undefined && from <= this.#periodFrom;
    const carried = isBefore ? carriedOver(last, from) : new Map<string, Carried>();
    if (isBefore) this.stretches.pop();
    this.stretches.push({ content, isDoubted, from, until, first: reference, last: reference, lastAt: from, carried });
    return isBefore ? last.content : undefined;
  }

  revoke(at: Instant): void {
    this.revokedAt = at;
    const last = this.stretches.at(-1);
    if (last !== undefined) last.until = Math.max(Math.min(last.until, at), last.from);
  }
}

/** Since when each control of a stretch has stood as it does: told to the stretch that follows it at once. */
function carriedOver(last: Stretch, next: Instant): Map<string, Carried> {
  if (last.until < next) return new Map();
  const observations = last.content.controls?.values() ?? [];
  return new Map(
    [...observations].map((observation) => {
      const key = controlKey(observation);
      const state = stateIn(last, key, 'missing');
      return [key, { state, begun: begunIn(last, key, state) }];
    }),
  );
}

/**
 * How a control stood in a stretch.
 * @param unread what it means that the content is not there
 */
export function stateIn({ content, isDoubted }: Stretch, key: string, unread: 'erased' | 'missing'): SpanState {
  if (content.controls === undefined) return unread;
  const verdict = content.controls.get(key)?.verdict;
  if (verdict === undefined) return 'not-asked';
  // A failure that was seen stays one, whatever the clock said.
  return isDoubted && verdict !== 'fail' ? 'wrong-clock' : verdict;
}

/** The first report of the state in which a control stands. */
export function begunIn({ carried, first }: Stretch, key: string, state: SpanState): EntryReference {
  const before = carried.get(key);
  return before?.state === state ? before.begun : first;
}
