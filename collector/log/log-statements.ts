import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What the log reads and writes of its database. */
export interface LogStatements {
  readonly head: StatementSync;
  readonly moveHead: StatementSync;
  readonly signHead: StatementSync;
  readonly addEntry: StatementSync;
  readonly countEntries: StatementSync;
  readonly entry: StatementSync;
  readonly tile: StatementSync;
  readonly putTile: StatementSync;
}

export function prepareLog(database: DatabaseSync): LogStatements {
  return {
    head: database.prepare('SELECT origin, size, checkpoint, received_at FROM head'),
    moveHead: database.prepare('UPDATE head SET size = ?, checkpoint = ?, received_at = ? WHERE size = ?'),
    signHead: database.prepare('UPDATE head SET checkpoint = ?'),
    addEntry: database.prepare('INSERT INTO entries (idx, bytes) VALUES (?, ?)'),
    countEntries: database.prepare('SELECT count(*) AS count FROM entries'),
    entry: database.prepare('SELECT bytes FROM entries WHERE idx = ?'),
    tile: database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?'),
    putTile: database.prepare(
      'INSERT INTO tiles (level, idx, hashes) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hashes = excluded.hashes',
    ),
  };
}
