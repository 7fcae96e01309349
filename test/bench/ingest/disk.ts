import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openDatabase } from '../../../collector/store/database.ts';

const rows = 256;
const rowLength = 1500;

/** Seconds of a bare SQLite commit of 256 rows of 1.5 kB in a folder, opened as the collector does: what its disk costs. */
export function commitSeconds(folder: string, commits = 100): number {
  const database = openDatabase(join(folder, 'bare.db'), [
    'CREATE TABLE entries (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT',
  ]);
  const add = database.prepare('INSERT INTO entries (bytes) VALUES (?)');
  const bytes = randomBytes(rowLength);
  const begun = performance.now();
  for (let commit = 0; commit < commits; commit++) {
    database.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < rows; row++) add.run(bytes);
    database.exec('COMMIT');
  }
  const seconds = (performance.now() - begun) / 1000 / commits;
  database.close();
  return seconds;
}
