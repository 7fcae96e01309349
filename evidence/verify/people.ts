import type { Policy } from '../../policies/load.ts';
import { isWithin } from '../../policies/moments.ts';
import type { Observation } from '../../policies/observe.ts';
import { observeOrganisation } from '../../policies/people/organisation.ts';
import type { ActScope, ActTaken } from '../act.ts';
import { HeardHosts } from '../heard.ts';
import { Organisation, type ActFlaw } from '../organisation.ts';
import type { Statement } from '../report.ts';
import { picksHosts } from '../scope.ts';
import { Samples, type DrawnMonth } from '../spot-checks/samples.ts';
import { spanOfWaiver } from '../waivers.ts';
import type { Bodies } from './bodies.ts';
import type { Documents } from './documents.ts';
import type { Findings } from './findings.ts';
import type { Shown } from './shown.ts';

/** What people did, and what that shows of the controls that no host can show. */
export interface ProvenOrganisation {
  /** The moment at which they were judged: that of the last entry. */
  readonly at: string;
  readonly observations: readonly Observation[];
  /** Approved exceptions that hold at that moment: what they are about is not kept, and somebody answers for it. */
  readonly waivers: readonly ProvenWaiver[];
  /** What was to be looked at of each month, drawn anew. */
  readonly samples: readonly DrawnMonth[];
}

export interface ProvenWaiver {
  readonly id: string;
  readonly policy: string;
  readonly control: string;
  readonly scope: ActScope;
  readonly from: string;
  readonly until: string;
  readonly by: string;
  readonly approvedBy: string;
}

export interface PeopleInput {
  readonly bodies: Bodies;
  readonly documents: Documents;
  readonly shown: Shown;
  readonly findings: Findings;
  /** The root that the log had at a size; undefined where tiles stand in the way, which has then been found. */
  readonly rootAt: (size: number) => Buffer | undefined;
}

const flaws: Readonly<Record<ActFlaw, string>> = {
  'act.repeated': 'it begins something under an id that an earlier entry has given',
  'act.unknown': 'it is about something that no earlier entry begins',
  'act.ended': 'it is about something that an earlier entry ended',
  'act.collector': 'only the collector itself closes what it opened, or says that nothing fails any more',
  'act.sample': 'it is about something that the sample of its month does not name',
  'act.own': 'it approves of what the same person asked for',
};

/** Acts of people as the log has them: that each could be taken where it stands, and what they show together. */
export class People {
  readonly #input: PeopleInput;
  /** The hosts that people answer for: which are enrolled, and when each last reported. */
  readonly hosts = new HeardHosts();
  /** What is to be looked at, drawn anew. */
  readonly samples: Samples;
  readonly #organisation: Organisation;
  /** Where each document came to be followed; undefined where it is not there. */
  #follows: readonly Policy[] | undefined = [];
  /** Whether every act is shown, from the log's beginning. */
  readonly #isWhole: boolean;
  #hasActs = false;

  constructor(input: PeopleInput) {
    this.#input = input;
    this.samples = new Samples({ rootAt: input.rootAt, document: (digest) => input.documents.get(digest) });
    this.#organisation = new Organisation(this.hosts, this.samples);
    this.#isWhole = !picksHosts(input.shown.scope);
  }

  take(entry: ActTaken, where: string): void {
    const { bodies, documents, findings, shown } = this.#input;
    // A part of a log leaves out what acts commit to.
    const parts = shown.isPart ? entry.body.filter(({ commitment }) => bodies.hasSalt(commitment)) : entry.body;
    bodies.open(parts, where);
    if (!this.#isWhole) return;
    this.#hasActs = true;
    const flaw = this.#organisation.take(entry);
    // Who does not see all reports cannot draw what they seal.
    const isSeen = flaw !== 'act.sample' || shown.omitted === 0;
    if (flaw !== undefined && isSeen) findings.add(flaw, where, flaws[flaw]);
    if (entry.act.act === 'follow') this.#follows = documents.named(entry.act, where);
  }

  /** A report that holds: how many controls fail by it is signed. */
  hear({ agent, counts }: Pick<Statement, 'agent' | 'counts'>, receivedAt: string): void {
    if (this.#isWhole) this.#organisation.owed.report(agent, counts.fail, receivedAt);
  }

  /** A host whose key counts no more. */
  forget(agent: string): void {
    this.#organisation.owed.forget(agent);
  }

  #standingWaivers(at: Date): ProvenWaiver[] {
    return [...this.#organisation.waivers.values()].flatMap((waiver) => {
      const { asked, by, approved } = waiver;
      const span = spanOfWaiver(waiver);
      if (span === undefined || approved === null || !isWithin(span, at)) return [];
      const { id, policy, control, scope } = asked;
      const [from, until] = [span.from, span.until].map((moment) => new Date(moment).toISOString());
      return [{ id, policy, control, scope, from: from ?? '', until: until ?? '', by, approvedBy: approved.by }];
    });
  }

  /** @returns null where nobody did anything, or where something that is not shown might be an act */
  conclude(at: string | null): ProvenOrganisation | null {
    // An entry that is left out cannot be shown to be no act.
    const isComplete = this.#isWhole && this.#input.shown.omitted === 0;
    if (at === null || !isComplete || !this.#hasActs || this.#follows === undefined) return null;
    const factsOf = this.#organisation.factsOf.bind(this.#organisation);
    const observations = observeOrganisation(this.#follows, factsOf, new Date(at));
    const waivers = this.#standingWaivers(new Date(at));
    return { at, observations, waivers, samples: this.samples.after(new Date(0).toISOString()) };
  }
}
