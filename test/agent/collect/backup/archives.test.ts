import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { matcherOf, momentOf } from '../../../../agent/collect/backup/archive-names.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { testArchiveCases } from './archive-cases.ts';
import { collectSet, judgeSet } from './support.ts';

/** A dump that does not pack below a kilobyte. */
const dump = gzipSync(Array.from({ length: 4000 }, (_, index) => String(index * 7919)).join(';'));

function put(folder: string, name: string, modifiedAt: string, content: Uint8Array | string = dump): void {
  writeFileSync(join(folder, name), content);
  utimesSync(join(folder, name), new Date(modifiedAt), new Date(modifiedAt));
}

function declare(folder: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { timeZone: 'Europe/Amsterdam', source: { archives: { folder, pattern: 'db-{date}.sql.gz', ...more } } };
}

describe('a folder of dated archives', () => {
  test('a week of dumps passes for its rhythm, and not for encryption or another place', async () => {
    using folder = temporaryFolder();
    for (const date of ['15', '16', '17', '18', '19', '20', '21', '22']) {
      put(folder.path, `db-2026-11-${date}.sql.gz`, `2026-11-${date}T02:10:00Z`);
    }
    const set = await collectSet(new LocalHost(), declare(folder.path));
    expect(set.points).toMatchObject({ state: 'read' });
    expect(judgeSet(set, { every: '24h', keep: '7d', generations: { daily: 7 } })).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
      'backup.daily',
    ]);
    expect(judgeSet(set, { encrypted: true })[0]).toBe('fail');
    expect(judgeSet(set, { offsite: true })[0]).toBe('fail');
    expect(JSON.stringify(await collectSet(new LocalHost(), declare(folder.path)))).toBe(JSON.stringify(set));
  });

  test('the name decides: a copied or touched archive is not younger for it', async () => {
    using folder = temporaryFolder();
    put(folder.path, 'db-2026-11-18.sql.gz', '2026-11-22T11:00:00Z');
    const set = await collectSet(new LocalHost(), declare(folder.path));
    // Midnight in Amsterdam: the least that the name says.
    expect(set.points).toMatchObject({ value: [{ time: '2026-11-17T23:00:00.000Z' }] });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('fail');
  });

  test('an old archive under a new name does not count', async () => {
    using folder = temporaryFolder();
    put(folder.path, 'db-2026-11-22.sql.gz', '2026-11-20T02:10:00Z');
    const set = await collectSet(new LocalHost(), declare(folder.path));
    expect(judgeSet(set, { every: '24h' })).toEqual(['fail', 'backup.none-counts', 'backup.left-out.post-dated']);
  });

  test('a date of tomorrow is a wrong clock', async () => {
    using folder = temporaryFolder();
    put(folder.path, 'db-2026-11-22.sql.gz', '2026-11-22T02:10:00Z');
    put(folder.path, 'db-2026-11-24.sql.gz', '2026-11-22T02:10:00Z');
    const set = await collectSet(new LocalHost(), declare(folder.path));
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test.each([
    ['an empty file', '', 'backup.left-out.empty'],
    ['a gzip of nothing (20 bytes)', gzipSync(''), 'backup.left-out.empty'],
    ['a gzip of an empty tar', gzipSync(new Uint8Array(10_240)), 'backup.left-out.empty'],
    ['the first bytes of a gzip', dump.subarray(0, 600), 'backup.left-out.damaged'],
    ['an error message in place of a gzip', 'mysqldump: Access denied', 'backup.left-out.damaged'],
    ['less than the operator expects', dump, 'backup.left-out.small'],
  ])('%s does not count', async (_, content, code) => {
    using folder = temporaryFolder();
    put(folder.path, 'db-2026-11-22.sql.gz', '2026-11-22T02:10:00Z', content);
    const set = await collectSet(new LocalHost(), declare(folder.path, { minimumSize: 100_000 }));
    expect(judgeSet(set, { every: '24h' })).toEqual(['fail', 'backup.none-counts', code]);
  });

  test('a small archive with something in it counts', async () => {
    using folder = temporaryFolder();
    put(folder.path, 'db-2026-11-22.sql.gz', '2026-11-22T02:10:00Z', gzipSync('create table t (n int);'));
    const set = await collectSet(new LocalHost(), declare(folder.path));
    expect(judgeSet(set, { every: '24h' })[0]).toBe('pass');
  });

  test('unfinished files, folders and other names are no points', async () => {
    using folder = temporaryFolder();
    for (const name of [
      'db-2026-11-22.sql.gz.part',
      'db-2026-11-22.sql.gz.tmp',
      '.db-2026-11-22.sql.gz.Xy12',
      'dbX2026-11-22.sql.gz',
      'db-2026-11-22-sql.gz',
      'db-2026-13-22.sql.gz',
      'db-latest.sql.gz',
    ]) {
      put(folder.path, name, '2026-11-22T02:10:00Z');
    }
    mkdirSync(join(folder.path, 'db-2026-11-21.sql.gz'));
    symlinkSync('nothing', join(folder.path, 'db-2026-11-20.sql.gz'));
    const set = await collectSet(new LocalHost(), declare(folder.path));
    expect(set.points).toEqual({ state: 'read', value: [] });
    expect(judgeSet(set, { every: '24h' })).toEqual(['fail', 'backup.none']);
  });

  test('a folder that is missing or closed is unknown', async () => {
    const missing = await collectSet(new LocalHost(), declare('/nonexistent/backup'));
    expect(missing.points).toEqual(unreadable('missing', '/nonexistent/backup'));
    const closed = unreadable('denied', '/backup/db-2026-11-22.sql.gz');
    const host = new RecordedHost({ files: { '/backup/db-2026-11-22.sql.gz': closed } });
    const set = await collectSet(host, declare('/backup'));
    expect(set.points).toEqual(closed);
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test('encryption that only the name tells of is unseen, and other packers have a least size', async () => {
    const host = new RecordedHost({ files: { '/backup/db-2026-11-22.sql.xz': 'x'.repeat(32) } });
    expect(await collectSet(host, declare('/backup', { pattern: 'db-{date}.sql.xz' }))).toMatchObject({
      encrypted: 'no',
      minimumSize: 33,
    });
    expect(await collectSet(host, declare('/backup', { pattern: 'db-{date}.sql.gpg' }))).toMatchObject({
      encrypted: 'unseen',
    });
  });
});

describe.skipIf(!tool('faketime'))('real archives of tar', () => {
  const data = temporaryFolder();
  afterAll(() => data[Symbol.dispose]());
  writeFileSync(join(data.path, 'data'), randomBytes(2 ** 20));
  testArchiveCases({
    command: () => ['tar', '--create', '--gzip', '--file=-', `--directory=${data.path}`, 'data'],
    extension: 'tar.gz',
    asked: { verify: 'newest' },
  });
});

describe('the date in a name', () => {
  function momentIn(pattern: string, name: string, timeZone = 'UTC', modifiedAt = '2020-01-01T00:00:00Z'): string {
    const named = matcherOf(pattern)(name);
    return named === undefined
      ? 'no match'
      : (momentOf(named, timeZone, new Date(modifiedAt))?.toISOString() ?? 'untold');
  }

  test.each([
    ['a-{date}.gz', 'a-2026-11-20.gz', '2026-11-20T00:00:00.000Z'],
    ['a-{date}.gz', 'a-20261120.gz', '2026-11-20T00:00:00.000Z'],
    ['{date}_{time}.tar', '2026-11-20_0315.tar', '2026-11-20T03:15:00.000Z'],
    ['{date}_{time}.tar', '2026-11-20_03:15:30.tar', '2026-11-20T03:15:30.000Z'],
    ['{date}T{time}Z.tar', '20261120T031530Z.tar', '2026-11-20T03:15:30.000Z'],
    ['{time}-{date}.tar', '03-15-2026-11-20.tar', '2026-11-20T03:15:00.000Z'],
    ['(x)+[{date}].gz', '(x)+[20261120].gz', '2026-11-20T00:00:00.000Z'],
    ['{date}_{time}.tar', '2026-11-20_2500.tar', 'no match'],
    ['{date}.gz', '2026-02-30.gz', 'no match'],
    ['a.{date}', 'ab2026-11-20', 'no match'],
  ])('%s reads %s', (pattern, name, moment) => {
    expect(momentIn(pattern, name)).toBe(moment);
  });

  test('is local time, in summer and in winter', () => {
    expect(momentIn('{date}-{time}', '2026-07-01-0300', 'Europe/Amsterdam')).toBe('2026-07-01T01:00:00.000Z');
    expect(momentIn('{date}-{time}', '2026-12-01-0300', 'Europe/Amsterdam')).toBe('2026-12-01T02:00:00.000Z');
  });

  test('an hour that occurs twice is the earlier', () => {
    expect(momentIn('{date}-{time}', '2026-10-25-0230', 'Europe/Amsterdam')).toBe('2026-10-25T00:30:00.000Z');
  });

  test('without a time is made precise by the file, within that local day only', () => {
    const within = (modifiedAt: string): string => momentIn('{date}', '2026-11-20', 'Europe/Amsterdam', modifiedAt);
    const start = '2026-11-19T23:00:00.000Z';
    expect(within('2026-11-20T02:10:00Z')).toBe('2026-11-20T02:10:00.000Z');
    expect(within('2026-11-20T22:59:59Z')).toBe('2026-11-20T22:59:59.000Z');
    expect(within('2026-11-20T23:00:00Z')).toBe(start);
    expect(within('2026-11-19T22:59:59Z')).toBe(start);
  });

  test.each([
    ['monday', '2026-11-16T02:10:00Z', '2026-11-16T02:10:00.000Z'],
    ['MA', '2026-11-15T23:00:00Z', '2026-11-15T23:00:00.000Z'],
    ['1', '2026-11-16T22:59:59Z', '2026-11-16T22:59:59.000Z'],
    ['0', '2026-11-22T02:10:00Z', '2026-11-22T02:10:00.000Z'],
    ['7', '2026-11-22T02:10:00Z', '2026-11-22T02:10:00.000Z'],
    // Written on past midnight: the least that the name says.
    ['Mon', '2026-11-17T01:00:00Z', '2026-11-15T23:00:00.000Z'],
    ['Mon', '2026-11-17T11:00:00Z', 'untold'],
    ['Mon', '2026-11-15T22:59:59Z', 'untold'],
    ['8', '2026-11-16T02:10:00Z', 'no match'],
  ])('may be a weekday (%s), and then the file tells of which week', (weekday, modifiedAt, moment) => {
    expect(momentIn('{weekday}.gz', `${weekday}.gz`, 'Europe/Amsterdam', modifiedAt)).toBe(moment);
  });
});
