import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Each reads one row, or little more: a pass holds nothing open between its steps. */
export type ScrubStatements = Readonly<
  Record<
    'head' | 'lastEntry' | 'entry' | 'tile' | 'hasPolicy' | 'hasPart' | 'erasedAt' | 'nextPart' | 'policies' | 'policy',
    StatementSync
  >
>;

export function prepareScrub(database: DatabaseSync): ScrubStatements {
  return {
    head: database.prepare('SELECT checkpoint FROM head'),
    lastEntry: database.prepare('SELECT max(idx) AS idx FROM entries'),
    entry: database.prepare('SELECT bytes FROM entries WHERE idx = ?'),
    tile: database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?'),
    hasPolicy: database.prepare('SELECT 1 FROM policies WHERE digest = ?'),
    hasPart: database.prepare('SELECT 1 FROM parts WHERE commitment = ?'),
    erasedAt: database.prepare('SELECT idx FROM erased WHERE commitment = ?'),
    nextPart: database.prepare(
      'SELECT commitment, salt, zstd FROM parts WHERE commitment > ? ORDER BY commitment LIMIT 1',
    ),
    policies: database.prepare('SELECT digest FROM policies ORDER BY digest'),
    policy: database.prepare('SELECT text FROM policies WHERE digest = ?'),
  };
}
