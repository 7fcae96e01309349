import type { DatabaseSync } from 'node:sqlite';
import type { Anchored } from '../../evidence/entry.ts';

/** An anchor as it was written into the log. */
export interface BookedAnchor {
  /** Of its entry. */
  readonly index: number;
  /** The name of its source. */
  readonly anchor: string;
  /** Of the anchored head, in entries. */
  readonly size: number;
  /** The signed note of that head. */
  readonly checkpoint: string;
  readonly by: Anchored['by'];
}

/** So many of the newest of each source are kept at hand: enough to find a head that several witnesses signed. */
const keptEach = 64;

/** The newest anchors, by source. The log itself holds all of them. Its writes belong into the log's transaction. */
export class AnchorBook {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#sql = prepare(database);
  }

  add({ index, anchor, size, checkpoint, by }: BookedAnchor): void {
    this.#sql.add.run(index, anchor, size, checkpoint, by.type === 'witness' ? by.cosignature : null);
    this.#sql.prune.run(anchor, anchor, keptEach);
  }

  /** Of the newest head that this source vouched for, in entries; undefined before the first. */
  newestSize(anchor: string): number | undefined {
    const size = this.#sql.newestSize.get(anchor)?.size;
    return typeof size === 'number' ? size : undefined;
  }

  /** Where the log holds the newest word of this source; undefined before the first. */
  newestIndex(anchor: string): number | undefined {
    const index = this.#sql.newestIndex.get(anchor)?.idx;
    return typeof index === 'number' ? index : undefined;
  }

  /**
   * The newest head that at least so many witnesses signed, as a note with their lines; undefined where there is none.
   * It is older than the log's own head: whoever asks for heads with cosignatures is served this one.
   * @param quorum 1 or more
   */
  cosignedCheckpoint(quorum: number): string | undefined {
    const head = this.#sql.cosigned.get(quorum);
    if (head === undefined) return undefined;
    const lines = this.#sql.cosignatures.all(Number(head.size)).map(({ cosignature }) => `${String(cosignature)}\n`);
    return `${String(head.checkpoint)}${lines.join('')}`;
  }
}

function prepare(database: DatabaseSync) {
  return {
    add: database.prepare('INSERT INTO anchors (idx, anchor, size, checkpoint, cosignature) VALUES (?, ?, ?, ?, ?)'),
    prune: database.prepare(
      `DELETE FROM anchors WHERE anchor = ? AND idx <= (
         SELECT idx FROM anchors WHERE anchor = ? ORDER BY idx DESC LIMIT 1 OFFSET ?)`,
    ),
    newestIndex: database.prepare('SELECT max(idx) AS idx FROM anchors WHERE anchor = ?'),
    newestSize: database.prepare('SELECT max(size) AS size FROM anchors WHERE anchor = ?'),
    cosigned: database.prepare(
      `SELECT size, checkpoint FROM anchors WHERE cosignature IS NOT NULL
       GROUP BY size HAVING count(DISTINCT anchor) >= ? ORDER BY size DESC LIMIT 1`,
    ),
    cosignatures: database.prepare(
      `SELECT cosignature FROM anchors WHERE size = ? AND cosignature IS NOT NULL
       GROUP BY anchor HAVING idx = max(idx) ORDER BY anchor`,
    ),
  };
}
