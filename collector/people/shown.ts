import type { KeptRecord } from '../../evidence/register.ts';
import { spanOfRecord } from '../../evidence/registers.ts';
import { isAbout, spanOfWaiver } from '../../evidence/waivers.ts';
import type { HostFinding } from '../../evidence/host-findings.ts';
import { changesWithReports } from '../../evidence/organisation-facts.ts';
import type { Organisation, WaiverState } from '../../evidence/organisation.ts';
import type { Case } from '../../policies/checks/cases.ts';
import { everlasting, isWithin, overlap, sideOf, type Span } from '../../policies/moments.ts';
import { observerOf, readFacts, type Observer } from '../../policies/observe.ts';
import { organisationControls } from '../../policies/people/organisation.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { Reason } from '../../policies/reasons.ts';
import type { Control, Text } from '../../policies/schema.ts';
import type { Fleet, ShownVerdict } from '../state/fleet.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { OrganisationBook } from './book.ts';
import { listSamples, type ListedSample } from './samples.ts';
import { listAwaiting, type Awaiting } from './awaiting.ts';
import { listWaivers, titlesOfWaivers, type ListedWaiver } from './standing-waivers.ts';
import { termsOfCase, type TermOfStep } from './terms.ts';

/** What people show now, as pages and metrics tell it. */
export interface ShownOrganisation {
  /** Whether it is held to any document. */
  readonly isFollowing: boolean;
  /** Documents that are followed and that the collector cannot read: what they ask nobody can tell. */
  readonly unread: readonly { readonly policy: string; readonly version: number }[];
  /** In the order of the documents. */
  readonly controls: readonly ShownOrganisationControl[];
  /** Those that are not closed: what is due soonest first, then those without a term in the order of the log. */
  readonly cases: readonly OpenCase[];
}

/** For whom may see nothing of the organisation. */
export const nothingOfOrganisation: ShownOrganisation = { isFollowing: false, unread: [], controls: [], cases: [] };

export interface ShownOrganisationControl {
  readonly policy: string;
  readonly policyTitle: Text;
  readonly control: string;
  readonly definition: Control;
  readonly verdict: ShownVerdict;
  /** Worst first. */
  readonly reasons: readonly Reason[];
  /** When the waiver ends under which it lies; null where there is none, or it needs none. */
  readonly waivedUntil: string | null;
  /** When the attestation or certificate that stands ends, or the last one ended; null for what has none. */
  readonly attestedUntil: string | null;
}

export interface OpenCase {
  readonly about: Case;
  /** What of which hosts it is a finding of; undefined for a case that a person opened. */
  readonly finding: HostFinding | undefined;
  /** Steps that are not done, soonest first: each once, by its soonest term. */
  readonly due: readonly TermOfStep[];
}

interface Asked {
  readonly policy: string;
  readonly policyTitle: Text;
  readonly definition: Control;
  readonly observe: Observer;
  readonly waivers: readonly { readonly span: Span }[];
}

interface Judged {
  readonly isFollowing: boolean;
  readonly revision: number;
  /** Of the fleet; null where nothing that is asked rests on hosts. */
  readonly fleet: number | null;
  readonly asked: readonly Asked[];
  readonly cases: readonly OpenCase[];
  readonly unread: ShownOrganisation['unread'];
}

type Book = Pick<OrganisationBook, 'organisation' | 'revision'>;

/** Judges what people show, and again only where an act or the time changes what comes out: a scrape may ask often. */
export class OrganisationWindow {
  readonly #book: Book;
  readonly #shelf: PolicyShelf;
  readonly #fleet: Pick<Fleet, 'hosts' | 'revision'>;
  #judged: Judged | undefined;
  #shown: { readonly span: Span; readonly organisation: ShownOrganisation } | undefined;

  constructor(book: Book, shelf: PolicyShelf, fleet: Pick<Fleet, 'hosts' | 'revision'>) {
    this.#book = book;
    this.#shelf = shelf;
    this.#fleet = fleet;
  }

