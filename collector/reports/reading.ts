import { setImmediate } from 'node:timers/promises';
import type { Entry, ReportReceived } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import type { Statement } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import { longestSilenceSeconds } from '../../evidence/silence.ts';
import { clockDoubts } from '../../evidence/verify/clocks.ts';
import type { Chain, Instant } from './chain.ts';
import { Samples } from '../../evidence/spot-checks/samples.ts';
import { Contents } from './contents.ts';
import type { ReportedEvidence } from './evidence.ts';
import { documentsOf } from './definitions.ts';
import { HostRecords, type HostRecord } from './hosts.ts';
import type { CollectorGap, EntryReference } from './model.ts';
import { FailureHistory, type FailureChange } from './organisation/failure-history.ts';
import { HeardHistory } from './organisation/heard-history.ts';
import type { PlacedAct } from './organisation/replay.ts';

/** A policy's document as reports of the period name it. */
export interface NamedDocument {
  readonly policy: string;
  readonly version: number;
  readonly digest: string;
  /** When a report first named it, among those of the period and what stood at its beginning. */
  readonly firstAt: Instant;
}

export interface ReadingInput {
  readonly from: Instant;
  readonly until: Instant;
  /** Milliseconds. */
  readonly staleAfter: number;
}

/** What the log tells of the period. */
export interface LogReading {
  readonly hosts: HostRecords;
  readonly documents: readonly NamedDocument[];
  readonly erased: ReadonlySet<string>;
  readonly collectorGaps: readonly CollectorGap[];
  /** What people did until the end of the period, in the order of the log. */
  readonly acts: readonly PlacedAct[];
  /** Which hosts were enrolled, and when each had last reported, until the end of the period. */
  readonly heard: HeardHistory;
  /** What was to be looked at each month. */
  readonly samples: Samples;
  /** How many controls of hosts failed. */
  readonly failures: readonly FailureChange[];
  /** Whether the evidence leaves out no entry of that time: then these are all acts that there were. */
  readonly hasAllActs: boolean;
  /** The log's last entry, where the log ended before the period did; else null. */
  readonly logEnd: EntryReference | null;
}

/** Between two of these many entries others get their turn: the collector goes on receiving. */
const entriesAtOnce = 500;

/** Reads the log once, from its beginning: what stood when the period began, and what came late, is in it too. */
export async function readLog(evidence: ReportedEvidence, input: ReadingInput): Promise<LogReading> {
  const reader = new LogReader(evidence, input);
  for (const { index, entry } of evidence.entries()) {
    reader.take(entry, index);
    if (index % entriesAtOnce === 0) await setImmediate();
  }
  return reader.reading(evidence.log.size);
}

class LogReader {
  readonly #input: ReadingInput;
  readonly #contents: Contents;
  readonly #hosts: HostRecords;
  readonly #documents = new Map<string, NamedDocument>();
  readonly #erased = new Set<string>();
  readonly #gaps: CollectorGap[] = [];
  readonly #acts: PlacedAct[] = [];
  readonly #heard = new HeardHistory();
  readonly #samples: Samples;
  readonly #failures = new FailureHistory();
  #hasAllActs = true;
  #last: EntryReference | null = null;
  /** When each entry was received. */
  readonly #received: string[] = [];

  constructor(evidence: ReportedEvidence, input: ReadingInput) {
    this.#input = input;
    this.#contents = new Contents(evidence);
    this.#hosts = new HostRecords(input);
    this.#samples = new Samples({ rootAt: (size) => evidence.rootAt(size), document: documentsOf(evidence) });
  }

