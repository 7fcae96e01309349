import type { DatabaseSync } from 'node:sqlite';
import { openDatabase, openForReading, type Migrations } from '../collector/store/database.ts';

/** The newest head of a log that this witness has signed. */
export interface SignedHead {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
  /** The log's signed note, with this witness's own line at its end. */
  readonly checkpoint: string;
  /** When it was signed: ISO moment. */
  readonly signedAt: string;
}

/** One step a version; a step that has been released never changes. */
const tables: Migrations = [
  `
  CREATE TABLE heads (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint TEXT NOT NULL, signed_at TEXT NOT NULL
  ) STRICT;
  `,
];

/** What a witness must never forget: of each log the newest head that it signed. */
export class WitnessStore implements Disposable {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;

  /** @throws StoreError */
  constructor(file: string) {
    this.#database = openDatabase(file, tables);
    this.#sql = prepare(this.#database);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  head(origin: string): SignedHead | undefined {
    const row = this.#sql.head.get(origin);
    if (row === undefined) return undefined;
    return {
      size: Number(row.size),
      root: Buffer.from(row.root as Uint8Array),
      checkpoint: String(row.checkpoint),
      signedAt: String(row.signed_at),
    };
  }

  /** To be called within `transact`. */
  putHead(origin: string, { size, root, checkpoint, signedAt }: SignedHead): void {
    this.#sql.putHead.run(origin, size, root, checkpoint, signedAt);
  }

  /** Runs `work` in one transaction, which is on disk when this returns. Nothing has been written where it throws. */
  transact<Answer>(work: () => Answer): Answer {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const answer = work();
      this.#database.exec('COMMIT');
      return answer;
    } catch (error) {
      // After a commit that failed the head may be there or not. Either is safe: no signature has left this process.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** What a witness remembers of a log. */
export type Signing = Pick<SignedHead, 'size' | 'signedAt'>;

/**
 * The newest head of each log that was signed, by origin; works while the witness runs, and changes nothing.
 * @throws StoreError, or SQLite's error where the file cannot be read
 */
export function signingsIn(file: string): ReadonlyMap<string, Signing> {
  const database = openForReading(file, tables);
  try {
    const rows = database.prepare('SELECT origin, size, signed_at FROM heads').all();
    return new Map(
      rows.map(({ origin, size, signed_at }) => [String(origin), { size: Number(size), signedAt: String(signed_at) }]),
    );
  } finally {
    database.close();
  }
}

function prepare(database: DatabaseSync) {
  return {
    head: database.prepare('SELECT size, root, checkpoint, signed_at FROM heads WHERE origin = ?'),
    putHead: database.prepare(
      `INSERT INTO heads (origin, size, root, checkpoint, signed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint, signed_at = excluded.signed_at`,
    ),
  };
}
