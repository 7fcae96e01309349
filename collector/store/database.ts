import { chownSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../../agent/durable.ts';

/** The database cannot be used as it is; somebody has to look before anything more is written. */
export class StoreError extends Error {
  readonly code:
    'store.version' | 'store.durability' | 'store.damaged' | 'store.behind' | 'store.forked' | 'store.guard';
  constructor(code: StoreError['code'], message: string) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** One step from a version of the tables to the next, as SQL. */
export type Migrations = readonly string[];

/** Older SQLite can damage a database when its write-ahead log is reset while others read (fixed in 3.51.3). */
const oldestSqlite = [3, 51, 3];

/** How long a connection waits for another one to end its writing. */
const patienceMilliseconds = 5000;

/**
 * Opens a database for writing, with every commit on disk before it returns, and brings its tables up to date.
 * @throws StoreError
 */
export function openDatabase(file: string, migrations: Migrations): DatabaseSync {
  makeFolder(dirname(file));
  createFile(file);
  const database = new DatabaseSync(file, { timeout: patienceMilliseconds });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  assertVersion(database);
  migrate(database, file, migrations);
  assertDurable(database);
  return database;
}

/** SQLite would let everybody read it; its write-ahead log takes mode and owner over from here. */
function createFile(file: string): void {
  const isNew = !existsSync(file);
  closeSync(openSync(file, 'a', 0o600));
  if (!isNew || process.getuid?.() !== 0) return;
  // An administrator's command may come before the collector, which has another account and must open it too.
  const { uid, gid } = statSync(dirname(file));
  chownSync(file, uid, gid);
}

/** Opens a database that another process may be writing, to read it. */
export function openForReading(file: string, migrations: Migrations): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: patienceMilliseconds });
  const version = pragma(database, 'user_version');
  if (version !== migrations.length) {
    throw new StoreError('store.version', `${file} has tables of version ${version}, expected ${migrations.length}`);
  }
  return database;
}

/**
 * Runs `work` in one transaction, which is on disk when this returns; nothing has been written where it throws. Who comes
 * second, be it another process, waits, and sees what the first wrote.
 */
export function transact(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Empties the write-ahead log, in which what was deleted may still stand. Where somebody reads at this moment, that is
 * left to another time.
 */
export function emptyWriteAheadLog(database: DatabaseSync): void {
  database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  database.exec(`PRAGMA busy_timeout = ${patienceMilliseconds}`);
}

function assertVersion(database: DatabaseSync): void {
  const row = database.prepare('SELECT sqlite_version() AS version').get();
  const version = String(row?.version).split('.').map(Number);
  const difference = oldestSqlite.map((part, index) => (version[index] ?? 0) - part).find((step) => step !== 0) ?? 0;
  if (difference >= 0) return;
  throw new StoreError('store.version', `SQLite ${version.join('.')} is too old; expected ${oldestSqlite.join('.')}`);
}

function migrate(database: DatabaseSync, file: string, migrations: Migrations): void {
  const version = pragma(database, 'user_version');
  if (version > migrations.length) {
    throw new StoreError(
      'store.version',
      `${file} was written by a newer waarborg (tables of version ${version}, this one knows ${migrations.length}); upgrade`,
    );
  }
  for (const [index, step] of migrations.entries()) {
    if (index >= version) database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

/** Read back after a write: some builds fall to NORMAL once the write-ahead log is in use, and say so only then. */
function assertDurable(database: DatabaseSync): void {
  database.exec('CREATE TABLE IF NOT EXISTS durability (written INTEGER); DELETE FROM durability');
  const synchronous = pragma(database, 'synchronous');
  const journal = database.prepare('PRAGMA journal_mode').get()?.journal_mode;
  if (synchronous !== 2 || journal !== 'wal') {
    throw new StoreError(
      'store.durability',
      `the database does not wait for the disk (synchronous ${synchronous}, journal ${String(journal)}); expected FULL and WAL`,
    );
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'synchronous'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
