import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AgentRevoked } from '../../evidence/entry.ts';
import { HostContent, type HostState } from '../state/host-state.ts';
import { openDatabase, openForReading } from './database.ts';
import { evidenceTables } from './tables.ts';

export interface StoredAgent {
  readonly epoch: number;
  /** The raw Ed25519 key. */
  readonly publicKey: Uint8Array;
  /** The last report's number and statement digest; 0 and null before the first. */
  readonly seq: number;
  readonly statement: string | null;
  /** Why its key no longer counts; null while it does. */
  readonly revoked: AgentRevoked['reason'] | null;
}

export interface StoredReport {
  readonly index: number;
  readonly agent: string;
  readonly epoch: number;
  readonly seq: number;
  readonly statement: string;
  readonly issuedAt: string;
  readonly receivedAt: string;
}

export interface StoredPart {
  readonly commitment: string;
  readonly salt: Uint8Array;
  /** zstd-compressed. */
  readonly zstd: Uint8Array;
}

const databaseFile = 'evidence.db';

export function evidenceDatabase(data: string): DatabaseSync {
  return openDatabase(join(data, databaseFile), evidenceTables);
}

export function hasEvidence(data: string): boolean {
  return existsSync(join(data, databaseFile));
}

/** For another process than the collector: reads what is committed, writes nothing. */
export function evidenceForReading(data: string): DatabaseSync {
  return openForReading(join(data, databaseFile), evidenceTables);
}

