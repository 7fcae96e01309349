import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { mayStartPostgres, startClockedPostgres, type ClockedPostgres } from './clocked-postgres.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { collectSet, judgeSet } from './support.ts';

/** After the last of the copies, whatever the machine's own clock says. */
const night = new Date('2026-11-22T06:00:00Z');
const every = { every: '24h', window: '2d' };

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

function collect(folder: string, more: object = {}, host: Host = new LocalHost()): Promise<BackupSet> {
  // The zone of the set, in which nothing of these copies is written.
  return collectSet(host, { timeZone: 'Asia/Tokyo', source: { 'pg-basebackup': { folder, ...more } } });
}

describe.skipIf(!mayStartPostgres)('real copies of pg_basebackup', () => {
  let server: ClockedPostgres;
  let folder: string;
  let nightly: string;

  function words(to: string, more: readonly string[]): string[] {
    const connection = [
      '-h',
      server.folder,
      '-p',
      String(server.port),
      '-U',
      'test',
      '-D',
      to,
      '-c',
      'fast',
      '--no-sync',
    ];
    return [join(server.programs, 'pg_basebackup'), ...connection, ...more];
  }

  function copy(moment: string, to: string, ...more: readonly string[]): void {
    server.setClock(moment);
    const [file = '', ...args] = words(to, more);
    server.run(file, ...args);
  }

  /** A folder with the copies of these nights. */
  function folderWith(name: string, moments: readonly string[]): string {
    const place = server.makeFolder(name);
    for (const moment of moments) execFileSync('cp', ['--archive', '--link', join(nightly, moment), place]);
    return place;
  }

  /** Kills pg_basebackup as soon as a file of that name is there. */
  async function kill(moment: string, copied: string, mark: string, ...more: readonly string[]): Promise<void> {
    server.setClock(moment);
    const args = server.command(...(words(copied, [...more, '--max-rate=1M']) as [string, ...string[]]));
    const child = spawn('/usr/bin/env', args, { ...server.owner, stdio: 'ignore' });
    while (!existsSync(join(copied, mark))) await sleep(20);
    child.kill('SIGKILL');
    await once(child, 'exit');
    utimesSync(copied, new Date(moment), new Date(moment));
  }

  /** A folder with copies of some of the copies, to do damage to. */
  function damaged(name: string, copies: readonly string[], damage: (path: string) => void): string {
    const path = server.makeFolder(name);
    for (const one of copies) cpSync(join(folder, one), join(path, one), { recursive: true, preserveTimestamps: true });
    damage(path);
    for (const one of readdirSync(path)) utimesSync(join(path, one), night, night);
    return path;
  }

  beforeAll(async () => {
    server = await startClockedPostgres('2026-03-28T01:00:00Z', () => ['log_timezone=America/New_York']);
    nightly = server.makeFolder('nightly');
    for (const moment of nights) copy(moment, join(nightly, moment), '--format=tar');
    folder = server.makeFolder('copies');
    copy('2026-11-20T03:00:00Z', join(folder, 'plain'));
    copy('2026-11-21T03:00:00Z', join(folder, 'packed'), '--format=tar', '--gzip');
    copy('2026-11-22T03:00:00Z', join(folder, 'tar'), '--format=tar');
    writeFileSync(join(folder, 'README'), 'no copy');
    mkdirSync(join(folder, 'other'));
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());

  function collectNights(place: string, paths: readonly string[] = []): Promise<BackupSet> {
    return collectSet(new LocalHost(), { timeZone, paths, source: { 'pg-basebackup': { folder: place } } });
  }

  testCases({
    copiesOf: (moments, name) => collectNights(folderWith(name, moments)),
    pruned: () => collectNights(folderWith('pruned', nightsTo(lastNight).slice(-4))),
    lackingPath: () => collectNights(folderWith('lacking', nightsTo(lastNight)), ['/var/lib/postgresql']),
    tellsPaths: false,
    async interrupted() {
      const place = folderWith('interrupted', nightsTo(november[1]));
      await kill(lastNight, join(place, 'last'), 'base.tar', '--format=tar');
      return collectNights(place);
    },
    wrongPassword: { none: 'it does not encrypt, and its password is that of the server' },
    locked: { none: 'a folder of copies has no lock' },
  });

  test('are read without changing a thing in them, and pass', async () => {
    const before = fingerprint(folder);
    const set = await collect(folder);
    expect(fingerprint(folder)).toEqual(before);
    expect(pointsOf(set).map(({ time, kind, flaw, size = 0 }) => [time.slice(0, 16), kind, flaw, size > 2e7])).toEqual([
      ['2026-11-20T03:00', 'full', undefined, true],
      ['2026-11-21T03:00', 'full', undefined, true],
      ['2026-11-22T03:00', 'full', undefined, true],
    ]);
    expect(new Set(pointsOf(set).map(({ id }) => id)).size).toBe(3);
    // The label says it in the zone of the server's logs, by a name that is no one's.
    expect(readFileSync(join(folder, 'plain/backup_label'), 'utf8')).toContain('START TIME: 2026-11-19 22:00:00 EST');
    expect(judgeSet(set, every)[0]).toBe('pass');
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
    expect(judgeSet(set, every, new Date('2026-11-23T12:00:00Z'))).toContain('backup.too-old');
    expect(judgeSet(set, every, new Date('2026-11-21T12:00:00Z'))).toContain('backup.future');
  });

  test('one that is missing shows as a gap', async () => {
    const set = await collect(damaged('gap', ['plain', 'tar'], () => undefined));
    expect(judgeSet(set, every)).toContain('backup.gap');
  });

  test('one that was killed does not count, whatever lies in its folder', async () => {
    const path = server.makeFolder('killed');
    await kill('2026-11-22T05:00:00Z', join(path, 'plain'), 'PG_VERSION');
    await kill('2026-11-22T05:00:00Z', join(path, 'tar'), 'base.tar', '--format=tar');
    const set = await collect(path);
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual(['unfinished', 'unfinished']);
    expect(judgeSet(set, { every: '24h' })).toContain('backup.none-counts');
  });

  test.each([
    ['a file is gone', 'plain', (copy: string) => rmSync(join(copy, 'global/pg_control')), 'corrupt'],
    ['a folder is gone', 'plain', (copy: string) => rmSync(join(copy, 'pg_xact'), { recursive: true }), 'corrupt'],
    ['its log is gone', 'plain', (copy: string) => rmSync(join(copy, 'pg_wal'), { recursive: true }), 'broken-chain'],
    ['its tar file is gone', 'packed', (copy: string) => rmSync(join(copy, 'base.tar.gz')), 'corrupt'],
    ['its tar file is empty', 'packed', (copy: string) => truncateSync(join(copy, 'base.tar.gz')), 'corrupt'],
    ['its log is gone', 'packed', (copy: string) => rmSync(join(copy, 'pg_wal.tar.gz')), 'broken-chain'],
    [
      'its tar file was cut short',
      'tar',
      (copy: string) => truncateSync(join(copy, 'base.tar'), 20_000_000),
      'corrupt',
    ],
    [
      'its manifest was cut short',
      'tar',
      (copy: string) => truncateSync(join(copy, 'backup_manifest'), 1000),
      'corrupt',
    ],
    [
      'its manifest was changed',
      'tar',
      (copy: string) => {
        const path = join(copy, 'backup_manifest');
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll('2026-11-22 03', '2026-11-22 04'));
      },
      'corrupt',
    ],
  ])('one of which %s does not count (%s)', async (_, name, damage, flaw) => {
    const path = damaged('one', [name], (copies) => damage(join(copies, name)));
    const set = await collect(path);
    rmSync(path, { recursive: true });
    expect(pointsOf(set).map((point) => point.flaw)).toEqual([flaw]);
    expect(judgeSet(set, { every: '24h' })).toContain('backup.none-counts');
  });

  test('one without a log counts where the settings say that it lies elsewhere', async () => {
    const path = server.makeFolder('logless');
    copy('2026-11-22T04:00:00Z', join(path, 'copy'), '--wal-method=none');
    expect(pointsOf(await collect(path)).map(({ flaw }) => flaw)).toEqual(['broken-chain']);
    expect(pointsOf(await collect(path, { wal: 'elsewhere', verify: 'newest' })).map(({ flaw }) => flaw)).toEqual([
      undefined,
    ]);
  });

  test('verifying reads the newest whole: what lists do not show', async () => {
    expect(judgeSet(await collect(folder, { verify: 'newest' }), every)[0]).toBe('pass');
    const plain = damaged('bad-plain', ['plain'], (path) => {
      const [file = ''] = readdirSync(join(path, 'plain/base/1')).filter((name) => /^\d+$/.test(name));
      writeFileSync(join(path, 'plain/base/1', file), 'other content');
    });
    expect(pointsOf(await collect(plain)).map(({ flaw }) => flaw)).toEqual([undefined]);
    const before = fingerprint(plain);
    expect(pointsOf(await collect(plain, { verify: 'newest' })).map(({ flaw }) => flaw)).toEqual(['corrupt']);
    expect(fingerprint(plain)).toEqual(before);
    const packed = damaged('bad-packed', ['packed'], (path) =>
      truncateSync(join(path, 'packed/base.tar.gz'), 1_000_000),
    );
    expect(pointsOf(await collect(packed, { verify: 'newest' })).map(({ flaw }) => flaw)).toEqual(['corrupt']);
  });

  test('one that the agent may not verify is unknown', async () => {
    const path = damaged('foreign', ['plain'], (copies) => execFileSync('chown', ['-R', 'root:root', copies]));
    const set = await collect(path, { verify: 'newest' }, new OrdinaryUser());
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'command-failed' } });
  });

  test('one that was renamed is the copy that it was', async () => {
    const path = damaged('renamed', ['packed'], (copies) =>
      renameSync(join(copies, 'packed'), join(copies, '2026-11-25')),
    );
    expect(pointsOf(await collect(path))).toEqual(pointsOf(await collect(folder)).slice(1, 2));
  });
});

