import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { composeReport } from '../../agent/compose.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { runChecks, type Run } from '../../agent/run.ts';
import type { ChainEnd } from '../../agent/spool.ts';
import { selectEvidence, type SelectionSource } from '../../collector/export/selection.ts';
import { statementPartName, type Act, type ActingRole } from '../../evidence/act.ts';
import { bundleFiles, type BundlePart } from '../../evidence/bundle.ts';
import { signCheckpoint, type Checkpoint } from '../../evidence/checkpoint.ts';
import { decodeEntry, encodeEntry, rotationPayloadType, type Entry, type Rotation } from '../../evidence/entry.ts';
import { signEnvelope, unverifiedPayload, type Envelope } from '../../evidence/envelope.ts';
import type { Handover } from '../../evidence/handover.ts';
import { rawPublicKey } from '../../evidence/keys.ts';
import { leafHash, rootOf, Tree } from '../../evidence/merkle.ts';
import { logSigner, type LogSigner } from '../../evidence/note.ts';
import { commitmentOf, digestOf, reportPayloadType, type HostPart, type Statement } from '../../evidence/report.ts';
import type { Scope } from '../../evidence/scope.ts';
import type { BundleReader } from '../../evidence/verify.ts';
import { vkeyOf } from '../../evidence/vkey.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';
import { read, unreadable } from '../../policies/reading.ts';
import { seededKey } from '../evidence/keys.ts';
import { collecting } from './collecting.ts';
import { passwordFiles, quickPolicy } from './road.ts';

/** A bundle's files by path. */
export type Bundle = Map<string, Buffer>;

/** Three controls: one for every host, one that a fresh password fails, one for web servers only. */
export const strictPolicy: Policy = parsePolicy(
  `policy: strict
version: 3
title: { nl: Streng, en: Strict }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
${['S-week:7d:{}', 'S-year:365d:{}', 'S-web:30d:{ role: [web] }']
  .map((line) => {
    const [id = '', age = '', ...applies] = line.split(':');
    return `  - id: ${id}
    clause: "1"
    title: { nl: Wachtwoorden, en: Passwords }
    promise: { nl: Ze zijn jong., en: They are young. }
    remedy: { nl: Wijzig ze., en: Change them. }
    severity: warning
    applies: ${applies.join(':')}
    maps: {}
    check: password-age
    with: { maximumAge: ${age}, afterDeparture: false }
`;
  })
  .join('')}  - id: S-updates
    clause: "2"
    title: { nl: Updates, en: Updates }
    promise: { nl: Ze zijn toegepast., en: They are applied. }
    remedy: { nl: Pas ze toe., en: Apply them. }
    severity: warning
    maps: {}
    check: updates
`,
  'strict.yaml',
);

export interface FixtureAgent {
  readonly name: string;
  readonly epoch: number;
  key: KeyObject;
  chainEnd: ChainEnd;
}

export interface ReportChoices {
  readonly policies?: readonly Policy[];
  readonly labels?: HostPart['labels'];
  /** When the host's password was changed. */
  readonly changed?: Date;
  /** When it was read, by the agent's clock; the log's clock unless said. */
  readonly at?: Date;
  readonly seen?: Checkpoint | null;
  /** What a lying agent makes of its run before it signs. */
  readonly lie?: (run: Run) => Run;
  /** What it makes of its statement. */
  readonly forge?: (statement: Statement) => object;
}

/** The moment of a fixture's first entry; each entry after it comes a minute later. */
export const start = new Date('2026-11-01T12:00:00.000Z');

/** An evidence log in memory, with real agents' reports: everything but the store is the real thing. */
export class FixtureLog {
  readonly origin: string;
  signer: LogSigner;
  /** Signs along, for those who know no other key yet. */
  former: LogSigner | undefined;
  readonly handovers: Handover[] = [];
  readonly entries: Buffer[] = [];
  readonly parts = new Map<string, BundlePart>();
  readonly policies = new Map<string, string>();
  /** Milliseconds that the collector did not run. */
  #skipped = 0;

