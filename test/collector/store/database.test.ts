import { chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Tokens } from '../../../collector/access/tokens.ts';
import { openDatabase, StoreError } from '../../../collector/store/database.ts';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { temporaryFolder } from '../../support/tools.ts';

function storeError(code: StoreError['code']): unknown {
  return expect.objectContaining({ name: 'StoreError', code });
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

describe('a database', () => {
  test('waits for the disk at each commit, after a first write and when it is opened again', () => {
    using folder = temporaryFolder();
    for (let open = 0; open < 2; open += 1) {
      const database = evidenceDatabase(folder.path);
      database.exec("INSERT OR REPLACE INTO host_states VALUES ('web1', '{}')");
      expect([pragma(database, 'synchronous'), pragma(database, 'journal_mode')]).toEqual([2, 'wal']);
      expect(pragma(database, 'foreign_keys')).toBe(1);
      database.close();
    }
  });

  test.skipIf(process.getuid?.() !== 0)(
    'that root makes is of the account whose folder it is in, with all beside it',
    () => {
      using folder = temporaryFolder();
      chownSync(folder.path, 65_534, 65_534);
      const database = evidenceDatabase(folder.path);
      database.exec("INSERT OR REPLACE INTO host_states VALUES ('web1', '{}')");
      const owners = readdirSync(folder.path).map((name) => [name, statSync(join(folder.path, name)).uid]);
      expect(owners.sort()).toEqual([
        ['evidence.db', 65_534],
        ['evidence.db-shm', 65_534],
        ['evidence.db-wal', 65_534],
      ]);
      database.close();
    },
  );

  test('that does not wait for the disk is not used', () => {
    using folder = temporaryFolder();
    const careless = ['COMMIT; PRAGMA synchronous = NORMAL; BEGIN'];
    const error = thrownBy(() => openDatabase(join(folder.path, 'x.db'), careless));
    expect(error).toEqual(storeError('store.durability'));
    expect(String(error)).toContain('synchronous 1, journal wal');
  });

  test('without a write-ahead log is not used', () => {
    using folder = temporaryFolder();
    const other = ['COMMIT; PRAGMA journal_mode = DELETE; BEGIN'];
    const error = thrownBy(() => openDatabase(join(folder.path, 'x.db'), other));
    expect(String(error)).toContain('synchronous 2, journal delete');
  });

  test('of a newer version of the tables is not touched', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'x.db');
    openDatabase(file, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']).close();
    expect(thrownBy(() => openDatabase(file, ['CREATE TABLE a (x)']))).toEqual(storeError('store.version'));
  });

  test('is brought up to date step by step, and each step once', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'x.db');
    const steps = ['CREATE TABLE a (x); INSERT INTO a VALUES (1)', 'INSERT INTO a VALUES (2)'];
    openDatabase(file, steps.slice(0, 1)).close();
    const database = openDatabase(file, steps);
    expect(
      database
        .prepare('SELECT x FROM a')
        .all()
        .map(({ x }) => x),
    ).toEqual([1, 2]);
    database.close();
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('the tokens have waits for the disk too', () => {
    using folder = temporaryFolder();
    const opened = vi.spyOn(DatabaseSync.prototype, 'exec');
    using _ = new Tokens(folder.path);
    const [database] = opened.mock.contexts as DatabaseSync[];
    expect(database?.location()).toBe(join(folder.path, 'access.db'));
    expect(database && pragma(database, 'synchronous')).toBe(2);
  });
});

describe('an SQLite', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** Has it say that it is of another version. */
  function pretend(version: string): void {
    const prepare = Reflect.get<DatabaseSync, 'prepare'>(DatabaseSync.prototype, 'prepare');
    vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (
      this: DatabaseSync,
      sql: string,
    ): StatementSync {
      return prepare.call(this, sql.replace('sqlite_version()', `'${version}'`));
    });
  }

  test.each(['3.51.2', '3.50.9', '2.99.99', '3.9.4', ''])(
    'of version %j may damage what it keeps, and is not used',
    (version) => {
      using folder = temporaryFolder();
      pretend(version);
      expect(thrownBy(() => openDatabase(join(folder.path, 'x.db'), []))).toEqual(storeError('store.version'));
    },
  );

  test.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0'])('of version %s is used', (version) => {
    using folder = temporaryFolder();
    pretend(version);
    openDatabase(join(folder.path, 'x.db'), []).close();
  });
});
