import { decodeEntry, type ReportReceived } from '../entry.ts';
import type { KeyHistory } from '../handover.ts';
import type { NodeReader } from '../merkle.ts';
import type { Statement } from '../report.ts';
import { hostOf } from '../scope.ts';
import { Agents } from './agents.ts';
import { Anchors, type ThirdParties } from './anchors.ts';
import { Bodies } from './bodies.ts';
import { Clocks } from './clocks.ts';
import { Documents } from './documents.ts';
import type { BundleFiles } from './files.ts';
import type { ReadEntry } from './entry-tiles.ts';
import type { Findings } from './findings.ts';
import { Judgements } from './judgements.ts';
import { LogKeys } from './log-keys.ts';
import { People } from './people.ts';
import { Tally, type Proven } from './proven.ts';
import type { Shown } from './shown.ts';
import type { KnownSignatures } from './signatures.ts';
import { Silences } from './silences.ts';
import { rootAt } from './tree.ts';

export interface EntriesInput {
  readonly files: BundleFiles;
  readonly origin: string;
  /** How the log is said to have come to its key. */
  readonly history: KeyHistory;
  readonly tree: NodeReader;
  readonly findings: Findings;
  readonly shown: Shown;
  /** Left out: every signature is verified when its report is. */
  readonly signatures?: KnownSignatures | undefined;
  readonly thirdParties: ThirdParties;
}

/** Verifies the entries of a log one after the other, in the order in which they were written. */
export class EntryVerifier {
  readonly bodies: Bodies;
  readonly documents: Documents;
  readonly tally: Tally;
  readonly shown: Shown;
  readonly anchors: Anchors;
  readonly logKeys: LogKeys;
  readonly people: People;
  readonly #origin: string;
  readonly #tree: NodeReader;
  readonly #findings: Findings;
  readonly #agents: Agents;
  readonly #clocks: Clocks;
  readonly #judgements: Judgements;
  readonly #silences: Silences;
  #lastSeen: { readonly size: number; readonly root: string } | undefined;

  constructor({ files, origin, history, tree, findings, shown, signatures, thirdParties }: EntriesInput) {
    this.bodies = new Bodies(files, findings);
    this.documents = new Documents(files, findings, { onlyNamed: shown.isPart });
    this.tally = new Tally(shown);
    this.shown = shown;
    this.anchors = new Anchors({ origin, tree, findings, ...thirdParties });
    this.logKeys = new LogKeys(history, tree, findings);
    this.#origin = origin;
    this.#tree = tree;
    this.#findings = findings;
    this.#agents = new Agents(findings, shown, signatures);
    this.#clocks = new Clocks(findings);
    this.#judgements = new Judgements({ bodies: this.bodies, documents: this.documents, shown, findings });
    this.#silences = new Silences(findings);
    this.people = new People({
      ...{ bodies: this.bodies, documents: this.documents, shown, findings },
      rootAt: (size) => rootAt(size, tree, `entry ${size - 1}`, findings),
    });
  }

  verify(index: number, { bytes, entry: decoded }: ReadEntry): void {
    const where = `entry ${index}`;
    // A true entry is never empty: of this one the bundle has only the hash.
    if (bytes.length === 0) {
      this.#omit(index);
      return;
    }
    try {
      const entry = decoded ?? decodeEntry(bytes);
      this.#clocks.receive(index, entry.receivedAt, where);
      this.anchors.bounds.receive(index, entry.receivedAt);
      this.shown.receive(entry.receivedAt);
      if (entry.kind !== 'report') {
        this.people.samples.receive(index, entry.receivedAt);
        this.#verifyHost(entry, where);
      }
      const isAccounted = this.#silences.receive(entry, where);
      this.tally.receive(entry.receivedAt);
      switch (entry.kind) {
        case 'agent.enrol':
          this.#agents.enrol(entry, where);
          this.people.hosts.enrol(entry);
          break;
        case 'policy.set':
          this.shown.addPolicy(entry.policy);
          this.documents.set(entry, where);
          break;
        case 'report':
          this.#verifyReport(entry, index, where);
          break;
        case 'anchor':
          this.anchors.verify(entry, index, where);
          break;
        case 'heartbeat':
          break;
        case 'gap':
          if (isAccounted) this.tally.gap(entry);
          break;
        case 'agent.revoke':
          this.#agents.revoke(entry, where);
          this.people.hosts.revoke(entry);
          this.people.forget(entry.agent);
          break;
        case 'key.rotate':
          if (entry.rotated.of === 'agent') this.#agents.rotate(entry.rotated.envelope, entry.receivedAt, where);
          else this.logKeys.rotate(entry.rotated.logKey, index, where);
          break;
        case 'act':
          this.people.take(entry, where);
          break;
        case 'payload.erased':
          this.bodies.erase(entry, where, this.shown.isPart);
          break;
      }
    } catch (error) {
      this.#findings.addError(error, where);
    }
  }

  /** What the entries show that were verified. */
  proven(): Proven {
    return this.tally.proven(this.bodies.absences.erasures);
  }

  #verifyReport(entry: ReportReceived, index: number, where: string): void {
    const { envelope, receivedAt } = entry;
    const report = this.#agents.open(entry, where);
    this.people.samples.receive(index, receivedAt, report && { statement: report.statement, envelope });
    if (report === undefined) return;
    const { statement, previousIssuedAt } = report;
    this.people.hosts.report(statement, entry.receivedAt);
    this.people.hear(statement, entry.receivedAt);
    const place = this.shown.place(statement, entry.receivedAt, where);
    const isSeen = this.#verifySeen(statement, index, where);
    const isTimely = this.#clocks.verifyIssued(statement, { receivedAt: entry.receivedAt, previousIssuedAt }, where);
    const isBounded = isSeen && this.anchors.bounds.verifyIssued(statement, where);
    if (place !== 'in') return;
    const judged = this.#judgements.verify(statement, where);
    if (!isBounded || !isTimely || judged === undefined) return;
    if (judged === 'absent') this.tally.countChained(statement);
    else this.tally.count(statement, judged.verdicts, judged.withheld);
  }

  #omit(index: number): void {
    this.#clocks.omit(index);
    this.#silences.omit();
    this.shown.omit(index);
  }

  #verifyHost(entry: Parameters<typeof hostOf>[0], where: string): void {
    const host = hostOf(entry);
    if (host !== undefined) this.shown.expectHost(host, where);
  }

  /** The head that the agent had verified: signed by the agent, it binds what the operator can no longer rewrite. */
  #verifySeen({ agent, seen }: Statement, index: number, where: string): boolean {
    if (seen === null) return true;
    if (seen.origin === this.#origin && seen.size <= index) {
      const root = this.#rootAt(seen.size, where);
      if (root === undefined) return false;
      if (root === seen.root) return true;
    }
    const message = `${agent} had been shown another history: ${seen.size} entries of ${seen.origin} that are not the first here`;
    this.#findings.add('report.seen', where, message);
    return false;
  }

  /** In base64. Agents that report one after the other have mostly seen the same head. */
  #rootAt(size: number, where: string): string | undefined {
    if (this.#lastSeen?.size === size) return this.#lastSeen.root;
    const root = rootAt(size, this.#tree, where, this.#findings)?.toString('base64');
    this.#lastSeen = root === undefined ? undefined : { size, root };
    return root;
  }
}