describe('a manifest', () => {
  interface Described {
    readonly moment: string;
    readonly from?: string;
    readonly to?: string;
    readonly files?: readonly string[];
    readonly version?: number;
  }

  /** As PostgreSQL 15 writes it, and 17 with version 2. */
  function manifest({ moment, from = '0/F000028', to = '0/F000100', files = [], version = 1 }: Described): string {
    const line = (path: string): string =>
      `{ "Path": "${path}", "Size": 225, "Last-Modified": "${moment}", "Checksum-Algorithm": "CRC32C", "Checksum": "ad5b7ba0" }`;
    const text = [
      `{ "PostgreSQL-Backup-Manifest-Version": ${version},`,
      '"Files": [',
      `${['backup_label', ...files].map(line).join(',\n')} ],`,
      '"WAL-Ranges": [',
      `{ "Timeline": 1, "Start-LSN": "${from}", "End-LSN": "${to}" }`,
      '],\n',
    ].join('\n');
    return `${text}"Manifest-Checksum": "${createHash('sha256').update(text).digest('hex')}"}\n`;
  }

  function copyOf(name: string, described: Described, more: Readonly<Record<string, string>> = {}): [string, string][] {
    const files = {
      ...{ backup_label: 'START WAL LOCATION: …\n', backup_manifest: manifest(described), PG_VERSION: '17\n' },
      ...{ 'pg_wal/00000001000000000000000F': 'log', 'pg_wal/000000010000000000000010': 'log', ...more },
    };
    return Object.entries(files).map(([path, text]) => [`/srv/pg/${name}/${path}`, text]);
  }

  function collectRecorded(...copies: readonly [string, string][][]): Promise<BackupSet> {
    return collect('/srv/pg', {}, new RecordedHost({ files: Object.fromEntries(copies.flat()) }));
  }

  test('of an incremental copy names what it rests on, which must be there and whole', async () => {
    const full = copyOf('full', { moment: '2026-11-20 03:00:00 GMT' });
    const increment = (name: string, day: number, on: string, from: string): [string, string][] =>
      copyOf(
        name,
        {
          moment: `2026-11-${day} 03:00:00 GMT`,
          from,
          to: '0/10000200',
          files: ['base/5/INCREMENTAL.2662'],
          version: 2,
        },
        { 'base/5/INCREMENTAL.2662': 'pages', backup_label: `INCREMENTAL FROM LSN: ${on}\n` },
      );
    const second = increment('second', 21, '0/F000028', '0/10000028');
    const third = increment('third', 22, '0/10000028', '0/10000128');
    const whole = pointsOf(await collectRecorded(full, second, third));
    expect(whole.map(({ kind, flaw }) => [kind, flaw])).toEqual([
      ['full', undefined],
      ['incremental', undefined],
      ['incremental', undefined],
    ]);
    expect(judgeSet(await collectRecorded(second, third), every)).toContain('backup.left-out.broken-chain');
    expect(pointsOf(await collectRecorded(full, third)).map(({ flaw }) => flaw)).toEqual([undefined, 'broken-chain']);
  });

  test('of a log over several segments asks for each', async () => {
    const described = { moment: '2026-11-22 03:00:00 GMT', to: '0/11000100' };
    const missing = await collectRecorded(copyOf('copy', described));
    expect(pointsOf(missing)).toMatchObject([{ flaw: 'broken-chain' }]);
    const whole = await collectRecorded(copyOf('copy', described, { 'pg_wal/000000010000000000000011': 'log' }));
    expect(pointsOf(whole)[0]?.flaw).toBeUndefined();
  });

  test.each([
    ['another version', { moment: '2026-11-22 03:00:00 GMT', version: 3 }],
    ['a moment in another zone', { moment: '2026-11-22 03:00:00 CET' }],
    ['a log of another form', { moment: '2026-11-22 03:00:00 GMT', from: '0' }],
  ])('with %s is unknown', async (_, described) => {
    const set = await collectRecorded(copyOf('copy', described));
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
  });

  test('of an incremental copy in tar files does not say what it rests on: unknown', async () => {
    const described = { moment: '2026-11-22 03:00:00 GMT', files: ['base/5/INCREMENTAL.2662'] };
    const set = await collectRecorded([
      ['/srv/pg/copy/backup_manifest', manifest(described)],
      ['/srv/pg/copy/base.tar.gz', 'packed'],
    ]);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported' } });
  });

  test('a folder that is not there is unknown, and one without copies fails', async () => {
    expect(judgeSet(await collectRecorded([]), every)[0]).toBe('unknown');
    expect(judgeSet(await collectRecorded([['/srv/pg/other/file', '']]), every)).toEqual(['fail', 'backup.none']);
  });
});
