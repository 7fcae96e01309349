import { parsePolicy, type Policy } from '../policies/load.ts';
import { observe } from '../policies/observe.ts';
import { clockToleranceSeconds, secondsBetween } from '../policies/quantities.ts';
import { selectControls } from '../policies/select.ts';
import { partPath, policyPath } from './bundle.ts';
import { decodeUtf8 } from './encoding.ts';
import { decodeEntry, type Entry } from './entry.ts';
import { openEnvelope } from './envelope.ts';
import { EvidenceError } from './error.ts';
import type { Findings } from './findings.ts';
import { publicKeyFromRaw } from './keys.ts';
import { rootOf, type NodeReader } from './merkle.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  factsPartName,
  HostPart,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  reportPayloadType,
  Statement,
} from './report.ts';

/** What a sound bundle shows. */
export interface Proven {
  readonly reports: number;
  readonly observations: number;
  readonly agents: readonly ProvenAgent[];
  readonly firstReceivedAt: string | null;
  readonly lastReceivedAt: string | null;
}

export interface ProvenAgent {
  readonly agent: string;
  readonly epoch: number;
  readonly reports: number;
  readonly firstIssuedAt: string;
  readonly lastIssuedAt: string;
}

interface Enrolled {
  readonly key: ReturnType<typeof publicKeyFromRaw>;
  seq: number;
  statement: string | null;
  reports: number;
  firstIssuedAt: string | undefined;
  lastIssuedAt: string | undefined;
}

interface Files {
  read(path: string): Uint8Array | undefined;
}

/** Verifies the entries of a log one after the other, in the order in which they were written. */
export class EntryVerifier {
  readonly #files: Files;
  readonly #origin: string;
  readonly #tree: NodeReader;
  readonly #salts: ReadonlyMap<string, Buffer>;
  readonly #findings: Findings;
  readonly #agents = new Map<string, Enrolled>();
  readonly #epochs = new Map<string, number>();
  readonly #policies = new Map<string, Policy | undefined>();
  /** Parsed JSON by commitment; undefined for what is missing or not what was committed to. */
  readonly #parts = new Map<string, unknown>();
  #reports = 0;
  #observations = 0;
  #firstReceivedAt: string | undefined;
  #receivedAt = '';

  constructor(files: Files, origin: string, tree: NodeReader, salts: ReadonlyMap<string, Buffer>, findings: Findings) {
    this.#files = files;
    this.#origin = origin;
    this.#tree = tree;
    this.#salts = salts;
    this.#findings = findings;
  }

  verify(index: number, bytes: Uint8Array): void {
    const where = `entry ${index}`;
    try {
      const entry = decodeEntry(bytes);
      this.#verifyMoment(entry, where);
      switch (entry.kind) {
        case 'agent.enrol':
          this.#verifyEnrolment(entry, where);
          break;
        case 'policy.set':
          this.#verifyPolicy(entry, where);
          break;
        case 'report':
          this.#verifyReport(entry, index, where);
          break;
      }
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.#findings.add('tampered', error.code, where, error.message);
    }
  }

