import type { Span } from '../../../policies/moments.ts';
import type { Observer } from '../../../policies/observe.ts';
import type { Control } from '../../../policies/schema.ts';
import type { Instant } from '../chain.ts';
import type { Stand } from '../course.ts';
import type { EntryReference } from '../model.ts';

/** The words of a control, and the time over which the organisation was held to them. */
export interface Held {
  readonly definition: Control;
  readonly held: Span;
}

/** What was asked of the organisation from some act on. */
type Asked =
  | { readonly state: 'not-asked' }
  /** By a document that nobody can read. */
  | { readonly state: 'missing' }
  | { readonly state: 'asked'; readonly definition: Control; readonly observer: () => Observer };

/** A judge that reads the moment itself says nothing of how long its word holds: it is asked anew this often. */
const shortestStep = 60_000;

/**
 * One of the organisation's own controls over the period, laid out as the acts come in. Between two acts nothing changes
 * but the time: the judge says until when its word holds.
 */
export class Track {
  readonly policy: string;
  readonly control: string;
  readonly stands: Stand[] = [];
  readonly held: Held[] = [];
  #asked: Asked = { state: 'not-asked' };
  #askedAt: Instant = -Infinity;
  #reached: Instant;
  #last: EntryReference | null = null;

  /** @param from when the period begins */
  constructor({ policy, control }: { readonly policy: string; readonly control: string }, from: Instant) {
    this.policy = policy;
    this.control = control;
    this.#reached = from;
  }

  get definition(): Control | undefined {
    return this.#asked.state === 'asked' ? this.#asked.definition : undefined;
  }

  /** From an act on the control is asked, or stands on other facts. */
  ask(act: EntryReference, definition: Control, observer: () => Observer): void {
    this.#change(act, { state: 'asked', definition, observer });
  }

  /** From an act on it is asked no more, or nobody can tell what is asked. */
  drop(act: EntryReference, state: 'not-asked' | 'missing'): void {
    if (this.#asked.state !== state) this.#change(act, { state });
  }

  /**
   * Lays out the rest of the period.
   * @param logEnd the last entry of a log that ended before the period: what people did after it nobody knows
   */
  end(until: Instant, logEnd: EntryReference | null): void {
    const known = logEnd === null ? until : Math.min(Date.parse(logEnd.receivedAt), until);
    this.#layOut(known, null);
    if (this.#asked.state === 'not-asked') this.#layOut(until, null);
    if (this.#reached < until) this.#push('collector-gap', until, { begun: logEnd, ended: null });
    this.#keep(until);
  }

  #change(act: EntryReference, asked: Asked): void {
    const at = Date.parse(act.receivedAt);
    this.#layOut(at, act);
    this.#keep(at);
    this.#asked = asked;
    this.#askedAt = at;
    this.#last = act;
  }

  #keep(until: Instant): void {
    if (this.#asked.state !== 'asked' || this.#askedAt >= until) return;
    this.held.push({ definition: this.#asked.definition, held: { from: this.#askedAt, until } });
  }

  /** @param next the act that ends it */
  #layOut(until: Instant, next: EntryReference | null): void {
    if (until <= this.#reached) return;
    if (this.#asked.state === 'asked') this.#judge(this.#asked.observer(), until);
    else this.#push(this.#asked.state, until, { begun: this.#last, ended: next });
  }

  #judge(observe: Observer, until: Instant): void {
    while (this.#reached < until) {
      const { observation, span } = observe(new Date(this.#reached));
      const end = Math.min(Math.max(span.until, this.#reached + shortestStep), until);
      const { verdict, reasons } = observation;
      const told = { reasons: verdict === 'pass' ? [] : reasons, told: reasons };
      this.#push(verdict, end, { begun: this.#last, ended: this.#last, ...told });
    }
  }

  #push(
    state: Stand['state'],
    until: Instant,
    rest: Pick<Stand, 'begun' | 'ended'> & Partial<Pick<Stand, 'reasons' | 'told'>>,
  ): void {
    this.stands.push({ reasons: [], ...rest, state, from: this.#reached, until, lastAt: until });
    this.#reached = until;
  }
}
