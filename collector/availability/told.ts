import { factsPartName, HostPart, hostPartName, digestOf, type Statement } from '../../evidence/report.ts';
import type { Entry, ReportReceived } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import { parseJson } from '../../evidence/json.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import { clockDoubts } from '../../evidence/verify/clocks.ts';
import { AvailabilityFacts, rememberedSeconds } from '../../policies/checks/availability/facts.ts';
import type { Span } from '../../policies/moments.ts';
import { readingOf } from '../../policies/reading.ts';
import type { Labels } from '../../policies/schema.ts';
import type { ReportedEvidence } from '../reports/evidence.ts';
import { WorkRegister, type RegisteredWork } from './registered.ts';

/** A report's place in the log. */
export interface Place {
  readonly index: number;
  /** SHA-256 of the statement that the agent signed. */
  readonly digest: string;
  readonly host: string;
  readonly issuedAt: string;
  readonly receivedAt: string;
}

/** Reports of one host in a row that say the same. */
export interface Told {
  readonly facts: AvailabilityFacts;
  readonly labels: Labels;
  readonly policies: Statement['policies'];
  readonly first: Place;
  last: Place;
}

/** Seconds after a month for which reports are still heeded: an agent remembers longer than a month and that. */
export const heededSeconds = 8 * 86_400;

type Evidence = Pick<ReportedEvidence, 'entries' | 'part'>;

/** What the log tells of a month. */
export interface Heard {
  /** In the order of the log. */
  readonly told: readonly Told[];
  readonly work: readonly RegisteredWork[];
}

/**
 * What reports tell of availability that bears upon a month, and what the register announced. Reports whose date contradicts the
 * log's say nothing, nor do those of a key that was withdrawn, or whose facts are not there.
 */
export function heardOf(evidence: Evidence, month: Span): Heard {
  const listener = new Listener(evidence, month);
  for (const { index, entry } of evidence.entries()) listener.take(entry, index);
  return { told: listener.told, work: listener.work.all() };
}

interface Chain {
  previousIssuedAt: string;
  isRevoked: boolean;
}

const AnyFacts = readingOf(AvailabilityFacts);

class Listener {
  readonly told: Told[] = [];
  readonly work = new WorkRegister();
  readonly #evidence: Evidence;
  readonly #heeded: Span;
  readonly #chains = new Map<string, Chain>();
  readonly #received: string[] = [];
  /** By host: the last of its reports, and by what parts it was told. */
  readonly #last = new Map<string, { readonly key: string; readonly told: Told }>();

  constructor(evidence: Evidence, { from, until }: Span) {
    this.#evidence = evidence;
    // Work is announced before the month, and the month remembered after it.
    this.#heeded = { from: from - rememberedSeconds * 1000, until: until + heededSeconds * 1000 };
  }

  take(entry: Entry, index: number): void {
    this.#received[index] = entry.receivedAt;
    if (entry.kind === 'agent.enrol') {
      this.#chains.set(chainKey(entry), { previousIssuedAt: entry.receivedAt, isRevoked: false });
    } else if (entry.kind === 'agent.revoke') {
      const chain = this.#chains.get(chainKey(entry));
      if (chain !== undefined) chain.isRevoked = true;
    } else if (entry.kind === 'report') {
      this.#takeReport(entry, index);
    } else if (entry.kind === 'act') {
      this.work.take(entry, index);
    }
  }

  #takeReport({ envelope, receivedAt }: ReportReceived, index: number): void {
    // Whoever gives the evidence has verified it: the collector when the report came in, the auditor the whole bundle.
    const payload = unverifiedPayload(envelope);
    const statement = decodeStatement(payload);
    const chain = statement && this.#chains.get(chainKey(statement));
    if (statement === undefined || chain === undefined || chain.isRevoked) return;
    const isDoubted = this.#isDoubted(statement, chain, receivedAt);
    chain.previousIssuedAt = statement.issuedAt;
    if (isDoubted || !this.#isHeeded(statement.issuedAt) || !this.#isHeeded(receivedAt)) return;
    const { agent: host, issuedAt } = statement;
    this.#note(statement, { index, digest: digestOf(payload), host, issuedAt, receivedAt });
  }

  #note(statement: Statement, place: Place): void {
    const [host, facts] = [hostPartName, factsPartName('availability')].map(
      (name) => statement.body.find((part) => part.name === name)?.commitment ?? '',
    );
    const key = JSON.stringify([host, facts, statement.policies]);
    const last = this.#last.get(place.host);
    if (last?.key === key) {
      last.told.last = place;
      return;
    }
    this.#last.delete(place.host);
    const content = AnyFacts.safeParse(this.#read(facts ?? '')).data;
    const labels = HostPart.safeParse(this.#read(host ?? '')).data?.labels;
    if (content?.state !== 'read' || labels === undefined) return;
    const told = { facts: content.value, labels, policies: statement.policies, first: place, last: place };
    this.told.push(told);
    this.#last.set(place.host, { key, told });
  }

  #read(commitment: string): unknown {
    const bytes = commitment === '' ? undefined : this.#evidence.part(commitment);
    return bytes === undefined ? undefined : parseJson(bytes);
  }

  #isHeeded(moment: string): boolean {
    const time = Date.parse(moment);
    return this.#heeded.from <= time && time < this.#heeded.until;
  }

  #isDoubted({ issuedAt, seen }: Statement, { previousIssuedAt }: Chain, receivedAt: string): boolean {
    const newestSeenAt = seen === null ? undefined : this.#received[seen.size - 1];
    return clockDoubts(issuedAt, { receivedAt, previousIssuedAt, newestSeenAt }).length > 0;
  }
}

function chainKey({ agent, epoch }: { readonly agent: string; readonly epoch: number }): string {
  return `${agent} ${epoch}`;
}
