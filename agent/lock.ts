import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from './durable.ts';

/** Another process works in this data folder. */
export class LockedError extends Error {
  readonly code = 'data.locked';
  constructor(folder: string) {
    super(`${folder} is in use by another waarborg process; stop that one, or give another --data folder`);
    this.name = 'LockedError';
  }
}

/** The data folder cannot be used by this user, or at all. */
export class DataFolderError extends Error {
  readonly code = 'data.folder';
  constructor(folder: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${folder} cannot be used as a data folder: ${why}; give one that this user may write to`, { cause });
    this.name = 'DataFolderError';
  }
}

/**
 * Takes a folder for this process alone, until disposed or until the process ends, however it ends: the kernel
 * holds the lock (through SQLite, as Node itself has no file locks), so that nothing stale is left behind.
 * @throws LockedError, DataFolderError
 */
export function lockFolder(folder: string): Disposable {
  const database = openLock(folder);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const isTaken = error instanceof Error && /locked|busy/.test(error.message);
    throw isTaken ? new LockedError(folder) : new DataFolderError(folder, error);
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Whether a process holds that folder's lock; looks without writing anything. */
export function isLocked(folder: string): boolean {
  const file = join(folder, '.lock');
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    if (error instanceof Error && /locked|busy/.test(error.message)) return true;
    throw error;
  } finally {
    database.close();
  }
}

function openLock(folder: string): DatabaseSync {
  try {
    makeFolder(folder);
    return new DatabaseSync(join(folder, '.lock'));
  } catch (error) {
    throw new DataFolderError(folder, error);
  }
}