/** What lies beside the log: bodies, documents, agents, an index of reports, and each host's state. Its writes belong into the log's transaction. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = prepare(database);
  }

  agent(agent: string, epoch: number): StoredAgent | undefined {
    const row = this.#sql.agent.get(agent, epoch);
    return row && agentOf(row);
  }

  newestEpoch(agent: string): StoredAgent | undefined {
    const row = this.#sql.newestEpoch.get(agent);
    return row && agentOf(row);
  }

  addAgent(agent: string, epoch: number, publicKey: Uint8Array, enrolledAt: string): void {
    this.#sql.addAgent.run(agent, epoch, publicKey, enrolledAt);
  }

  /** Since when every agent is enrolled, under whatever key; none that is retired. */
  enrolments(): { agent: string; enrolledAt: string }[] {
    return this.#sql.enrolments.all().map((row) => ({ agent: String(row.agent), enrolledAt: String(row.enrolled_at) }));
  }

  /** Of every enrolment of an agent, the oldest first. */
  epochs(agent: string): StoredAgent[] {
    return this.#sql.epochs.all(agent).map(agentOf);
  }

  /** Whether a key counts, or counted once, for an agent. */
  hasHadKey(agent: string, publicKey: Uint8Array): boolean {
    return this.#sql.hasHadKey.get(agent, publicKey, agent, publicKey) !== undefined;
  }

  /** An agent goes on under another key; the one before it never counts again. */
  rotateKey(agent: string, epoch: number, publicKey: Uint8Array): void {
    this.#sql.keepFormerKey.run(agent, epoch);
    this.#sql.replaceKey.run(publicKey, agent, epoch);
  }

  addRotation(digest: string, index: number): void {
    this.#sql.addRotation.run(digest, index);
  }

  /** Where a rotation stands in the log, by the digest of its envelope. */
  rotation(digest: string): number | undefined {
    const row = this.#sql.rotation.get(digest);
    return row && Number(row.idx);
  }

  revokeAgent(agent: string, epoch: number, reason: AgentRevoked['reason']): void {
    this.#sql.revokeAgent.run(reason, agent, epoch);
  }

  addReport(report: StoredReport): void {
    const { index, agent, epoch, seq, statement, issuedAt, receivedAt } = report;
    this.#sql.addReport.run(index, agent, epoch, seq, statement, issuedAt, receivedAt);
    this.#sql.advanceAgent.run(seq, statement, agent, epoch);
  }

  report(agent: string, epoch: number, seq: number): StoredReport | undefined {
    const row = this.#sql.report.get(agent, epoch, seq);
    return row && reportOf(row);
  }

  /** Newest first, before `before` (an index; left out: from the newest). */
  reports({ agent, before, limit }: { agent?: string; before?: number; limit: number }): StoredReport[] {
    const from = before ?? Number.MAX_SAFE_INTEGER;
    const rows = agent === undefined ? this.#sql.reports.all(from, limit) : this.#sql.reportsOf.all(agent, from, limit);
    return rows.map(reportOf);
  }

  /** The same of some hosts, each by what was received since a moment. */
  reportsSince(
    since: ReadonlyMap<string, string>,
    { before, limit }: { before?: number; limit: number },
  ): StoredReport[] {
    const hosts = JSON.stringify(Object.fromEntries(since));
    return this.#sql.reportsSince.all(hosts, before ?? Number.MAX_SAFE_INTEGER, limit).map(reportOf);
  }

  hasPart(commitment: string): boolean {
    return this.#sql.hasPart.get(commitment) !== undefined;
  }

  part(commitment: string): StoredPart | undefined {
    const row = this.#sql.part.get(commitment);
    return row && { commitment, salt: row.salt as Uint8Array, zstd: row.zstd as Uint8Array };
  }

  addPart({ commitment, salt, zstd }: StoredPart): void {
    this.#sql.addPart.run(commitment, salt, zstd);
  }

  /** Drops parts with their salts, and leaves nothing of them in the file; the entry at `index` says so. */
  eraseParts(commitments: readonly string[], index: number): void {
    this.#database.exec('PRAGMA secure_delete = ON');
    for (const commitment of commitments) {
      this.#sql.deletePart.run(commitment);
      this.#sql.addErased.run(commitment, index);
    }
    // It costs every write that frees something, and only these have to pay.
    this.#database.exec('PRAGMA secure_delete = OFF');
  }

  isErased(commitment: string): boolean {
    return this.#sql.isErased.get(commitment) !== undefined;
  }

  addAct(index: number): void {
    this.#sql.addAct.run(index);
  }

  /** What people did, in the order of the log: each entry's exact bytes. */
  *acts(): Iterable<{ index: number; bytes: Uint8Array }> {
    for (const row of this.#sql.acts.iterate()) yield { index: Number(row.idx), bytes: row.bytes as Uint8Array };
  }

  *parts(): Iterable<StoredPart> {
    for (const row of this.#sql.parts.iterate()) {
      yield { commitment: String(row.commitment), salt: row.salt as Uint8Array, zstd: row.zstd as Uint8Array };
    }
  }

  policies(): { digest: string; text: string }[] {
    return this.#sql.policies.all().map((row) => ({ digest: String(row.digest), text: String(row.text) }));
  }

  hasPolicy(digest: string): boolean {
    return this.#sql.hasPolicy.get(digest) !== undefined;
  }

  addPolicy(digest: string, text: string): void {
    this.#sql.addPolicy.run(digest, text);
  }

  putHost(agent: string, content: HostContent): void {
    this.#sql.putHost.run(agent, JSON.stringify(content));
  }

  removeHost(agent: string): void {
    this.#sql.removeHost.run(agent);
  }

  hosts(): HostState[] {
    return this.#sql.hosts.all().flatMap((row) => {
      const agent = String(row.agent);
      const content = HostContent.parse(JSON.parse(String(row.state)));
      const newest = this.#sql.newestReport.get(agent, content.epoch);
      if (newest === undefined) return [];
      const { index, seq, issuedAt, receivedAt } = reportOf(newest);
      return [{ agent, index, seq, issuedAt, receivedAt, content }];
    });
  }
}

type Row = NonNullable<ReturnType<StatementSync['get']>>;

function agentOf(row: Row): StoredAgent {
  return {
    epoch: Number(row.epoch),
    publicKey: row.public_key as Uint8Array,
    seq: Number(row.seq),
    statement: row.statement === null ? null : String(row.statement),
    revoked: AgentRevoked.shape.reason.nullable().parse(row.revoked),
  };
}

function reportOf(row: Row): StoredReport {
  return {
    index: Number(row.idx),
    agent: String(row.agent),
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    statement: String(row.statement),
    issuedAt: String(row.issued_at),
    receivedAt: String(row.received_at),
  };
}

