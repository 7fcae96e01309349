import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { freePort } from '../../../support/process.ts';
import { startServer, type Server } from '../../../support/servers/server.ts';
import { tool } from '../../../support/tools.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fakedClock } from './faked-clock.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

const nobody = 65_534;
const owner = { uid: nobody, gid: nobody } as const;
/** After the last of the copies, whatever the machine's own clock says. */
const night = new Date('2026-11-22T03:00:00Z');
const every = { every: '24h', window: '2d' };

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

const isReady = process.getuid?.() === 0 && ['faketime', 'mariadb-backup', 'mariadb-install-db'].every(tool);

describe.skipIf(!isReady)('real copies of mariadb-backup', () => {
  let server: Server;
  let folder: string;
  let nightly: string;
  let port: number;

  /** The words that make a copy as on a host with that clock, in the zone of the sets; their last is where it goes. */
  function words(moment: string, target: string, more: readonly string[]): string[] {
    const fake = Object.entries({ ...fakedClock(moment), TZ: timeZone }).map(([name, value]) => `${name}=${value}`);
    const connection = ['--host=127.0.0.1', `--port=${port}`, '--user=test', '--password=geheim'];
    const backup = ['mariadb-backup', '--no-defaults', '--backup', `--target-dir=${target}`, ...connection, ...more];
    // All that it says goes to standard error; a stream goes to standard output.
    return [...fake, 'sh', '-c', 'exec "$@" 2> "$0"', `${target}.log`, ...backup];
  }

  function copy(moment: string, target: string, ...more: readonly string[]): string {
    return execFileSync('/usr/bin/env', words(moment, target, more), {
      ...owner,
      cwd: folder,
      maxBuffer: 2 ** 26,
      encoding: 'latin1',
    });
  }

  /** Puts the log where it belongs, and the file that is held against what is in it at a time of that clock. */
  function finish(path: string, moment: string | Date = night): void {
    cpSync(`${path}.log`, join(path, 'backup.log'));
    rmSync(`${path}.log`);
    // Not before the end that it tells of.
    const written = new Date(new Date(moment).getTime() + 60_000);
    utimesSync(join(path, 'xtrabackup_info'), written, written);
  }

  function collect(place = folder, more: object = {}, zone = timeZone): Promise<BackupSet> {
    return collectSet(new LocalHost(), { timeZone: zone, source: { 'mariadb-backup': { folder: place, ...more } } });
  }

  function makeFolder(name: string): string {
    const path = join(server.folder, name);
    mkdirSync(path);
    chownSync(path, nobody, nobody);
    return path;
  }

  /** A folder with the full copies of these nights. */
  function folderWith(name: string, moments: readonly string[]): string {
    const place = makeFolder(name);
    for (const moment of moments) {
      execFileSync('cp', ['--archive', '--link', join(nightly, moment), place]);
    }
    return place;
  }

  /** A folder with copies of some of the copies, to do damage to. */
  function damaged(name: string, copies: readonly string[], damage: (path: string) => void): string {
    const path = join(server.folder, name);
    for (const one of copies) cpSync(join(folder, one), join(path, one), { recursive: true, preserveTimestamps: true });
    damage(path);
    for (const one of copies) utimesSync(join(path, one), night, night);
    return path;
  }

  beforeAll(async () => {
    port = await freePort();
    server = await startServer({
      ports: [port],
      prepare(home) {
        chownSync(home, nobody, nobody);
        const data = join(home, 'data');
        const small = ['--innodb-log-file-size=4M', '--innodb-buffer-pool-size=8M'];
        const install = [
          '--no-defaults',
          `--datadir=${data}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
        ];
        execFileSync('mariadb-install-db', [...install, ...small], { ...owner, cwd: home, stdio: 'pipe' });
        const init = join(home, 'init.sql');
        writeFileSync(init, "CREATE USER test@'%' IDENTIFIED BY 'geheim';\nGRANT ALL ON *.* TO test@'%';\n");
        const place = [`--datadir=${data}`, `--socket=${join(home, 'socket')}`, `--pid-file=${join(home, 'pid')}`];
        const network = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'];
        const args = ['--no-defaults', ...place, ...network, ...small, `--init-file=${init}`];
        return { file: '/usr/sbin/mariadbd', args: [...args, '--lc-messages-dir=/usr/share/mysql'], uid: nobody };
      },
    });
    folder = makeFolder('copies');
    copy('2026-11-20T02:00:00Z', join(folder, 'full'));
    copy('2026-11-21T02:00:00Z', join(folder, 'first'), `--incremental-basedir=${join(folder, 'full')}`);
    copy('2026-11-22T02:00:00Z', join(folder, 'second'), `--incremental-basedir=${join(folder, 'first')}`);
    for (const name of ['full', 'first', 'second']) finish(join(folder, name));
    writeFileSync(join(folder, 'README'), 'no copy');
    mkdirSync(join(folder, 'other'));
    nightly = makeFolder('nightly');
    for (const moment of nights) {
      copy(moment, join(nightly, moment));
      finish(join(nightly, moment), moment);
    }
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());

  testCases({
    copiesOf: (moments, name) => collect(folderWith(name, moments), { log: 'backup.log' }),
    pruned: () => collect(folderWith('pruned', nightsTo(lastNight).slice(-4))),
    lackingPath() {
      const source = { 'mariadb-backup': { folder: folderWith('lacking', nightsTo(lastNight)) } };
      return collectSet(new LocalHost(), { timeZone, paths: ['/var/lib/mysql'], source });
    },
    tellsPaths: false,
    async interrupted() {
      const place = folderWith('interrupted', nightsTo(november[1]));
      const target = join(place, 'last');
      const args = words(lastNight, target, ['--throttle=1']);
      const child = spawn('/usr/bin/env', args, { ...owner, cwd: folder, stdio: 'ignore' });
      while (!existsSync(join(target, 'ibdata1'))) await sleep(10);
      child.kill('SIGKILL');
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      utimesSync(target, new Date(lastNight), new Date(lastNight));
      return collect(place);
    },
    wrongPassword: { none: 'it does not encrypt, and its password is that of the server' },
    locked: { none: 'it locks the server, not the copies' },
  });

  test('are read without changing a thing in them, and pass', async () => {
    const before = fingerprint(folder);
    const set = await collect(folder, { log: 'backup.log' });
    expect(fingerprint(folder)).toEqual(before);
    expect(pointsOf(set).map(({ time, kind, flaw }) => [time.slice(0, 16), kind, flaw])).toEqual([
      ['2026-11-20T02:00', 'full', undefined],
      ['2026-11-21T02:00', 'incremental', undefined],
      ['2026-11-22T02:00', 'incremental', undefined],
    ]);
    expect(new Set(pointsOf(set).map(({ id }) => id)).size).toBe(3);
    expect(judgeSet(set, every)[0]).toBe('pass');
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
    expect(judgeSet(set, { every: '24h', sizeDrop: 50 })).toContain('backup.sizes-unseen');
    expect(judgeSet(set, every, new Date('2026-11-23T12:00:00Z'))).toContain('backup.too-old');
    expect(judgeSet(set, every, new Date('2026-11-21T12:00:00Z'))).toContain('backup.future');
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('one that was renamed is the copy that it was', async () => {
    const path = damaged('renamed', [], (copies) => {
      cpSync(join(folder, 'full'), join(copies, 'monday'), { recursive: true, preserveTimestamps: true });
    });
    expect(pointsOf(await collect(path))).toEqual(pointsOf(await collect()).slice(0, 1));
  });

  test('without the one that they rest on, incremental ones do not count', async () => {
    const set = await collect(damaged('orphans', ['first', 'second'], () => undefined));
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.broken-chain']);
  });

  test.each([
    ['it was interrupted', (path: string) => rmSync(join(path, 'xtrabackup_info')), 'unfinished'],
    ['its log does not end well', (path: string) => truncateSync(join(path, 'backup.log'), 2000), 'failed'],
    ['its log is not there', (path: string) => rmSync(join(path, 'backup.log')), 'unfinished'],
  ])('one does not count where %s', async (name, damage, flaw) => {
    const path = damaged(name, ['full'], (copies) => damage(join(copies, 'full')));
    const set = await collect(path, { log: 'backup.log' });
    expect(pointsOf(set).map((point) => point.flaw)).toEqual([flaw]);
    expect(judgeSet(set, { every: '24h' })).toContain('backup.none-counts');
  });

  test('one whose data is gone does not count, whatever it says', async () => {
    const path = damaged('emptied', ['full'], (copies) => rmSync(join(copies, 'full/ibdata1')));
    expect(judgeSet(await collect(path), every)).toContain('backup.left-out.empty');
  });

  test('one that was prepared is the copy that it was', async () => {
    const path = damaged('prepared', ['full', 'first'], (copies) => {
      const full = join(copies, 'full');
      const prepare = ['--no-defaults', '--prepare', `--target-dir=${full}`];
      execFileSync('mariadb-backup', prepare, { stdio: 'pipe' });
    });
    expect(readFileSync(join(path, 'full/xtrabackup_checkpoints'), 'utf8')).toContain('log-applied');
    expect(pointsOf(await collect(path)).map(({ time, flaw }) => [time.slice(8, 10), flaw])).toEqual([
      ['20', undefined],
      ['21', undefined],
    ]);
  });

  test('on a clock that is not that of the set, they would look younger than they are: unknown', async () => {
    // As on a host in Tokyo: it shows eight hours more than the set's zone is told to be.
    const path = damaged('tokyo', ['full'], (copies) => {
      const info = join(copies, 'full/xtrabackup_info');
      const now = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
      writeFileSync(info, readFileSync(info, 'utf8').replace(/^(start|end)_time = .*$/gm, `$1_time = ${now}`));
    });
    const set = await collect(path, {}, 'UTC');
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported' } });
    expect(pointsOf(await collect(path, {}, 'Asia/Tokyo'))).toHaveLength(1);
  });

  test('one that was streamed is told by its stream, and one of some databases only where that is meant', async () => {
    const path = join(server.folder, 'streams');
    const one = join(path, 'one');
    for (const made of [path, one]) {
      mkdirSync(made);
      chownSync(made, nobody, nobody);
    }
    const target = join(server.folder, 'target');
    const stream = copy(
      '2026-11-22T02:00:00Z',
      target,
      '--stream=mbstream',
      `--extra-lsndir=${one}`,
      '--databases=mysql',
    );
    writeFileSync(join(one, 'copy.mb'), stream, 'latin1');
    utimesSync(join(one, 'xtrabackup_info'), night, night);
    const streamed = { stream: 'copy.mb', partial: true };
    expect(pointsOf(await collect(path, streamed))).toMatchObject([{ kind: 'full', size: stream.length }]);
    for (const settings of [{ stream: 'copy.mb' }, { partial: true }]) {
      const set = await collect(path, settings);
      expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported' } });
    }
    truncateSync(join(one, 'copy.mb'));
    expect(judgeSet(await collect(path, streamed), every)).toContain('backup.left-out.empty');
    rmSync(join(one, 'copy.mb'));
    expect(judgeSet(await collect(path, streamed), every)).toContain('backup.left-out.empty');
  });
});

describe('what a copy of MariaDB or Percona says', () => {
  interface Said {
    readonly start: string;
    readonly end?: string;
    readonly more?: Readonly<Record<string, string>>;
    readonly from?: string;
    readonly to?: string;
    readonly prefix?: string;
  }

  /** In the form of MariaDB 10.11, and of 11.1 by its other names. */
  function copyOf(
    name: string,
    { start, end = start, more = {}, from = '0', to = '44388', prefix = 'xtrabackup' }: Said,
  ): [string, string][] {
    const lines = (fields: object): string =>
      Object.entries(fields)
        .map(([key, value]) => `${key} = ${String(value)}\n`)
        .join('');
    const info = {
      ...{
        uuid: 'a04eb6b4',
        name: '',
        tool_command: '--password=geheim',
        start_time: start,
        end_time: end,
        lock_time: 0,
      },
      ...{ partial: 'N', incremental: from === '0' ? 'N' : 'Y', format: 'file', compressed: 'N', ...more },
    };
    const type = from === '0' ? 'full-backuped' : 'incremental';
    const checkpoints = { backup_type: type, from_lsn: from, to_lsn: to, last_lsn: to };
    return [
      [`/srv/copies/${name}/${prefix}_info`, lines(info)],
      [`/srv/copies/${name}/${prefix}_checkpoints`, lines(checkpoints)],
      [`/srv/copies/${name}/ibdata1`, 'data'],
    ];
  }

  function collect(copies: readonly [string, string][][], zone = timeZone): Promise<BackupSet> {
    const files = Object.fromEntries(copies.flat());
    const written = new Date('2026-11-22T12:00:00Z');
    const modifiedAt = Object.fromEntries(Object.keys(files).map((path) => [path, written]));
    const host = new RecordedHost({ files, modifiedAt });
    return collectSet(host, { timeZone: zone, source: { 'mariadb-backup': { folder: '/srv/copies' } } });
  }

  test('is understood under both names', async () => {
    const set = await collect([copyOf('a', { start: '2026-11-22 03:00:00', prefix: 'mariadb_backup' })]);
    expect(pointsOf(set)).toMatchObject([{ time: '2026-11-22T02:00:00.000Z', kind: 'full' }]);
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('of nights in which clocks change is a day apart, and one that is missing shows', async () => {
    const nights = ['2026-10-24', '2026-10-25', '2026-10-26'].map((day) => copyOf(day, { start: `${day} 02:30:00` }));
    const set = await collect(nights);
    expect(pointsOf(set).map(({ time }) => time.slice(8, 16))).toEqual(['24T00:30', '25T00:30', '26T01:30']);
    const when = new Date('2026-10-26T12:00:00Z');
    expect(judgeSet(set, { every: '24h', window: '2d' }, when)[0]).toBe('pass');
    expect(judgeSet(await collect(nights.toSpliced(1, 1)), every, when)).toContain('backup.gap');
    const march = ['2026-03-28', '2026-03-29'].map((day) => copyOf(day, { start: `${day} 02:30:00` }));
    const judged = judgeSet(await collect(march), { every: '24h', window: '1d' }, new Date('2026-03-29T12:00:00Z'));
    expect(judged[0]).toBe('pass');
  });

  test('of a chain is whole as far as each begins where an earlier one ended', async () => {
    const full = copyOf('full', { start: '2026-11-20 03:00:00', to: '100' });
    const first = copyOf('first', { start: '2026-11-21 03:00:00', from: '100', to: '200' });
    const second = copyOf('second', { start: '2026-11-22 03:00:00', from: '200', to: '300' });
    const flaws = async (copies: readonly [string, string][][]): Promise<(string | undefined)[]> =>
      pointsOf(await collect(copies)).map(({ flaw }) => flaw);
    expect(await flaws([full, first, second])).toEqual([undefined, undefined, undefined]);
    expect(await flaws([full, second])).toEqual([undefined, 'broken-chain']);
    // One that begins and ends at the same place does not rest on itself.
    expect(await flaws([copyOf('self', { start: '2026-11-22 03:00:00', from: '100', to: '100' })])).toEqual([
      'broken-chain',
    ]);
  });

  test('of encryption is Percona’s', async () => {
    const encrypted = copyOf('a', { start: '2026-11-22 03:00:00', more: { encrypted: 'Y' } });
    expect((await collect([encrypted])).encrypted).toBe('yes');
    expect((await collect([encrypted, copyOf('b', { start: '2026-11-21 03:00:00' })])).encrypted).toBe('no');
  });

  test.each([
    ['another form of moment', { start: '22-11-2026 03:00' }, 'unparsable'],
    ['a day that does not exist', { start: '2026-02-31 03:00:00' }, 'unparsable'],
    ['an unknown flag', { start: '2026-11-22 03:00:00', more: { partial: 'maybe' } }, 'unparsable'],
    ['an unknown format', { start: '2026-11-22 03:00:00', more: { format: 'zip' } }, 'unparsable'],
    ['some databases only', { start: '2026-11-22 03:00:00', more: { partial: 'Y' } }, 'unsupported'],
  ])('with %s is unknown', async (_, said, code) => {
    const set = await collect([copyOf('a', said)]);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('packed is unknown, and says what to do', async () => {
    const set = await collect([[['/srv/copies/a/xtrabackup_info.zst', 'packed']]]);
    expect(set.points).toMatchObject({
      obstacle: { code: 'unsupported', detail: expect.stringContaining('extra-lsndir') as string },
    });
  });

  test('of nothing fails, and of a folder that is not there is unknown', async () => {
    expect(judgeSet(await collect([[['/srv/copies/other/file', '']]]), every)).toEqual(['fail', 'backup.none']);
    expect(judgeSet(await collect([]), every)[0]).toBe('unknown');
  });
});