  take(entry: Entry, index: number): void {
    const { receivedAt } = entry;
    this.#received[index] = receivedAt;
    const reference = { index, receivedAt, issuedAt: null };
    this.#follow(index);
    this.#last = reference;
    if (entry.kind !== 'report') this.#samples.receive(index, receivedAt);
    switch (entry.kind) {
      case 'agent.enrol':
        this.#hosts.enrol(entry, reference);
        this.#heard.enrol(entry);
        break;
      case 'agent.revoke':
        this.#hosts.revoke(entry, reference);
        this.#heard.revoke(entry);
        this.#failures.forget(entry.agent, reference);
        break;
      case 'report':
        this.#takeReport(entry, index);
        break;
      case 'payload.erased':
        for (const commitment of entry.commitments) this.#erased.add(commitment);
        break;
      case 'gap':
        this.#takeGap(entry.from, entry.until, reference);
        break;
      case 'act':
        if (Date.parse(receivedAt) < this.#input.until) this.#acts.push({ taken: entry, entry: reference });
        break;
      case 'policy.set':
      case 'key.rotate':
      case 'anchor':
      case 'heartbeat':
        break;
    }
  }

  /** @param size how many entries the log has */
  reading(size: number): LogReading {
    this.#follow(size);
    const { until } = this.#input;
    const last = this.#last;
    const hasEnded = last !== null && until - Date.parse(last.receivedAt) > longestSilenceSeconds * 1000;
    if (hasEnded) this.#takeGap(last.receivedAt, new Date(until).toISOString(), null);
    return {
      hosts: this.#hosts,
      documents: [...this.#documents.values()],
      erased: this.#erased,
      collectorGaps: this.#gaps,
      acts: this.#acts,
      heard: this.#heard,
      samples: this.#samples,
      failures: this.#failures.changes,
      hasAllActs: this.#hasAllActs,
      logEnd: hasEnded ? last : null,
    };
  }

  /** Notes where entries are left out: what they are, nobody can see. After the period they do not matter. */
  #follow(index: number): void {
    const isOmitted = index !== (this.#last?.index ?? -1) + 1;
    const isWithin = this.#last === null || Date.parse(this.#last.receivedAt) < this.#input.until;
    if (isOmitted && isWithin) this.#hasAllActs = false;
  }

  #takeGap(from: string, until: string, entry: EntryReference | null): void {
    const begin = Math.max(Date.parse(from), this.#input.from);
    const end = Math.min(Date.parse(until), this.#input.until);
    if (begin >= end) return;
    this.#gaps.push({ from: new Date(begin).toISOString(), until: new Date(end).toISOString(), entry });
  }

  #takeReport({ envelope, receivedAt }: ReportReceived, index: number): void {
    // Whoever gives the evidence has verified it: the collector when the report came in, the auditor the whole bundle.
    const statement = decodeStatement(unverifiedPayload(envelope));
    const record = statement && this.#hosts.get(statement.agent);
    const chain = statement && record?.chains.get(statement.epoch);
    const isGood = statement !== undefined && chain !== undefined && chain.revokedAt === undefined;
    this.#samples.receive(index, receivedAt, isGood ? { statement, envelope } : undefined);
    if (statement === undefined || record === undefined || chain === undefined || chain.revokedAt !== undefined) return;
    this.#heard.report(statement, receivedAt);
    this.#failures.report(statement, { index, receivedAt, issuedAt: statement.issuedAt });
    const isDoubted = this.#isDoubted(statement, chain, receivedAt);
    chain.previousIssuedAt = statement.issuedAt;
    const at = momentOf(statement, receivedAt, isDoubted);
    if (at >= this.#input.until) return;
    const reference = { index, receivedAt, issuedAt: statement.issuedAt };
    const dropped = chain.add({ reference, at, isDoubted, content: this.#contents.of(statement) });
    if (dropped !== undefined) this.#contents.forget(dropped);
    this.#tally(record, statement, reference, at);
  }

  #isDoubted({ issuedAt, seen }: Statement, chain: Chain, receivedAt: string): boolean {
    const previousIssuedAt = chain.previousIssuedAt ?? chain.enrolledAt;
    const newestSeenAt = seen === null ? undefined : this.#received[seen.size - 1];
    return clockDoubts(issuedAt, { receivedAt, previousIssuedAt, newestSeenAt }).length > 0;
  }

  #tally(record: HostRecord, statement: Statement, reference: EntryReference, at: Instant): void {
    const labels = this.#contents.labels(statement);
    record.labels = labels ?? record.labels;
    // What was reported before the period may stand in it: then its documents and words count, but it is no report of it.
    if (at + this.#input.staleAfter <= this.#input.from) return;
    if (labels !== undefined) record.hadLabels.add(JSON.stringify(labels));
    for (const named of statement.policies) {
      const name = `${named.policy} ${named.digest}`;
      if (!this.#documents.has(name)) this.#documents.set(name, { ...named, firstAt: at });
    }
    if (at < this.#input.from) return;
    record.reports += 1;
    record.lastReport = reference;
  }
}

/** Of a report whose date is wrong one moment is sure: the one at which it was there. */
function momentOf({ issuedAt }: Statement, receivedAt: string, isDoubted: boolean): Instant {
  const received = Date.parse(receivedAt);
  return isDoubted ? received : Math.min(Date.parse(issuedAt), received);
}
