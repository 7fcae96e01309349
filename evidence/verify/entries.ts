import { decodeEntry, type ReportReceived } from '../entry.ts';
import type { NodeReader } from '../merkle.ts';
import type { Statement } from '../report.ts';
import type { WitnessKey } from '../vkey.ts';
import { Agents } from './agents.ts';
import { Anchors } from './anchors.ts';
import { Bodies } from './bodies.ts';
import { Clocks } from './clocks.ts';
import { Documents } from './documents.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';
import { Tally } from './proven.ts';
import { Silences } from './silences.ts';
import { rootAt } from './tree.ts';
import { disagreements, openTold } from './verdicts.ts';

/** Verifies the entries of a log one after the other, in the order in which they were written. */
export class EntryVerifier {
  readonly bodies: Bodies;
  readonly documents: Documents;
  readonly tally = new Tally();
  readonly anchors: Anchors;
  readonly #origin: string;
  readonly #tree: NodeReader;
  readonly #findings: Findings;
  readonly #agents: Agents;
  readonly #clocks: Clocks;
  readonly #silences: Silences;

  constructor(
    files: BundleFiles,
    origin: string,
    tree: NodeReader,
    findings: Findings,
    witnessKeys: readonly WitnessKey[],
  ) {
    this.bodies = new Bodies(files, findings);
    this.documents = new Documents(files, findings);
    this.anchors = new Anchors({ origin, tree, findings, witnessKeys });
    this.#origin = origin;
    this.#tree = tree;
    this.#findings = findings;
    this.#agents = new Agents(findings);
    this.#clocks = new Clocks(findings);
    this.#silences = new Silences(findings);
  }

  verify(index: number, bytes: Uint8Array): void {
    const where = `entry ${index}`;
    try {
      const entry = decodeEntry(bytes);
      this.#clocks.receive(index, entry.receivedAt, where);
      const isAccounted = this.#silences.receive(entry, where);
      this.tally.receive(entry.receivedAt);
      switch (entry.kind) {
        case 'agent.enrol':
          this.#agents.enrol(entry, where);
          break;
        case 'policy.set':
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
        case 'key.rotate':
        case 'payload.erased':
          this.#findings.add('entry.unknown-kind', where, `an entry of kind ${entry.kind} cannot be verified here`);
          break;
      }
    } catch (error) {
      this.#findings.addError(error, where);
    }
  }

  #verifyReport(entry: ReportReceived, index: number, where: string): void {
    const report = this.#agents.open(entry, where);
    if (report === undefined) return;
    const { statement, previousIssuedAt } = report;
    const isSeen = this.#verifySeen(statement, index, where);
    const isTimely = this.#clocks.verifyIssued(statement, { receivedAt: entry.receivedAt, previousIssuedAt }, where);
    const isTrue = this.#verifyBody(statement, where);
    if (isSeen && isTimely && isTrue) this.tally.count(statement);
  }

  /** The head that the agent had verified: signed by the agent, it binds what the operator can no longer rewrite. */
  #verifySeen({ agent, seen }: Statement, index: number, where: string): boolean {
    if (seen === null) return true;
    if (seen.origin === this.#origin && seen.size <= index) {
      const root = rootAt(seen.size, this.#tree, where, this.#findings);
      if (root === undefined) return false;
      if (root.toString('base64') === seen.root) return true;
    }
    const message = `${agent} had been shown another history: ${seen.size} entries of ${seen.origin} that are not the first here`;
    this.#findings.add('report.seen', where, message);
    return false;
  }

  #verifyBody(statement: Statement, where: string): boolean {
    const documents = this.documents.named(statement, where);
    const body = this.bodies.open(statement.body, where);
    const told = body && openTold(body, statement, where, this.#findings);
    if (documents === undefined || body === undefined || told === undefined) return false;
    let isTrue = true;
    for (const { code, message } of disagreements(told, body, documents, new Date(statement.issuedAt))) {
      this.#findings.add(code, `${where}, report ${statement.seq} of ${statement.agent}`, message);
      isTrue = false;
    }
    return isTrue;
  }
}
