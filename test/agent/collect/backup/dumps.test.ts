import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOfDump } from '../../../../agent/collect/backup/dumps.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import { postgresPrograms, startPostgres } from '../../../support/servers/postgres.ts';
import type { Server } from '../../../support/servers/server.ts';
import { freePort } from '../../../support/process.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { testArchiveCases } from './archive-cases.ts';
import { fakedClock } from './faked-clock.ts';
import { collectSet, judgeSet } from './support.ts';

const every = { every: '24h' };
const timeZone = 'Europe/Amsterdam';

/** Reads one file that lies there as today's dump. */
async function readDump(dump: string, bytes: Uint8Array, extension = 'sql', zone = timeZone): Promise<BackupSet> {
  using folder = temporaryFolder();
  const path = join(folder.path, `db-2026-11-22.${extension}`);
  writeFileSync(path, bytes);
  utimesSync(path, new Date('2026-11-22T02:10:00Z'), new Date('2026-11-22T02:10:00Z'));
  const source = { archives: { folder: folder.path, pattern: `db-{date}.${extension}`, dump } };
  return await collectSet(new LocalHost(), { timeZone: zone, source });
}

/** A dump without its last lines, as one that broke off. */
function cut(dump: Uint8Array): Uint8Array {
  return dump.subarray(0, dump.length - 200);
}

const packers = [
  { extension: 'sql', pack: (dump: Uint8Array) => dump },
  { extension: 'sql.gz', pack: (dump: Uint8Array) => gzipSync(dump) },
  { extension: 'sql.zst', pack: (dump: Uint8Array) => zstdCompressSync(dump) },
];

const hasMariadb = ['mariadbd', 'mariadb-dump', 'mariadb', 'faketime'].every((name) => tool(name) !== undefined);