  constructor({ origin = 'fixture.example/log', key = seededKey(9) }: { origin?: string; key?: KeyObject } = {}) {
    this.origin = origin;
    this.signer = logSigner(origin, key);
  }

  get vkey(): string {
    return vkeyOf(this.signer.key);
  }

  /** When the next entry is received. */
  get now(): Date {
    return new Date(start.getTime() + this.entries.length * 60_000 + this.#skipped);
  }

  /** The collector rests until a moment, and says so. */
  rest(until: string): void {
    const from = new Date(this.now.getTime() - 60_000).toISOString();
    this.#skipped += Date.parse(until) - this.now.getTime();
    this.append({ v: 1, kind: 'gap', receivedAt: until, from, until });
  }

  append(entry: Entry): void {
    this.entries.push(encodeEntry(entry));
  }

  enrol(name: string, { epoch = 1, key = seededKey(name.length + epoch) }: { epoch?: number; key?: KeyObject } = {}) {
    const publicKey = rawPublicKey(createPublicKey(key)).toString('base64');
    this.append({ v: 1, kind: 'agent.enrol', receivedAt: this.now.toISOString(), agent: name, epoch, publicKey });
    const agent: FixtureAgent = { name, epoch, key, chainEnd: { seq: 0, prev: null, parts: [] } };
    return agent;
  }

  set({ policy, version, digest, text }: Pick<Policy, 'policy' | 'version' | 'digest' | 'text'>): void {
    this.append({ v: 1, kind: 'policy.set', receivedAt: this.now.toISOString(), policy, version, digest });
    this.policies.set(digest, text);
  }

  /** The log goes on under another key; both sign its heads from here on. */
  changeKey(key: KeyObject = seededKey(66)): void {
    const to = logSigner(this.origin, key);
    const rotated = { of: 'log', logKey: vkeyOf(to.key) } as const;
    this.append({ v: 1, kind: 'key.rotate', receivedAt: this.now.toISOString(), rotated });
    const checkpoint = signCheckpoint(this.head(), to, this.signer);
    this.handovers.push({ index: this.entries.length - 1, logKey: this.vkey, checkpoint });
    this.former = this.signer;
    this.signer = to;
  }

  revoke({ name, epoch }: FixtureAgent): void {
    const receivedAt = this.now.toISOString();
    this.append({ v: 1, kind: 'agent.revoke', receivedAt, agent: name, epoch, reason: 'compromised' });
  }

  /** The agent goes on under another key, unless it lies about what it signs. */
  rotate(agent: FixtureAgent, { key = seededKey(55), forge = {} }: { key?: KeyObject; forge?: object } = {}): void {
    const { name, epoch, chainEnd } = agent;
    const publicKey = rawPublicKey(createPublicKey(key)).toString('base64');
    const rotation: Rotation = { v: 1, agent: name, epoch, publicKey, after: chainEnd.seq };
    const payload = Buffer.from(JSON.stringify({ ...rotation, ...forge }));
    const envelope = signEnvelope(rotationPayloadType, payload, agent.key);
    this.append({
      v: 1,
      kind: 'key.rotate',
      receivedAt: this.now.toISOString(),
      rotated: { of: 'agent', envelope },
    });
    agent.key = key;
  }

  /**
   * What somebody did, with what he said of it.
   * @returns the commitment to his words
   */
  act(act: Act, by = 'person-a', words?: string, role: ActingRole = 'operator'): string | undefined {
    const part = words === undefined ? undefined : this.#word(words);
    const body = part === undefined ? [] : [{ name: statementPartName, commitment: part.commitment }];
    this.append({ v: 1, kind: 'act', receivedAt: this.now.toISOString(), by, role, act, body });
    return part?.commitment;
  }

  #word(text: string): BundlePart {
    const bytes = Buffer.from(JSON.stringify({ v: 1, text }));
    const salt = Buffer.alloc(32, text.length);
    const part = { commitment: commitmentOf({ salt, bytes }), salt, bytes };
    this.parts.set(part.commitment, part);
    return part;
  }