  /** The paths of all parts and documents that entries speak of. */
  *paths(): Iterable<string> {
    for (const commitment of this.#parts.keys()) yield partPath(commitment);
    for (const digest of this.#policies.keys()) yield policyPath(digest);
  }

  proven(): Proven {
    return {
      reports: this.#reports,
      observations: this.#observations,
      agents: [...this.#agents].flatMap(([name, { reports, firstIssuedAt, lastIssuedAt }]) => {
        const [agent = '', epoch] = name.split(' ');
        if (firstIssuedAt === undefined || lastIssuedAt === undefined) return [];
        return [{ agent, epoch: Number(epoch), reports, firstIssuedAt, lastIssuedAt }];
      }),
      firstReceivedAt: this.#firstReceivedAt ?? null,
      lastReceivedAt: this.#receivedAt || null,
    };
  }

  #verifyMoment({ receivedAt }: Entry, where: string): void {
    if (receivedAt < this.#receivedAt) {
      this.#findings.add(
        'tampered',
        'entry.clock',
        where,
        `received at ${receivedAt}, before the entry that precedes it`,
      );
    }
    this.#firstReceivedAt ??= receivedAt;
    this.#receivedAt = receivedAt;
  }

  #verifyEnrolment(entry: Extract<Entry, { kind: 'agent.enrol' }>, where: string): void {
    const before = this.#epochs.get(entry.agent) ?? 0;
    if (entry.epoch !== before + 1) {
      this.#findings.add('tampered', 'enrol.epoch', where, `epoch ${entry.epoch} of ${entry.agent} after ${before}`);
    }
    this.#epochs.set(entry.agent, entry.epoch);
    this.#agents.set(`${entry.agent} ${entry.epoch}`, {
      key: publicKeyFromRaw(Buffer.from(entry.publicKey, 'base64')),
      seq: 0,
      statement: null,
      reports: 0,
      firstIssuedAt: undefined,
      lastIssuedAt: undefined,
    });
  }

  #verifyPolicy({ policy, version, digest }: Extract<Entry, { kind: 'policy.set' }>, where: string): void {
    if (this.#policies.has(digest)) return;
    const path = policyPath(digest);
    const bytes = this.#files.read(path);
    this.#policies.set(digest, undefined);
    if (bytes === undefined) {
      this.#findings.add('incomplete', 'policy.missing', path, `the document that ${where} names is not in the bundle`);
      return;
    }
    if (digestOf(bytes) !== digest) {
      this.#findings.add('tampered', 'policy.digest', path, 'the document is not the one that the log names');
      return;
    }
    try {
      const document = parsePolicy(decodeUtf8(bytes) ?? '', path);
      this.#policies.set(digest, document);
      if (document.policy === policy && document.version === version) return;
      this.#findings.add('tampered', 'policy.name', where, `it calls the document ${policy} version ${version}`);
    } catch (error) {
      // A document of a newer version can be of a form that this verifier does not know.
      this.#findings.add(
        'incomplete',
        'policy.unreadable',
        path,
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  #verifyReport(entry: Extract<Entry, { kind: 'report' }>, index: number, where: string): void {
    const statement = this.#openStatement(entry, where);
    if (statement === undefined) return;
    this.#verifySeen(statement, index, where);
    if (secondsBetween(entry.receivedAt, statement.issuedAt) > clockToleranceSeconds) {
      const message = `${statement.agent} dated it ${statement.issuedAt}, after it was received: nothing rests on that clock`;
      this.#findings.add('incomplete', 'report.clock', where, message);
    }
    this.#reports++;
    const parts = this.#openParts(statement, where);
    if (parts !== undefined) this.#verifyVerdicts(statement, parts, where);
  }

  /** The signature by the enrolled key, the number, and the chain to the report before it. */
  #openStatement(entry: Extract<Entry, { kind: 'report' }>, where: string): Statement | undefined {
    const claimed = parseStatement(Buffer.from(entry.envelope.payload, 'base64'));
    const agent = claimed && this.#agents.get(`${claimed.agent} ${claimed.epoch}`);
    if (claimed === undefined || agent === undefined) {
      const message = claimed
        ? `no earlier entry enrols ${claimed.agent} of epoch ${claimed.epoch}`
        : 'no statement of version 1';
      this.#findings.add('tampered', claimed ? 'report.agent' : 'report.statement', where, message);
      return undefined;
    }
    const bytes = openEnvelope(entry.envelope, agent.key, reportPayloadType);
    const statement = parseStatement(bytes) ?? claimed;
    if (statement.seq !== agent.seq + 1) {
      const message = `number ${statement.seq} of ${statement.agent} after ${agent.seq}: reports are missing or repeated`;
      this.#findings.add('tampered', 'report.number', where, message);
    } else if (statement.prev !== agent.statement) {
      this.#findings.add(
        'tampered',
        'report.chain',
        where,
        `it does not follow report ${agent.seq} of ${statement.agent}`,
      );
    }
    agent.seq = statement.seq;
    agent.statement = digestOf(bytes);
    agent.reports++;
    agent.firstIssuedAt ??= statement.issuedAt;
    agent.lastIssuedAt = statement.issuedAt;
    return statement;
  }

  /** The head that the agent had verified: signed by the agent, it binds what the operator can no longer rewrite. */
  #verifySeen({ agent, seen }: Statement, index: number, where: string): void {
    if (seen === null || seen.size === 0) return;
    const isSame =
      seen.origin === this.#origin &&
      seen.size <= index &&
      rootOf(seen.size, this.#tree).toString('base64') === seen.root;
    if (isSame) return;
    const message = `${agent} had seen another log of ${seen.size} entries: this history is not the one it was shown`;
    this.#findings.add('tampered', 'report.seen', where, message);
  }

  /** Each part against its commitment; undefined where one is missing or false, so that nothing is judged on half a body. */
  #openParts({ body }: Statement, where: string): ReadonlyMap<string, unknown> | undefined {
    const parts = new Map<string, unknown>();
    for (const { name, commitment } of body) {
      if (!this.#parts.has(commitment)) this.#parts.set(commitment, this.#openPart(name, commitment, where));
      const content = this.#parts.get(commitment);
      if (content === undefined) return undefined;
      parts.set(name, content);
    }
    return parts;
  }

  #openPart(name: string, commitment: string, where: string): unknown {
    const path = partPath(commitment);
    const bytes = this.#files.read(path);
    const salt = this.#salts.get(commitment);
    if (bytes === undefined || salt === undefined) {
      this.#findings.add(
        'incomplete',
        'part.missing',
        path,
        `${name}, to which ${where} commits, is not in the bundle`,
      );
      return undefined;
    }
    if (commitmentOf({ salt, bytes }) !== commitment) {
      this.#findings.add('tampered', 'part.commitment', path, `${name} is not what ${where} commits to`);
      return undefined;
    }
    return parseJson(bytes) ?? null;
  }

  /** Selects and judges again, with the documents that the report names, at the moment at which it was issued. */
  #verifyVerdicts(statement: Statement, parts: ReadonlyMap<string, unknown>, where: string): void {
    const host = HostPart.safeParse(parts.get(hostPartName)).data;
    const reported = ObservationsPart.safeParse(parts.get(observationsPartName)).data;
    if (host === undefined || reported === undefined) {
      this.#findings.add('tampered', 'report.body', where, 'host or observations are not there, or not of version 1');
      return;
    }
    this.#observations += reported.observations.length;
    if (JSON.stringify(countVerdicts(reported.observations)) !== JSON.stringify(statement.counts)) {
      this.#findings.add(
        'tampered',
        'report.counts',
        where,
        'the statement counts other verdicts than its observations have',
      );
    }
    const policies = this.#policiesOf(statement, where);
    if (policies === undefined) return;
    const at = new Date(statement.issuedAt);
    const judged = policies.flatMap((policy) =>
      selectControls(policy, host.labels).map((control) =>
        observe(policy.policy, control, parts.get(factsPartName(control.check)), at),
      ),
    );
    for (const expected of judged) {
      const name = `${expected.policy} ${expected.control}`;
      const found = reported.observations.find(
        ({ policy, control }) => policy === expected.policy && control === expected.control,
      );
      if (found === undefined) {
        this.#findings.add('tampered', 'verdict.missing', where, `${name} holds for this host and was left out`);
      } else if (found.verdict !== expected.verdict) {
        const message = `${name} was reported as ${found.verdict}; its facts give ${expected.verdict}`;
        this.#findings.add('tampered', 'verdict.differs', where, `${message} (agent ${host.agentVersion})`);
      }
    }
    if (reported.observations.length > judged.length) {
      this.#findings.add(
        'tampered',
        'verdict.extra',
        where,
        'it reports controls that its policies do not have for this host',
      );
    }
  }

  #policiesOf(statement: Statement, where: string): Policy[] | undefined {
    const policies: Policy[] = [];
    for (const { policy, digest } of statement.policies) {
      const document = this.#policies.get(digest);
      if (document === undefined) {
        if (!this.#policies.has(digest)) {
          this.#findings.add(
            'tampered',
            'policy.unknown',
            where,
            `no earlier entry sets the document of ${policy} it names`,
          );
        }
        return undefined;
      }
      policies.push(document);
    }
    return policies;
  }
}

function parseStatement(bytes: Uint8Array): Statement | undefined {
  return Statement.safeParse(parseJson(bytes)).data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? '');
  } catch {
    return undefined;
  }
}