describe.skipIf(!hasMariadb)('a dump of mariadb-dump', () => {
  let server: Server | undefined;
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    server = await startMariadb({ port });
    const statements =
      'create database shop; use shop; create table t (n int); insert into t select seq from seq_1_to_30000';
    execFileSync('mariadb', ['--no-defaults', '--host=127.0.0.1', `--port=${port}`, `--execute=${statements}`]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  testArchiveCases({
    command: () => [
      'mariadb-dump',
      '--no-defaults',
      '--host=127.0.0.1',
      `--port=${port}`,
      '--skip-lock-tables',
      'shop',
    ],
    extension: 'sql',
    asked: { dump: 'mariadb' },
  });

  function dumpAt(moment: string, ...options: string[]): Uint8Array {
    const args = ['--no-defaults', '--host=127.0.0.1', `--port=${port}`, '--skip-lock-tables', ...options, 'shop'];
    return execFileSync('mariadb-dump', args, { env: { ...process.env, TZ: timeZone, ...fakedClock(moment) } });
  }

  test.each(packers)('counts to its end, and says when that was ($extension)', async ({ extension, pack }) => {
    const set = await readDump('mariadb', pack(dumpAt('2026-11-22T02:09:58Z')), extension);
    expect(set.points).toMatchObject({
      value: [
        { time: '2026-11-22T02:10:00.000Z', endedAt: expect.stringMatching(/^2026-11-22T02:09:5\d.000Z$/) as unknown },
      ],
    });
    expect(judgeSet(set, every)).toEqual(['pass', 'backup.fresh', 'backup.regular']);
  });

  test.each(packers)('does not count where it broke off ($extension)', async ({ extension, pack }) => {
    const set = await readDump('mariadb', pack(cut(dumpAt('2026-11-22T02:09:58Z'))), extension);
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.unfinished']);
  });

  test('cannot be told from one that broke off without its comments', async () => {
    const set = await readDump('mariadb', dumpAt('2026-11-22T02:09:58Z', '--skip-comments'));
    expect(judgeSet(set, every)).toContain('backup.left-out.unfinished');
  });

  test('counts without its own moment too', async () => {
    const set = await readDump('mariadb', dumpAt('2026-11-22T02:09:58Z', '--skip-dump-date'));
    expect(set.points).toMatchObject({ value: [{ size: expect.any(Number) as unknown }] });
    expect(JSON.stringify(set.points)).not.toContain('endedAt');
    expect(judgeSet(set, every)[0]).toBe('pass');
  });

  test('is as old as it says, though it lies there under a newer name', async () => {
    const set = await readDump('mariadb', dumpAt('2026-11-18T02:09:58Z'));
    expect(judgeSet(set, every).slice(0, 2)).toEqual(['fail', 'backup.too-old']);
  });

  test('that was finished in the future is a wrong clock', async () => {
    const set = await readDump('mariadb', dumpAt('2026-11-23T02:09:58Z'));
    expect(judgeSet(set, every).slice(0, 2)).toEqual(['unknown', 'backup.future']);
  });

  test('is local time in summer and winter, and the earlier of two like hours', () => {
    const endedAt = (moment: string): unknown => {
      const tail = dumpAt(moment);
      return endOfDump('mariadb', { size: tail.length, head: tail, tail, isAllZero: false }, timeZone).endedAt?.slice(
        0,
        16,
      );
    };
    expect(endedAt('2026-07-01T01:00:00Z')).toBe('2026-07-01T01:00');
    expect(endedAt('2026-12-01T02:00:00Z')).toBe('2026-12-01T02:00');
    expect(endedAt('2026-10-25T01:30:00Z')).toBe('2026-10-25T00:30');
  });
});

const programs = postgresPrograms() ?? '';

describe.skipIf(programs === '')('a dump of PostgreSQL', () => {
  let server: Server | undefined;
  let connection: string[] = [];
  beforeAll(async () => {
    const port = await freePort();
    server = await startPostgres({ port });
    connection = ['--host=127.0.0.1', `--port=${port}`, '--username=test'];
    // It listens before it answers.
    while (spawnSync(join(programs, 'pg_isready'), connection).status !== 0) await sleep(50);
    const statements = 'create table t as select n, md5(n::text) from generate_series(1, 20000) n';
    execFileSync(join(programs, 'psql'), [...connection, '--quiet', `--command=${statements}`, 'postgres']);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  describe.skipIf(!tool('faketime'))('of every night', () => {
    testArchiveCases({
      command: () => [join(programs, 'pg_dump'), ...connection, 'postgres'],
      extension: 'sql',
      asked: { dump: 'postgresql' },
    });
  });

  function dump(...options: string[]): Uint8Array {
    return execFileSync(join(programs, 'pg_dump'), [...connection, ...options, 'postgres'], { maxBuffer: 2 ** 26 });
  }

  function dumpAll(): Uint8Array {
    return execFileSync(join(programs, 'pg_dumpall'), connection, { maxBuffer: 2 ** 26 });
  }

  test.each(packers)('counts to its end, and not where it broke off ($extension)', async ({ extension, pack }) => {
    const whole = await readDump('postgresql', pack(dump()), extension);
    expect(judgeSet(whole, every)).toEqual(['pass', 'backup.fresh', 'backup.regular']);
    const half = await readDump('postgresql', pack(cut(dump())), extension);
    expect(judgeSet(half, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.unfinished']);
  });

  test('of all databases is not whole with the end of one of them', async () => {
    expect(judgeSet(await readDump('postgresql', dumpAll()), every)[0]).toBe('pass');
    const text = Buffer.from(dumpAll()).toString();
    const broken = text.slice(0, text.lastIndexOf('-- PostgreSQL database cluster dump complete') - 4);
    expect(broken).toContain('-- PostgreSQL database dump complete');
    const set = await readDump('postgresql', Buffer.from(broken));
    expect(judgeSet(set, every)).toContain('backup.left-out.unfinished');
  });

  test.skipIf(tool('pg_restore') === undefined)('in its own format is read by pg_restore', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'custom');
    dump('--format=custom', `--file=${path}`);
    const custom = readFileSync(path);
    expect(judgeSet(await readDump('postgresql', custom, 'dump'), every)[0]).toBe('pass');
    const half = await readDump('postgresql', custom.subarray(0, custom.length / 2), 'dump');
    expect(judgeSet(half, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.damaged']);
    const packed = await readDump('postgresql', gzipSync(custom), 'dump.gz');
    expect(packed.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported' } });
  });

  test('may be the message of an error in its place', async () => {
    const set = await readDump('postgresql', Buffer.from('pg_dump: error: connection to server failed'));
    expect(judgeSet(set, every)[0]).toBe('fail');
  });
});