  /** The same object as long as nothing changes. */
  at(at: Date): ShownOrganisation {
    if (this.#judged?.revision !== this.#book.revision) {
      this.#judged = this.#read(at);
      this.#shown = undefined;
    } else if (this.#judged.fleet !== null && this.#judged.fleet !== this.#fleet.revision) {
      this.#judged = this.#hearAnew(this.#judged);
      this.#shown = undefined;
    }
    if (this.#shown === undefined || !isWithin(this.#shown.span, at)) this.#shown = show(this.#judged, at);
    return this.#shown.organisation;
  }

  /** Of hosts and the organisation. */
  waivers(at: Date): ListedWaiver[] {
    return listWaivers({ organisation: this.#book.organisation, shelf: this.#shelf, fleet: this.#fleet }, at);
  }

  /** By the id of a waiver that holds, waits or ended, the title of its control. */
  waiverTitles(): ReadonlyMap<string, Text> {
    return titlesOfWaivers({ organisation: this.#book.organisation, shelf: this.#shelf, fleet: this.#fleet });
  }

  /** What counts only once others approve of it. */
  awaiting(at: Date): Awaiting[] {
    return listAwaiting(this.#book.organisation, this.waivers(at), this.#shelf);
  }

  /** What is to be looked at, the newest month first. */
  samples(): ListedSample[] {
    const { organisation } = this.#book;
    return listSamples(
      organisation,
      organisation.follows.flatMap(({ digest }) => this.#shelf.get(digest) ?? []),
    );
  }

  /** Hosts were heard, and nobody did anything: only what rests on hosts is judged anew. */
  #hearAnew(judged: Judged): Judged {
    const { organisation } = this.#book;
    const asked = judged.asked.map((one) => {
      if (!changesWithReports(one.definition)) return one;
      return { ...one, observe: observerIn(organisation, one.policy, one.definition) };
    });
    return { ...judged, asked, fleet: this.#fleet.revision };
  }

  /** Of registers, those that have not ended. */
  lines(at: Date): KeptRecord[] {
    const lines = [...this.#book.organisation.records.values()];
    return lines.filter(({ record }) => spanOfRecord(record).until > at.getTime());
  }

  #read(at: Date): Judged {
    const { organisation, revision } = this.#book;
    const documents = organisation.follows.map((named) => ({ named, policy: this.#shelf.get(named.digest) }));
    const controls = organisationControls(documents.flatMap(({ policy }) => policy ?? []));
    const waivers = [...organisation.waivers.values()];
    const asked = controls.map(({ policy: { policy, title }, control: definition }): Asked => {
      const requirement = requirementOf(definition);
      return {
        ...{ policy, policyTitle: title, definition },
        observe: observerIn(organisation, policy, definition),
        waivers: waivers
          .filter((waiver) => isAbout(waiver, { policy, control: definition.id, requirement }, null))
          .flatMap((waiver) => spansOf(waiver)),
      };
    });
    const open = [...organisation.cases.values()].filter(({ closed }) => closed === null);
    return {
      ...{ revision, asked, isFollowing: documents.length > 0 },
      fleet: asked.some(({ definition }) => changesWithReports(definition)) ? this.#fleet.revision : null,
      cases: open
        .map((one): OpenCase => {
          const finding = organisation.findings.get(one.id);
          return { about: one, finding, due: dueOf(one, termsOfCase(one, asked, at)) };
        })
        .sort(bySoonest),
      unread: documents.flatMap(({ named: { policy: name, version }, policy }) =>
        policy === undefined ? [{ policy: name, version }] : [],
      ),
    };
  }
}

/** The open findings that name a host. */
export function casesOfHost(host: string, { cases }: Pick<ShownOrganisation, 'cases'>): OpenCase[] {
  return cases.filter(({ finding }) => finding?.hosts.includes(host));
}

function observerIn(organisation: Organisation, policy: string, definition: Control): Observer {
  const { id: control, check, with: parameters } = definition;
  const facts = organisation.factsOf(check, { policy, control, with: parameters });
  return observerOf(policy, definition, readFacts(check, facts));
}

function spansOf(waiver: WaiverState): { span: Span }[] {
  const span = spanOfWaiver(waiver);
  return span === undefined ? [] : [{ span }];
}

function show(
  { asked, cases, unread, isFollowing }: Judged,
  at: Date,
): { span: Span; organisation: ShownOrganisation } {
  let valid = everlasting;
  const controls = asked.map(({ policy, policyTitle, definition, observe, waivers }): ShownOrganisationControl => {
    const { observation, span } = observe(at);
    const { verdict, reasons } = observation;
    valid = waivers.reduce((all, waiver) => overlap(all, sideOf(waiver.span, at)), overlap(valid, span));
    const waived = waivers.filter((waiver) => isWithin(waiver.span, at)).map((waiver) => waiver.span.until);
    const isWaived = (verdict === 'fail' || verdict === 'unknown') && waived.length > 0;
    return {
      ...{ policy, policyTitle, control: definition.id, definition, reasons },
      verdict: isWaived ? 'waived' : verdict,
      waivedUntil: isWaived ? new Date(Math.max(...waived)).toISOString() : null,
      attestedUntil: attestedUntil(reasons),
    };
  });
  return { span: valid, organisation: { isFollowing, unread, controls, cases } };
}

/** Of several that stand, or ended, the first to end. */
function attestedUntil(reasons: readonly Reason[]): string | null {
  const ends = reasons.flatMap(({ code, values: { until } }) =>
    endingCodes.has(code) && typeof until === 'string' ? [until] : [],
  );
  return ends.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
}

const endingCodes = new Set(['attestation.stands', 'attestation.expired', 'register.stands', 'register.expired']);

function dueOf({ steps }: Case, terms: readonly TermOfStep[]): TermOfStep[] {
  const done = new Set(steps.map(({ step }) => step));
  const open = terms.filter(({ step }) => !done.has(step)).sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
  return open.filter(({ step }, index) => open.findIndex((other) => other.step === step) === index);
}

function bySoonest(a: OpenCase, b: OpenCase): number {
  const [first, second] = [a, b].map(({ due }) => due.map(({ until }) => Date.parse(until))[0] ?? Infinity);
  return first === second ? 0 : (first ?? Infinity) - (second ?? Infinity);
}
