import type { DatabaseSync } from 'node:sqlite';
import type { Handover } from '../../evidence/handover.ts';

/** A change of the log's key, as it is stored. */
export interface StoredHandover extends Handover {
  /** The key from then on. */
  readonly to: string;
  /** Whether the key until then still signs along. */
  readonly bothSign: boolean;
}

/** How a log came to its key. Its writes belong into the log's transaction. */
export class Handovers {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#sql = prepare(database);
  }

  /** The oldest first. */
  list(): StoredHandover[] {
    return this.#sql.list.all().map((row) => ({
      index: Number(row.idx),
      logKey: String(row.former_key),
      to: String(row.log_key),
      checkpoint: String(row.checkpoint),
      bothSign: row.both_sign === 1,
    }));
  }

  add({ index, logKey, to, checkpoint }: Omit<StoredHandover, 'bothSign'>): void {
    this.#sql.add.run(index, logKey, to, checkpoint);
  }

  /** From now on the newest key signs alone. */
  end(): void {
    this.#sql.end.run();
  }
}

function prepare(database: DatabaseSync) {
  return {
    list: database.prepare('SELECT * FROM handovers ORDER BY idx'),
    add: database.prepare(
      'INSERT INTO handovers (idx, former_key, log_key, checkpoint, both_sign) VALUES (?, ?, ?, ?, 1)',
    ),
    end: database.prepare('UPDATE handovers SET both_sign = 0'),
  };
}