  /** Removes parts and says so, or only says so. */
  erase(commitments: readonly string[], { reference = '2026-117', keep = false } = {}): void {
    this.append({
      v: 1,
      kind: 'payload.erased',
      receivedAt: this.now.toISOString(),
      commitments: [...commitments].sort(),
      ground: 'request',
      reference,
    });
    if (!keep) for (const commitment of commitments) this.parts.delete(commitment);
  }

  /** Runs the real checks on a recorded host, has the agent compose and sign its report, and takes that into the log. */
  async report(agent: FixtureAgent, choices: ReportChoices = {}): Promise<Statement> {
    const { envelope, statement, parts, chainEnd } = await compose(agent, { at: this.now, ...choices });
    agent.chainEnd = chainEnd;
    for (const part of parts) this.parts.set(part.commitment, part);
    this.append({ v: 1, kind: 'report', receivedAt: this.now.toISOString(), envelope });
    return statement;
  }

  /** The head as it was at a size; now unless said. */
  head(size: number = this.entries.length): Checkpoint {
    return { origin: this.origin, size, root: rootOf(size, this.tree()) };
  }

  checkpoint(size: number = this.entries.length): string {
    return signCheckpoint(this.head(size), this.signer, ...(this.former === undefined ? [] : [this.former]));
  }

  tree(): Tree {
    const tree = new Tree();
    for (const entry of this.entries) tree.append(leafHash(entry));
    return tree;
  }

  /** The same log with another history, signed as if it were the true one, and with the bodies that belong to it. */
  rewritten(entries: readonly Buffer[]): FixtureLog {
    const log = new FixtureLog({ origin: this.origin, key: this.signer.privateKey });
    log.former = this.former;
    log.handovers.push(...this.handovers);
    log.entries.push(...entries);
    const text = entries.map(spokenOf).join('\n');
    for (const [commitment, part] of this.parts) if (text.includes(commitment)) log.parts.set(commitment, part);
    for (const [digest, document] of this.policies) if (text.includes(digest)) log.policies.set(digest, document);
    return log;
  }

  /** @param scope what to show; left out: all of it */
  bundle(scope?: Scope): Bundle {
    const tree = this.tree();
    const handovers = this.handovers.length === 0 ? {} : { handovers: this.handovers };
    const log = { origin: this.origin, logKey: this.vkey, size: this.entries.length, ...handovers };
    const selection = scope && selectEvidence(scope, this.#selectionSource());
    const isShown = (set: 'parts' | 'documents', name: string): boolean => selection?.[set].has(name) !== false;
    const parts = [...this.parts.values()].filter(({ commitment }) => isShown('parts', commitment));
    const documents = [...this.policies].filter(([digest]) => isShown('documents', digest));
    const files = bundleFiles({
      manifest: scope === undefined ? { v: 1, ...log } : { v: 2, ...log, scope },
      checkpoint: this.checkpoint(),
      entry: (index) => (selection?.entries.has(index) === false ? undefined : this.entries[index]) ?? Buffer.alloc(0),
      tile: (level, index) => tileOf(tree, level, index, this.entries.length),
      parts: () => parts.sort((a, b) => (a.commitment < b.commitment ? -1 : 1)),
      policies: () => documents.map(([digest, text]) => ({ digest, text })),
    });
    return new Map([...files].map(({ path, bytes }) => [path, Buffer.from(bytes)]));
  }

  #selectionSource(): SelectionSource {
    const decoded = this.entries.map((bytes) => decodeEntry(bytes));
    const places = decoded.flatMap((entry, index) => {
      if (entry.kind !== 'report') return [];
      const { agent, epoch } = statementOf(entry.envelope);
      return [{ index, agent, epoch, receivedAt: entry.receivedAt }];
    });
    return {
      entry: (index) => this.entries[index] ?? Buffer.alloc(0),
      reports: () => places,
      administrative: () => decoded.flatMap(({ kind }, index) => (kind === 'report' ? [] : [index])),
      labels: (commitment) => {
        const part = this.parts.get(commitment);
        return part && (JSON.parse(Buffer.from(part.bytes).toString()) as HostPart).labels;
      },
      document: (digest) => parsePolicy(this.policies.get(digest) ?? '', digest),
    };
  }
}

