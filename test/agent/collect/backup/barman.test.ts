import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { tool } from '../../../support/tools.ts';
import { mayStartPostgres, startClockedPostgres, type ClockedPostgres } from './clocked-postgres.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

const every = { every: '24h', window: '1d' };

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

/** As barman names its backups by their moments. */
function minuteOf(moment: string): string {
  return moment.slice(0, 16).replace(/[-:]/g, '');
}

describe.skipIf(!tool('barman') || !mayStartPostgres)('real backups of barman', () => {
  let server: ClockedPostgres;
  let folder: string;
  let pair: string;

  function configure(name: string, more: readonly string[] = [], home = 'barman'): string {
    const connection = `host=${server.folder} port=${server.port} user=test dbname=postgres`;
    const lines = [
      ...['[barman]', 'barman_user = nobody', `barman_home = ${join(server.folder, home)}`],
      ...[`log_file = ${join(server.folder, 'barman.log')}`, '[main]', 'description = test', 'archiver = on'],
      ...[`conninfo = ${connection}`, `streaming_conninfo = ${connection}`, 'backup_method = postgres'],
      ...[`path_prefix = ${server.programs}`, 'immediate_checkpoint = true', ...more],
    ];
    const path = join(server.folder, name);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    return path;
  }

  function barman(...words: readonly string[]): string {
    return server.run('barman', '-c', join(server.folder, 'barman.conf'), ...words);
  }

  /**
   * A backup ends with the server looking once a second whether its log has been archived by now; whatever wakes it up,
   * such as being told to read its settings again, makes it look at once.
   */
  async function backUp(moment: string): Promise<void> {
    server.setClock(moment);
    const words = ['-q', '-c', join(server.folder, 'barman.conf'), 'backup', '--wait', 'main'];
    const child = spawn('/usr/bin/env', server.command('barman', ...words), { ...server.owner, stdio: 'ignore' });
    const [postmaster = ''] = readFileSync(join(server.folder, 'data/postmaster.pid'), 'utf8').split('\n');
    const waking = setInterval(() => process.kill(Number(postmaster), 'SIGHUP'), 50);
    const ended = await once(child, 'exit');
    clearInterval(waking);
    expect(ended).toEqual([0, null]);
  }

  /** Ends barman while it copies, once something came: 3 MB a second make it take long enough. */
  async function interrupt(moment: string, signal: NodeJS.Signals): Promise<void> {
    server.setClock(moment);
    const config = configure('slow.conf', ['bandwidth_limit = 3000']);
    const child = spawn('/usr/bin/env', server.command('barman', '-q', '-c', config, 'backup', 'main'), {
      ...server.owner,
      detached: true,
      stdio: 'ignore',
    });
    const name = moment.slice(0, 13).replaceAll('-', '');
    const isCopying = (): boolean =>
      readdirSync(join(folder, 'base')).some((one) => {
        const data = join(folder, 'base', one, 'data');
        return one.startsWith(name) && existsSync(data) && readdirSync(data).length > 0;
      });
    while (!isCopying()) await sleep(20);
    process.kill(-(child.pid ?? 0), signal);
    await once(child, 'exit');
  }

  function collect(place = folder, paths: readonly string[] = []): Promise<BackupSet> {
    return collectSet(new LocalHost(), { timeZone, paths, source: { barman: { folder: place } } });
  }

  /** A copy of another folder with the backups of these moments alone; what barman notes of each lies beside it. */
  function folderWith(name: string, moments: readonly string[]): string {
    const copy = join(server.folder, name);
    execFileSync('cp', ['--archive', '--link', folder, copy]);
    for (const one of readdirSync(join(copy, 'base'))) {
      const isWanted = moments.some((moment) => one.startsWith(minuteOf(moment)));
      if (!isWanted) rmSync(join(copy, 'base', one), { recursive: true });
    }
    return copy;
  }

  /** A copy to do damage to. */
  function damaged(name: string, damage: (copy: string) => void): string {
    const copy = join(server.folder, name);
    cpSync(pair, copy, { recursive: true, preserveTimestamps: true });
    damage(copy);
    return copy;
  }

  /** The names of the backups that are done, the oldest first. */
  function done(place: string): string[] {
    return readdirSync(join(place, 'base'))
      .filter((name) => readFileSync(join(place, 'base', name, 'backup.info'), 'utf8').includes('status=DONE'))
      .sort();
  }

  beforeAll(async () => {
    server = await startClockedPostgres('2026-03-28T01:00:00Z', (home) => [
      'archive_mode=on',
      `archive_command=cp %p ${home}/barman/main/incoming/%f`,
    ]);
    server.makeFolder('barman');
    folder = server.makeFolder('barman/main');
    server.makeFolder('barman/main/incoming');
    configure('barman.conf');
    barman('-q', 'switch-wal', '--force', '--archive', 'main');
    for (const night of nights) await backUp(night);
    pair = folderWith('pair', november.slice(1));
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());

  testCases({
    copiesOf: (moments, name) => collect(folderWith(name, moments)),
    // Of a redundancy policy, which counts backups and not days, this is what would be left.
    pruned: () => collect(folderWith('pruned', nightsTo(lastNight).slice(-4))),
    lackingPath: () => collect(folderWith('lacking', nightsTo(lastNight)), ['/var/lib/postgresql']),
    tellsPaths: false,
    async interrupted() {
      const moment = '2026-11-22T03:00:00Z';
      await interrupt(moment, 'SIGKILL');
      return collect(folderWith('interrupted', [...nightsTo(november[1]), moment]));
    },
    wrongPassword: { none: 'its notes are not encrypted, and its password is that of the server' },
    async locked() {
      const home = server.makeFolder('barman-locked');
      const copy = folderWith('barman-locked/main', nightsTo(lastNight));
      const config = configure('locked.conf', [], 'barman-locked');
      const lock = join(home, '.main-backup.lock');
      const holder = spawn('flock', [lock, 'sh', '-c', 'echo locked; read end'], { stdio: ['pipe', 'pipe', 'ignore'] });
      await once(holder.stdout, 'data');
      chownSync(lock, server.owner.uid, server.owner.gid);
      expect(() => server.run('barman', '-c', config, 'backup', 'main')).toThrow('Another backup process is running');
      const before = fingerprint(home);
      const set = await collect(copy);
      expect(fingerprint(home)).toEqual(before);
      holder.stdin.end('\n');
      await once(holder, 'exit');
      return set;
    },
  });

  test('are read without barman, its locks or its log, and pass', async () => {
    const before = fingerprint(pair);
    const log = readFileSync(join(server.folder, 'barman.log'), 'utf8');
    const set = await collect(pair);
    expect(fingerprint(pair)).toEqual(before);
    expect(readFileSync(join(server.folder, 'barman.log'), 'utf8')).toBe(log);
    expect(pointsOf(set).map(({ time, kind, flaw, size = 0 }) => [time.slice(0, 16), kind, flaw, size > 2e7])).toEqual([
      ['2026-11-21T01:30', 'full', undefined, true],
      ['2026-11-22T01:30', 'full', undefined, true],
    ]);
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
  });

  test('are those that barman itself lists as done', async () => {
    const listed = JSON.parse(barman('-f', 'json', 'list-backups', 'main')) as { main: { backup_id: string }[] };
    const ids = listed.main.map(({ backup_id }) => backup_id).sort();
    expect(pointsOf(await collect()).map(({ id }) => id)).toEqual(ids);
  });

  test('where barman check is content with a backup of long ago, it is too old all the same', async () => {
    server.setClock('2027-11-22T12:00:00Z');
    expect(barman('check', 'main')).toContain('backup maximum age: OK');
    expect(judgeSet(await collect(), every, new Date('2027-11-22T12:00:00Z'))).toContain('backup.too-old');
  });

  test('one whose log is no longer in the archive does not count', async () => {
    const copy = damaged('logless', (path) => {
      const [, newest = ''] = done(path);
      const info = readFileSync(join(path, 'base', newest, 'backup.info'), 'utf8');
      const segment = /^end_wal=(.*)$/m.exec(info)?.[1] ?? '';
      rmSync(join(path, 'wals', segment.slice(0, 16), segment));
    });
    const set = await collect(copy);
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual([undefined, 'broken-chain']);
    expect(judgeSet(set, every)).toContain('backup.too-old');
    const none = damaged('no-log', (path) => rmSync(join(path, 'wals'), { recursive: true }));
    expect(judgeSet(await collect(none), every)).toContain('backup.none-counts');
  });

  test('one whose files are gone, though barman calls it done, does not count', async () => {
    const copy = damaged('emptied', (path) => {
      for (const name of done(path)) rmSync(join(path, 'base', name, 'data'), { recursive: true });
    });
    expect(judgeSet(await collect(copy), every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.empty']);
  });

  test('its notes are found where newer versions put them, and count before older ones', async () => {
    const copy = damaged('meta', (path) => {
      mkdirSync(join(path, 'meta'));
      const [oldest = '', newest = ''] = done(path);
      const info = readFileSync(join(path, 'base', newest, 'backup.info'), 'utf8');
      writeFileSync(join(path, `meta/${newest}-backup.info`), info.replace('status=DONE', 'status=FAILED'));
      writeFileSync(join(path, `meta/${oldest}-backup.info`), readFileSync(join(path, 'base', oldest, 'backup.info')));
      rmSync(join(path, 'base', oldest, 'backup.info'));
    });
    expect(pointsOf(await collect(copy)).map(({ flaw }) => flaw)).toEqual([undefined, 'failed']);
  });

  test('one that was interrupted, or waits for its log, does not count', async () => {
    const moment = '2026-11-22T05:00:00Z';
    await interrupt(moment, 'SIGINT');
    const copy = folderWith('waiting', [...november.slice(1), moment]);
    const newest = join(copy, 'base', done(copy).at(-1) ?? '', 'backup.info');
    const info = readFileSync(newest, 'utf8');
    rmSync(newest);
    writeFileSync(newest, info.replace('status=DONE', 'status=WAITING_FOR_WALS'));
    mkdirSync(join(copy, 'base/20261122T090000'));
    const set = await collect(copy);
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual([undefined, 'unfinished', 'failed', 'unfinished']);
    expect(judgeSet(set, every)).toContain('backup.too-old');
  });
});

describe('what barman wrote down', () => {
  const folder = '/var/lib/barman/main';

  /** In the form of barman 3.4, with fields of 3.11 and 3.15. */
  function info(moment: string, more: Readonly<Record<string, string>> = {}): string {
    const fields = {
      ...{ backup_label: "'START TIME: 2026-11-22 04:00:00 CET\\n'", begin_time: moment, end_time: moment },
      ...{
        begin_wal: '00000001000000000000000A',
        end_wal: '00000001000000000000000B',
        error: 'None',
        size: '23203894',
      },
      ...{ status: 'DONE', xlog_segment_size: '16777216', ...more },
    };
    return Object.entries(fields)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
  }

  const archived = Object.fromEntries(
    ['00000001000000000000000A', '00000001000000000000000B'].map((name) => [
      `${folder}/wals/0000000100000000/${name}`,
      'log',
    ]),
  );

  function collect(
    notes: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>> = archived,
  ): Promise<BackupSet> {
    const backups = Object.entries(notes).flatMap(([name, text]): [string, string][] => [
      [`${folder}/base/${name}/backup.info`, text],
      [`${folder}/base/${name}/data/PG_VERSION`, '17\n'],
    ]);
    const host = new RecordedHost({ files: { ...files, ...Object.fromEntries(backups) } });
    return collectSet(host, { timeZone: 'Europe/Amsterdam', source: { barman: { folder } } });
  }

  test('is understood with its offset, so that both nights of a change of clocks are where they were', async () => {
    const set = await collect({
      '20261024T023000': info('2026-10-24 02:30:00.5+02:00'),
      '20261025T023000': info('2026-10-25 02:30:00.5+01:00'),
      '20261026T023000': info('2026-10-26 02:30:00.5+01:00'),
    });
    expect(pointsOf(set).map(({ time }) => time.slice(8, 16))).toEqual(['24T00:30', '25T01:30', '26T01:30']);
    const when = new Date('2026-10-26T12:00:00Z');
    expect(judgeSet(set, { every: '24h', grace: '30m', window: '2d' }, when)[0]).toBe('pass');
  });

  test('of a backup that has no time yet, its name tells it', async () => {
    const started = info('None', { status: 'STARTED', end_wal: 'None', size: 'None' });
    const set = await collect({ '20261122T040000': started });
    expect(pointsOf(set)).toEqual([
      { time: '2026-11-22T03:00:00.000Z', id: '20261122T040000', kind: 'full', flaw: 'unfinished' },
    ]);
  });

  test('an incremental backup counts as long as all that it rests on does', async () => {
    const full = info('2026-11-20 03:00:00+00:00');
    const on = (parent: string, day: string): string =>
      info(`2026-11-${day} 03:00:00+00:00`, { parent_backup_id: parent });
    const chain = { '20261121T040000': on('20261120T040000', '21'), '20261122T040000': on('20261121T040000', '22') };
    const whole = await collect({ '20261120T040000': full, ...chain });
    expect(pointsOf(whole).map(({ kind, flaw }) => [kind, flaw])).toEqual([
      ['full', undefined],
      ['incremental', undefined],
      ['incremental', undefined],
    ]);
    expect(judgeSet(await collect(chain), every)).toEqual([
      'fail',
      'backup.none-counts',
      'backup.left-out.broken-chain',
    ]);
    const failed = full.replace('DONE', 'FAILED');
    expect(judgeSet(await collect({ '20261120T040000': failed, ...chain }), every)).toContain('backup.none-counts');
  });

  test('of encryption is told', async () => {
    const encrypted = info('2026-11-22 03:00:00+00:00', { encryption: 'gpg' });
    const plain = info('2026-11-21 03:00:00+00:00', { encryption: 'None' });
    expect((await collect({ '20261122T040000': encrypted })).encrypted).toBe('yes');
    expect((await collect({ '20261121T040000': plain, '20261122T040000': encrypted })).encrypted).toBe('no');
  });

  test.each([
    ['a moment without its offset', { begin_time: '2026-11-22 03:00:00' }, 'unparsable'],
    ['an unknown status', { status: 'PERFECT' }, 'unparsable'],
    ['a backup that is done and did not end', { end_time: 'None' }, 'unparsable'],
    ['a segment of another form', { begin_wal: '../../x' }, 'unparsable'],
    ['snapshots of disks', { snapshots_info: "{'provider': 'gcp'}" }, 'unsupported'],
  ])('with %s is unknown', async (_, more, code) => {
    const set = await collect({ '20261122T040000': info('2026-11-22 03:00:00+00:00', more) });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('a log that goes over from one group of segments to the next is looked for in both', async () => {
    const over = { begin_wal: '0000000100000000000000FF', end_wal: '000000010000000100000000' };
    const notes = { '20261122T040000': info('2026-11-22 03:00:00+00:00', over) };
    const first = { [`${folder}/wals/0000000100000000/${over.begin_wal}`]: 'log' };
    const second = { [`${folder}/wals/0000000100000001/${over.end_wal}`]: 'log' };
    expect(pointsOf(await collect(notes, { ...first, ...second }))).toMatchObject([{ size: 23_203_894 }]);
    expect(pointsOf(await collect(notes, { ...first, ...second }))[0]?.flaw).toBeUndefined();
    expect(pointsOf(await collect(notes, first))[0]?.flaw).toBe('broken-chain');
  });

  test('in a folder that is not there is unknown', async () => {
    expect((await collect({})).points).toMatchObject({ state: 'unreadable', obstacle: { code: 'missing' } });
  });
});
