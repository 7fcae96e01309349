import type { DatabaseSync } from 'node:sqlite';
import { decodeEntry } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import type { Statement } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';

/** Which parts are meant; at least one of the two is set. */
export interface Selection {
  /** Parts that this host's reports commit to. */
  readonly host: string | null;
  /** Parts to which no report commits that was received at this moment or later. */
  readonly before: Date | null;
}

/** Entries that are read in one step: it should take some milliseconds. */
const entriesOfStep = 64;

/** Later than any moment that an entry can have. */
const never = '9999-12-31T23:59:59.999Z';

/**
 * The newest report that commits to each part, by host: what may be erased follows from it. It is read from the entries
 * when it is asked for, so that reports cost nothing more when they arrive. Its writes belong into the log's transaction.
 */
export class PartUses {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#sql = prepare(database);
  }

  /** Reads some entries on. @returns how far it has come; both numbers are the same at the end */
  readOn(): { readonly read: number; readonly of: number } {
    const from = Number(this.#sql.read.get()?.size ?? 0);
    const uses = new Map<string, readonly [commitment: string, agent: string, index: number, receivedAt: string]>();
    let read = from;
    for (const row of this.#sql.entries.all(from, entriesOfStep)) {
      const index = Number(row.idx);
      const entry = decodeEntry(row.bytes as Uint8Array);
      read = index + 1;
      if (entry.kind !== 'report') continue;
      const { agent, body } = statementOf(entry.envelope);
      for (const { commitment } of body) {
        uses.set(`${commitment} ${agent}`, [commitment, agent, index, entry.receivedAt]);
      }
    }
    for (const use of uses.values()) this.#sql.use.run(...use);
    if (read > from) this.#sql.setRead.run(read);
    return { read, of: Number(this.#sql.size.get()?.size ?? 0) };
  }

  /** Parts that may be erased, ascending; to be asked once all entries have been read. */
  *erasable({ host, before }: Selection): Generator<string, void> {
    const until = before?.toISOString() ?? never;
    const needed = new Map<string, ReadonlySet<string>>();
    const rows = host === null ? this.#sql.candidates.iterate(until) : this.#sql.candidatesOf.iterate(host, until);
    for (const row of rows) {
      const commitment = String(row.commitment);
      const uses = this.#sql.usesOf.all(commitment);
      if (uses.some(({ received_at }) => String(received_at) >= until)) continue;
      const isNeeded = uses.some(({ agent }) => this.#neededBy(String(agent), needed).has(commitment));
      if (!isNeeded) yield commitment;
    }
  }

  /** The hosts whose reports commit to a part. */
  hostsOf(commitment: string): string[] {
    return this.#sql.usesOf.all(commitment).map(({ agent }) => String(agent));
  }

  forget(commitment: string): void {
    this.#sql.forget.run(commitment);
  }

  /** What a host's newest reports commit to: its next one may go on with these parts, unless its key was revoked. */
  #neededBy(agent: string, known: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
    let needed = known.get(agent);
    if (needed === undefined) {
      const newest = this.#sql.newest.all(agent).map(({ bytes }) => decodeEntry(bytes as Uint8Array));
      const statements = newest.flatMap((entry) => (entry.kind === 'report' ? [statementOf(entry.envelope)] : []));
      needed = new Set(statements.flatMap(({ body }) => body.map(({ commitment }) => commitment)));
      known.set(agent, needed);
    }
    return needed;
  }
}

/** It was verified when it came in. */
function statementOf(envelope: Parameters<typeof unverifiedPayload>[0]): Pick<Statement, 'agent' | 'body'> {
  return decodeStatement(unverifiedPayload(envelope)) ?? { agent: '', body: [] };
}

function prepare(database: DatabaseSync) {
  return {
    read: database.prepare('SELECT size FROM uses_read'),
    setRead: database.prepare(
      'INSERT INTO uses_read (one, size) VALUES (1, ?) ON CONFLICT DO UPDATE SET size = excluded.size',
    ),
    size: database.prepare('SELECT max(idx) + 1 AS size FROM entries'),
    entries: database.prepare('SELECT idx, bytes FROM entries WHERE idx >= ? ORDER BY idx LIMIT ?'),
    use: database.prepare(
      `INSERT INTO part_uses (commitment, agent, idx, received_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET idx = excluded.idx, received_at = excluded.received_at`,
    ),
    usesOf: database.prepare('SELECT agent, received_at FROM part_uses WHERE commitment = ?'),
    candidates: database.prepare('SELECT DISTINCT commitment FROM part_uses WHERE received_at < ? ORDER BY commitment'),
    candidatesOf: database.prepare(
      'SELECT DISTINCT commitment FROM part_uses WHERE agent = ? AND received_at < ? ORDER BY commitment',
    ),
    newest: database.prepare(
      `SELECT entries.bytes FROM agents
       JOIN reports ON reports.agent = agents.agent AND reports.epoch = agents.epoch AND reports.seq = agents.seq
       JOIN entries ON entries.idx = reports.idx
       WHERE agents.agent = ? AND agents.revoked IS NULL`,
    ),
    forget: database.prepare('DELETE FROM part_uses WHERE commitment = ?'),
  };
}