/** An entry with its statement in plain text. */
function spokenOf(entry: Buffer): string {
  const payload = /"payload":"([^"]*)"/.exec(entry.toString())?.[1] ?? '';
  return `${entry.toString()} ${Buffer.from(payload, 'base64').toString()}`;
}

function tileOf(tree: Tree, level: number, index: number, size: number): Buffer {
  const width = Math.min(Math.floor(size / 256 ** level) - index * 256, 256);
  return Buffer.concat(Array.from({ length: width }, (_, offset) => tree.node(level * 8, index * 256 + offset)));
}

async function compose(agent: FixtureAgent, { at, ...choices }: ReportChoices & { at: Date }) {
  const { name, epoch, key } = agent;
  const { policies = [quickPolicy], labels = {}, lie, forge } = choices;
  const files = passwordFiles(choices.changed ?? new Date(at.getTime() - 40 * 86_400_000));
  const host = new RecordedHost({ hostname: name, files });
  const run = await runChecks({ ...collecting(host, { at }), policies, labels, settings: {} });
  const report = composeReport({
    identity: { agent: name, epoch, collector: 'http://127.0.0.1', logKey: '', key },
    host: { hostname: name, os: 'Debian GNU/Linux 12', agentVersion: '0.1.0', labels },
    run: lie?.(run) ?? run,
    policies,
    chainEnd: agent.chainEnd,
    seen: choices.seen ?? null,
  });
  const honest = statementOf(report.envelope);
  const statement = (forge?.(honest) ?? honest) as Statement;
  const payload = Buffer.from(JSON.stringify(statement));
  return {
    statement,
    envelope: signEnvelope(reportPayloadType, payload, key),
    parts: report.parts.map(({ commitment, salt, zstd }) => ({
      commitment,
      salt: Buffer.from(salt, 'base64'),
      bytes: zstdDecompressSync(Buffer.from(zstd, 'base64')),
    })),
    chainEnd: { seq: report.seq, prev: digestOf(payload), parts: report.parts },
  };
}

export function statementOf(envelope: Envelope): Statement {
  return JSON.parse(unverifiedPayload(envelope).toString()) as Statement;
}

/** A part of any content, for statements that are forged. */
export function partOf(name: string, content: string): BundlePart & { readonly name: string } {
  const salt = Buffer.alloc(32, name);
  const bytes = Buffer.from(content);
  return { name, salt, bytes, commitment: digestOf(Buffer.concat([salt, bytes])) };
}

export interface Fixture {
  readonly log: FixtureLog;
  readonly web: FixtureAgent;
  readonly db: FixtureAgent;
}

/** Two agents and five reports: entries 0 to 8. Verdicts of every kind but `not-applicable` are among them. */
export async function twoHosts(): Promise<Fixture> {
  const log = new FixtureLog();
  const web = log.enrol('web1');
  log.set(quickPolicy);
  await log.report(web);
  const db = log.enrol('database1');
  log.set(strictPolicy);
  const both = { policies: [quickPolicy, strictPolicy] };
  await log.report(db, { ...both, seen: log.head() });
  await log.report(web, { ...both, labels: { role: 'web' }, seen: log.head(3) });
  await log.report(db, { ...both, seen: log.head() });
  await log.report(web, { ...both, labels: { role: 'web' }, seen: log.head() });
  return { log, web, db };
}

/** The smallest bundle that has one of everything, for what is tried byte by byte. */
export async function oneHost(): Promise<FixtureLog> {
  const log = new FixtureLog();
  const agent = log.enrol('web1');
  log.set(quickPolicy);
  await log.report(agent);
  return log;
}

export function readerOf(bundle: ReadonlyMap<string, Uint8Array>): BundleReader {
  return {
    list: () => bundle.keys(),
    read(path, limit) {
      const bytes = bundle.get(path);
      if (bytes === undefined) return unreadable('missing', path);
      return bytes.length > limit ? unreadable('too-large', path) : read(bytes);
    },
  };
}

export function writeBundle(folder: string, bundle: Bundle): void {
  for (const [path, bytes] of bundle) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