function prepare(database: DatabaseSync) {
  return {
    agent: database.prepare('SELECT * FROM agents WHERE agent = ? AND epoch = ?'),
    newestEpoch: database.prepare('SELECT * FROM agents WHERE agent = ? ORDER BY epoch DESC LIMIT 1'),
    epochs: database.prepare('SELECT * FROM agents WHERE agent = ? ORDER BY epoch'),
    hasHadKey: database.prepare(
      'SELECT 1 FROM agents WHERE agent = ? AND public_key = ? UNION SELECT 1 FROM former_keys WHERE agent = ? AND public_key = ?',
    ),
    keepFormerKey: database.prepare(
      'INSERT OR IGNORE INTO former_keys (agent, public_key) SELECT agent, public_key FROM agents WHERE agent = ? AND epoch = ?',
    ),
    replaceKey: database.prepare('UPDATE agents SET public_key = ? WHERE agent = ? AND epoch = ?'),
    addRotation: database.prepare('INSERT INTO rotations (digest, idx) VALUES (?, ?)'),
    rotation: database.prepare('SELECT idx FROM rotations WHERE digest = ?'),
    revokeAgent: database.prepare('UPDATE agents SET revoked = ? WHERE agent = ? AND epoch = ?'),
    addAgent: database.prepare(
      'INSERT INTO agents (agent, epoch, public_key, enrolled_at, seq) VALUES (?, ?, ?, ?, 0)',
    ),
    enrolments: database.prepare(
      `SELECT agent, MIN(enrolled_at) AS enrolled_at FROM agents AS one WHERE epoch >
       (SELECT COALESCE(MAX(epoch), 0) FROM agents WHERE agent = one.agent AND revoked = 'retired') GROUP BY agent`,
    ),
    advanceAgent: database.prepare('UPDATE agents SET seq = ?, statement = ? WHERE agent = ? AND epoch = ?'),
    addReport: database.prepare(
      'INSERT INTO reports (idx, agent, epoch, seq, statement, issued_at, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    report: database.prepare('SELECT * FROM reports WHERE agent = ? AND epoch = ? AND seq = ?'),
    newestReport: database.prepare('SELECT * FROM reports WHERE agent = ? AND epoch = ? ORDER BY seq DESC LIMIT 1'),
    reports: database.prepare('SELECT * FROM reports WHERE idx < ? ORDER BY idx DESC LIMIT ?'),
    reportsOf: database.prepare('SELECT * FROM reports WHERE agent = ? AND idx < ? ORDER BY idx DESC LIMIT ?'),
    reportsSince: database.prepare(
      `SELECT reports.* FROM json_each(?) AS seen JOIN reports ON reports.agent = seen.key
       WHERE reports.received_at >= seen.value AND reports.idx < ? ORDER BY reports.idx DESC LIMIT ?`,
    ),
    hasPart: database.prepare('SELECT 1 FROM parts WHERE commitment = ?'),
    part: database.prepare('SELECT salt, zstd FROM parts WHERE commitment = ?'),
    addAct: database.prepare('INSERT INTO acts (idx) VALUES (?)'),
    acts: database.prepare('SELECT idx, bytes FROM acts JOIN entries USING (idx) ORDER BY idx'),
    parts: database.prepare('SELECT commitment, salt, zstd FROM parts ORDER BY commitment'),
    addPart: database.prepare('INSERT OR IGNORE INTO parts (commitment, salt, zstd) VALUES (?, ?, ?)'),
    deletePart: database.prepare('DELETE FROM parts WHERE commitment = ?'),
    addErased: database.prepare('INSERT INTO erased (commitment, idx) VALUES (?, ?)'),
    isErased: database.prepare('SELECT 1 FROM erased WHERE commitment = ?'),
    policies: database.prepare('SELECT digest, text FROM policies ORDER BY digest'),
    hasPolicy: database.prepare('SELECT 1 FROM policies WHERE digest = ?'),
    addPolicy: database.prepare('INSERT OR IGNORE INTO policies (digest, text) VALUES (?, ?)'),
    removeHost: database.prepare('DELETE FROM host_states WHERE agent = ?'),
    hosts: database.prepare('SELECT agent, state FROM host_states'),
    putHost: database.prepare(
      'INSERT INTO host_states (agent, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
    ),
  };
}
