import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Act, ActTaken } from '../../../evidence/act.ts';
import { perOf } from '../../../evidence/attested.ts';
import { restsOnHosts, type FactsByHosts } from '../../../evidence/organisation-facts.ts';
import { Organisation } from '../../../evidence/organisation.ts';
import type { SampleSource } from '../../../evidence/spot-checks/samples.ts';
import { CaseKind } from '../../../policies/checks/cases.ts';
import type { Policy } from '../../../policies/load.ts';
import { observerOf, readFacts, type Observer } from '../../../policies/observe.ts';
import { organisationControls } from '../../../policies/people/organisation.ts';
import type { Control } from '../../../policies/schema.ts';
import type { Instant } from '../chain.ts';
import { controlKey } from '../contents.ts';
import type { EntryReference } from '../model.ts';
import { Expectations } from './expectations.ts';
import type { FailureChange } from './failure-history.ts';
import type { HeardHistory } from './heard-history.ts';
import { Track } from './track.ts';

/** An act with its place in the log. */
export interface PlacedAct {
  readonly taken: ActTaken;
  readonly entry: EntryReference;
}

type FollowedDocument = Extract<Act, { act: 'follow' }>['policies'][number];

/** A document that the organisation followed at some time. */
export interface Followed extends FollowedDocument {
  readonly from: Instant;
  readonly until: Instant;
}

export interface ReplayInput {
  readonly from: Instant;
  readonly until: Instant;
  /** Those before the end of the period, in the order of the log. */
  readonly acts: readonly PlacedAct[];
  readonly heard: HeardHistory;
  readonly samples: SampleSource;
  /** In the order of the log. */
  readonly failures: readonly FailureChange[];
  /** Whether no other act can have been taken in that time. */
  readonly hasAllActs: boolean;
  /** The log's last entry, where the log ended before the period; else null. */
  readonly logEnd: EntryReference | null;
  /** Undefined where it is not there, or of a form that this version does not know. */
  readonly document: (digest: string) => Policy | undefined;
}

/**
 * Takes the acts of people anew, in the order of the log, and lays out how each of the organisation's own controls stood
 * over the period. Collector and verifier judge by the same facts and the same judge at one moment; this is every moment.
 */
export class Replay {
  readonly organisation: Organisation;
  readonly expectations = new Expectations();
  readonly tracks = new Map<string, Track>();
  readonly followed: Followed[] = [];
  readonly input: ReplayInput;

  private constructor(input: ReplayInput) {
    this.input = input;
    this.organisation = new Organisation(undefined, input.samples);
  }

  /** It gives way to other work in between: each act may have hundreds of cases judged anew. */
  static async of(input: ReplayInput): Promise<Replay> {
    const replay = new Replay(input);
    const failures = [...input.failures].filter(({ entry }) => Date.parse(entry.receivedAt) < input.until).reverse();
    const weighUntil = (index: number): void => {
      while ((failures.at(-1)?.entry.index ?? Infinity) < index) replay.#weigh(failures.pop());
    };
    for (const act of input.acts) {
      weighUntil(act.entry.index);
      replay.#take(act);
      if (Date.parse(act.entry.receivedAt) >= input.from) await setImmediate();
    }
    weighUntil(Infinity);
    replay.#endFollowing(input.until);
    for (const track of replay.tracks.values()) track.end(input.until, input.logEnd);
    return replay;
  }

  /** The documents that were followed at some time of a period. */
  followedIn({ from, until }: { readonly from: Instant; readonly until: Instant }): Followed[] {
    return this.followed.filter((one) => one.from < until && one.until > from);
  }

