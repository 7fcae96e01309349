import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/**
 * Kept free on the disk, in bytes. A write that finds no room when it commits may or may not be there, so the log stops
 * taking entries before that; and whoever makes room needs some.
 */
export const reservedBytes = 32 * 2 ** 20;

/** What is left on the database's disk; undefined for one in memory. */
export function freeBytes(database: DatabaseSync): number | undefined {
  const file = database.location();
  if (file === null) return undefined;
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize;
}

/** What the database takes, with its write-ahead log; undefined for one in memory. */
export function sizeBytes(database: DatabaseSync): number | undefined {
  const file = database.location();
  if (file === null) return undefined;
  return [file, `${file}-wal`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
}
