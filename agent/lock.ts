import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process works in this data folder. */
export class LockedError extends Error {
  readonly code = 'data.locked';
  constructor(folder: string) {
    super(`${folder} is in use by another waarborg process; stop that one, or give another --data folder`);
    this.name = 'LockedError';
  }
}

/**
 * Takes a folder for this process alone, until disposed or until the process ends, however it ends: the kernel
 * holds the lock (through SQLite, as Node itself has no file locks), so that nothing stale is left behind.
 * @throws LockedError
 */
export function lockFolder(folder: string): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, '.lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error instanceof Error && /locked|busy/.test(error.message) ? new LockedError(folder) : error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