  #take({ taken, entry }: PlacedAct): void {
    const flaw = this.organisation.take(taken);
    if (flaw !== undefined) return;
    this.expectations.take(taken);
    if (taken.act.act === 'follow') this.#follow(taken.act.policies, entry);
    else this.#tell(taken.act, entry);
  }

  #follow(policies: readonly FollowedDocument[], entry: EntryReference): void {
    const at = Date.parse(entry.receivedAt);
    this.#endFollowing(at);
    this.followed.push(...policies.map((named) => ({ ...named, from: at, until: Infinity })));
    const documents = policies.map(({ policy, digest }) => ({ policy, document: this.input.document(digest) }));
    const unread = new Set(documents.flatMap(({ policy, document }) => (document === undefined ? [policy] : [])));
    const asked = organisationControls(documents.flatMap(({ document }) => document ?? []));
    const keys = new Set(asked.map(({ policy: { policy }, control: { id } }) => controlKey({ policy, control: id })));
    for (const [key, track] of this.tracks) {
      if (!keys.has(key)) track.drop(entry, unread.has(track.policy) ? 'missing' : 'not-asked');
    }
    for (const { policy, control } of asked) this.#ask(policy.policy, control, entry);
  }

  /** Whether a finding stands for each failure may be another from here on. */
  #weigh(change: FailureChange | undefined): void {
    if (change === undefined) return;
    const { owed } = this.organisation;
    const before = JSON.stringify(owed.owed());
    if (change.failing === null) owed.forget(change.host);
    else owed.report(change.host, change.failing, change.entry.receivedAt);
    if (JSON.stringify(owed.owed()) === before) return;
    for (const { policy, definition } of this.tracks.values()) {
      if (definition !== undefined && kindOfCases(definition) === 'finding')
        this.#ask(policy, definition, change.entry);
    }
  }

  #endFollowing(at: Instant): void {
    for (const [index, one] of this.followed.entries()) {
      if (one.until === Infinity) this.followed[index] = { ...one, until: at };
    }
  }

  #tell(act: Act, entry: EntryReference): void {
    for (const { policy, definition } of this.tracks.values()) {
      if (definition !== undefined && this.#isAbout(act, policy, definition)) this.#ask(policy, definition, entry);
    }
  }

  #ask(policy: string, definition: Control, entry: EntryReference): void {
    const name = { policy, control: definition.id };
    const key = controlKey(name);
    const track = this.tracks.get(key) ?? new Track(name, this.input.from);
    this.tracks.set(key, track);
    // What there is now; it is judged only where the period asks for it.
    const facts = this.organisation.factsBy(definition.check, { ...name, with: definition.with });
    track.ask(entry, definition, () => this.#observer(policy, definition, facts));
  }

  #observer(policy: string, definition: Control, facts: FactsByHosts | undefined): Observer {
    if (facts !== undefined && restsOnHosts(definition)) {
      return observerOfHosts(policy, definition, facts, this.input.heard);
    }
    return observerOf(policy, definition, readFacts(definition.check, facts?.([])));
  }

  /** Whether an act may change what holds of a control. */
  #isAbout(act: Act, policy: string, definition: Control): boolean {
    if (act.act === 'waive') return false;
    const { attestations, denials } = this.organisation;
    const decided =
      act.act === 'approve' || act.act === 'revoke' ? (attestations.get(act.of) ?? denials.get(act.of)) : undefined;
    switch (definition.check) {
      case 'attestation': {
        const about = act.act === 'attest' || act.act === 'deny' ? act : decided;
        if (act.act === 'record' || act.act === 'strike') return perOf(definition.with) !== 'organisation';
        return about?.policy === policy && about.control === definition.id;
      }
      case 'cases':
        // What is excused needs no finding.
        if (act.act === 'approve' || act.act === 'revoke') return kindOfCases(definition) === 'finding';
        return this.#caseOf(act) === kindOfCases(definition);
      case 'spot-checks':
        return act.act === 'spot-check';
      case 'register':
      case 'reporting':
        return act.act === 'record' || act.act === 'strike';
      default:
        return true;
    }
  }

  /** Of what kind the case is that an act is about; null where it is about none. */
  #caseOf(act: Act): CaseKind | null {
    if (act.act === 'open-case') return act.of;
    if (act.act !== 'take-step' && act.act !== 'close-case') return null;
    return this.organisation.cases.get(act.of)?.of ?? null;
  }
}

const noHosts: ReadonlySet<string> = new Set();

/**
 * Judges by what had been heard of hosts at each moment that it is asked for. A report that came when all was well only
 * makes that last longer: so few of the moments at which hosts reported have to be asked for.
 */
function observerOfHosts(policy: string, definition: Control, facts: FactsByHosts, heard: HeardHistory): Observer {
  return (at) => {
    const moment = at.getTime();
    const reading = readFacts(definition.check, facts(heard.at(moment)));
    const observed = observerOf(policy, definition, reading)(at);
    const open = observed.observation.reasons.filter(({ verdict }) => verdict !== 'pass');
    const subjects = new Set(open.flatMap(({ subject }) => subject ?? []));
    const next = heard.nextAfter(moment, definition.check === 'reporting' ? subjects : noHosts);
    return { ...observed, span: { from: moment, until: Math.min(observed.span.until, next) } };
  };
}

const KindOfCases = z.object({ of: CaseKind });

/** What kind of cases a control is about; undefined for one that is about none. */
export function kindOfCases({ check, with: parameters }: Pick<Control, 'check' | 'with'>): CaseKind | undefined {
  return check === 'cases' ? KindOfCases.safeParse(parameters).data?.of : undefined;
}
