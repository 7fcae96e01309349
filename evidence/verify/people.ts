import type { Policy } from '../../policies/load.ts';
import type { Observation } from '../../policies/observe.ts';
import { observeOrganisation } from '../../policies/people/organisation.ts';
import type { ActTaken } from '../act.ts';
import { Organisation, type ActFlaw } from '../organisation.ts';
import { picksHosts } from '../scope.ts';
import type { Bodies } from './bodies.ts';
import type { Documents } from './documents.ts';
import type { Findings } from './findings.ts';
import type { Shown } from './shown.ts';

/** What people did, and what that shows of the controls that no host can show. */
export interface ProvenOrganisation {
  /** The moment at which they were judged: that of the last entry. */
  readonly at: string;
  readonly observations: readonly Observation[];
}

export interface PeopleInput {
  readonly bodies: Bodies;
  readonly documents: Documents;
  readonly shown: Shown;
  readonly findings: Findings;
}

const flaws: Readonly<Record<ActFlaw, string>> = {
  'act.repeated': 'it begins something under an id that an earlier entry has given',
  'act.unknown': 'it is about something that no earlier entry begins',
  'act.ended': 'it is about something that an earlier entry ended',
  'act.own': 'it approves of what the same person asked for',
};

/** Acts of people as the log has them: that each could be taken where it stands, and what they show together. */
export class People {
  readonly #input: PeopleInput;
  readonly #organisation = new Organisation();
  /** Where each document came to be followed; undefined where it is not there. */
  #follows: readonly Policy[] | undefined = [];
  /** Whether every act is shown, from the log's beginning. */
  readonly #isWhole: boolean;

  constructor(input: PeopleInput) {
    this.#input = input;
    this.#isWhole = input.shown.scope.from === null && !picksHosts(input.shown.scope);
  }

  take(entry: ActTaken, where: string): void {
    const { bodies, documents, findings, shown } = this.#input;
    // A part of a log leaves out what acts commit to.
    const parts = shown.isPart ? entry.body.filter(({ commitment }) => bodies.hasSalt(commitment)) : entry.body;
    bodies.open(parts, where);
    if (!this.#isWhole) return;
    const flaw = this.#organisation.take(entry);
    if (flaw !== undefined) findings.add(flaw, where, flaws[flaw]);
    if (entry.act.act === 'follow') this.#follows = documents.named(entry.act, where);
  }

  /** @returns null where the organisation follows no document, or not all of what it did is shown */
  conclude(at: string | null): ProvenOrganisation | null {
    if (at === null || !this.#isWhole || this.#follows === undefined || this.#follows.length === 0) return null;
    const factsOf = this.#organisation.factsOf.bind(this.#organisation);
    return { at, observations: observeOrganisation(this.#follows, factsOf, new Date(at)) };
  }
}
