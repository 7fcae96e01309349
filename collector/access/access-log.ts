import { hash as digest } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { openDatabase, StoreError, transact } from '../store/database.ts';
import { accessTables } from '../store/tables.ts';

/** What somebody did, or had shown to him. */
export const deeds = [
  'log-in',
  'act',
  'post-evidence',
  'erase',
  'revoke-host',
  'try-notice',
  'create-token',
  'revoke-token',
  'read-act',
  'read-file',
  'read-report',
  'make-report',
  'export-evidence',
  'try-policy',
  'read-access',
] as const;
export type Deed = (typeof deeds)[number];

export const AccessRecord = z.strictObject({
  /** From 1 on, without a gap. */
  number: z.int().positive(),
  at: z.string(),
  /** By pseudonym; null for who works on the collector's own host. */
  person: z.string().nullable(),
  /** The public id of the token; null for who works on the collector's own host. */
  token: z.string().nullable(),
  role: z.string(),
  /** The network that it came from: of IPv4 the first 24 bits, of IPv6 the first 48. */
  from: z.string().nullable(),
  did: z.enum(deeds),
  /** What it was about: an id, a host, a period. */
  about: z.string().max(1000).nullable(),
});
export type AccessRecord = z.output<typeof AccessRecord>;

export type NewAccess = Omit<AccessRecord, 'number' | 'at'>;

/** Where the chain of records begins or ends. */
export interface Link {
  readonly number: number;
  /** SHA-256, in hex; empty before the first record. */
  readonly hash: string;
}

/** How all of it stands. */
export interface Chain {
  /** The last record that was dropped because its time was over. */
  readonly dropped: Link;
  readonly head: Link;
  /** The first record that is missing, or not what it was; null where all is as it was written. */
  readonly brokenAt: number | null;
}

/**
 * Who did and saw what: only added to, each record chained to the one before by its hash, so that one that is taken out or
 * changed shows. It is no part of the evidence log, and its records end.
 */
export class AccessLog implements Disposable {
  readonly #database: DatabaseSync;
  readonly #sql: Record<'last' | 'dropped' | 'add' | 'list' | 'all' | 'before' | 'setDropped' | 'drop', StatementSync>;

  constructor(data: string) {
    this.#database = openDatabase(join(data, 'access.db'), accessTables);
    this.#sql = {
      last: this.#database.prepare('SELECT number, hash FROM access_log ORDER BY number DESC LIMIT 1'),
      dropped: this.#database.prepare('SELECT number, hash FROM access_dropped'),
      add: this.#database.prepare('INSERT INTO access_log (number, record, at, hash) VALUES (?, ?, ?, ?)'),
      list: this.#database.prepare('SELECT record FROM access_log WHERE number < ? ORDER BY number DESC LIMIT ?'),
      all: this.#database.prepare('SELECT number, record, hash FROM access_log ORDER BY number'),
      // Up to the first that is kept: a clock that was set back in between takes nothing along.
      before: this.#database.prepare(
        `SELECT number, hash FROM access_log
         WHERE number < (SELECT coalesce(min(number), 9e15) FROM access_log WHERE at >= ?)
         ORDER BY number DESC LIMIT 1`,
      ),
      setDropped: this.#database.prepare('UPDATE access_dropped SET number = ?, hash = ?'),
      drop: this.#database.prepare('DELETE FROM access_log WHERE number <= ?'),
    };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** On disk when it returns: what cannot be written down must not be done, nor shown. */
  add(access: NewAccess, at: Date): void {
    transact(this.#database, () => {
      const before = this.#head();
      const number = before.number + 1;
      const record = JSON.stringify({ number, at: at.toISOString(), ...access } satisfies AccessRecord);
      this.#sql.add.run(number, record, at.toISOString(), hashOf(before.hash, record));
    });
  }

  /** Newest first, before `before` (a number; left out: from the newest). */
  list({ before = Number.MAX_SAFE_INTEGER, limit }: { before?: number | undefined; limit: number }): AccessRecord[] {
    return this.#sql.list.all(before, limit).map((row) => recordOf(row.record));
  }

  /** Reads all of it again. */
  chain(): Chain {
    const dropped = this.#dropped();
    let [before, brokenAt]: [Link, number | null] = [dropped, null];
    for (const row of this.#sql.all.iterate()) {
      const [number, record, hash] = [Number(row.number), String(row.record), String(row.hash)];
      const expected = before.number + 1;
      // As it was written: to read each whole would take as long again several times.
      const isNumbered = record.startsWith(`{"number":${number},`);
      const isSound = number === expected && isNumbered && hash === hashOf(before.hash, record);
      if (!isSound) brokenAt ??= expected;
      before = { number, hash };
    }
    return { dropped, head: before, brokenAt };
  }

  /** Drops what is older than a moment, from the beginning on, and remembers where the chain goes on. */
  prune(before: Date): void {
    transact(this.#database, () => {
      const last = this.#sql.before.get(before.toISOString());
      if (last === undefined) return;
      this.#sql.setDropped.run(Number(last.number), String(last.hash));
      this.#sql.drop.run(Number(last.number));
    });
  }

  #head(): Link {
    return linkOf(this.#sql.last.get()) ?? this.#dropped();
  }

  #dropped(): Link {
    const link = linkOf(this.#sql.dropped.get());
    if (link !== undefined) return link;
    throw new StoreError('store.damaged', 'access.db does not say where the access log begins: restore a backup');
  }
}

function hashOf(before: string, record: string): string {
  return digest('sha256', `${before}\n${record}`, 'hex');
}

function linkOf(row: ReturnType<StatementSync['get']>): Link | undefined {
  return row === undefined ? undefined : { number: Number(row.number), hash: String(row.hash) };
}

function recordOf(text: unknown): AccessRecord {
  const record = AccessRecord.safeParse(JSON.parse(String(text)));
  if (record.success) return record.data;
  throw new StoreError('store.damaged', 'a record of the access log has another form: restore a backup');
}
