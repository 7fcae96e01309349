import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runsIn } from '../../../../agent/collect/backup/rsnapshot-log.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { lastNight, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fakedClock } from './faked-clock.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

function pointsOf(set: BackupSet): Point[] {
  if (set.points.state !== 'read') throw new Error(`not read: ${JSON.stringify(set.points)}`);
  return set.points.value;
}

describe.skipIf(!tool('rsnapshot') || !tool('faketime') || !tool('rsync'))('real folders of rsnapshot', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const source = join(folder.path, 'source');
  const script = join(folder.path, 'dump');

  interface Place {
    readonly config: string;
    readonly root: string;
    readonly log: string;
  }

  /** A configuration with folders of its own. */
  function place(name: string, more: readonly (readonly string[])[] = [], kept = '7'): Place {
    const root = join(folder.path, name, 'root');
    const [config, log] = ['rsnapshot.conf', 'rsnapshot.log'].map((file) => join(folder.path, name, file));
    if (config === undefined || log === undefined) throw new Error('no names');
    mkdirSync(root, { recursive: true });
    const lines = [
      ...[
        ['config_version', '1.2'],
        ['snapshot_root', `${root}/`],
        ['cmd_rsync', '/usr/bin/rsync'],
        ['cmd_cp', '/bin/cp'],
      ],
      ...[
        ['cmd_rm', '/bin/rm'],
        ['retain', 'daily', kept],
        ['retain', 'weekly', '4'],
        ['loglevel', '3'],
      ],
      ...[
        ['logfile', log],
        ['lockfile', join(folder.path, name, 'pid')],
        ['backup', `${source}/`, 'localhost/'],
      ],
      ...more,
    ];
    writeFileSync(config, lines.map((line) => `${line.join('\t')}\n`).join(''));
    return { config, root, log };
  }

  /** On a host with that clock. */
  function environmentAt(moment: string): Record<string, string> {
    return { PATH: '/usr/bin:/bin', HOME: folder.path, TZ: timeZone, ...fakedClock(moment) };
  }

  function run(moment: string, { config }: Place, what = 'daily'): void {
    const env = environmentAt(moment);
    try {
      execFileSync('rsnapshot', ['-c', config, what], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      // 1 and 2 are its own errors and warnings, which some tests want.
      if (!(error instanceof Error && 'status' in error && (error.status === 1 || error.status === 2))) throw error;
    }
  }

  function declare({ config }: Pick<Place, 'config'>, more: object = {}): Record<string, unknown> {
    return { timeZone, source: { rsnapshot: { config, interval: 'daily', ...more } } };
  }

  /** Folders with the copies of these nights, of which as many are kept as that. */
  function placeWith(name: string, moments: readonly string[], kept = '10', more: readonly string[][] = []): Place {
    const made = place(name, more, kept);
    writeFileSync(made.log, '');
    for (const moment of moments) run(moment, made);
    return made;
  }

  function collect(made: Place, more: object = {}): Promise<BackupSet> {
    return collectSet(new LocalHost(), declare(made, more));
  }

  /** Runs rsnapshot until a script keeps it waiting. */
  async function stall(moment: string, { config, root }: Place): Promise<ChildProcess> {
    const word = join(root, '../stalled');
    writeFileSync(script, `#!/bin/sh\ntouch ${word}\nexec sleep 600\n`);
    const env = environmentAt(moment);
    const child = spawn('rsnapshot', ['-c', config, 'daily'], { env, detached: true, stdio: 'ignore' });
    while (!existsSync(word)) await sleep(20);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'exit');
  }

  /** As `placeWith`, with a script that does nothing yet. */
  function placeWithScript(name: string, moments: readonly string[]): Place {
    writeFileSync(script, '#!/bin/sh\necho data > data\n');
    return placeWith(name, moments, '10', [['backup_script', script, 'dump/']]);
  }

  let good: Place;

  beforeAll(() => {
    mkdirSync(source);
    writeFileSync(join(source, 'file'), 'content');
    writeFileSync(script, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    good = place('good');
    for (const night of november) run(night, good);
  }, 30_000);

  testCases({
    copiesOf: (moments, name) => collect(placeWith(name, moments)),
    pruned: () => collect(placeWith('pruned', nightsTo(lastNight), '4')),
    lackingPath() {
      const asked = { ...declare(good, { folder: 'localhost' }), paths: [join(source, 'gone')] };
      return collectSet(new LocalHost(), asked);
    },
    tellsPaths: true,
    async interrupted() {
      const interrupted = placeWithScript('interrupted', nightsTo(november[1]));
      await kill(await stall(lastNight, interrupted));
      return collect(interrupted);
    },
    wrongPassword: { none: 'its copies are folders, which nobody needs a password for' },
    async locked() {
      const locked = placeWithScript('locked', nightsTo(lastNight));
      const running = await stall('2026-11-22T04:00:00Z', locked);
      const before = fingerprint(locked.root);
      const set = await collect(locked);
      expect(fingerprint(locked.root)).toEqual(before);
      await kill(running);
      return set;
    },
  });

  test('are read without changing a thing in them, and pass', async () => {
    const before = fingerprint(good.root);
    const set = await collectSet(new LocalHost(), { ...declare(good, { folder: 'localhost' }), paths: [source] });
    expect(fingerprint(good.root)).toEqual(before);
    expect(pointsOf(set).map(({ time, paths, flaw }) => [time.slice(0, 16), paths, flaw])).toEqual(
      november.map((night) => [night.slice(0, 16), [source], undefined]),
    );
    expect(judgeSet(set, { every: '24h', window: '2d' })[0]).toBe('pass');
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
    expect(judgeSet(set, { every: '24h', window: '2d' }, new Date('2026-11-24T12:00:00Z'))).toContain('backup.too-old');
  });

  test('a copy that was rolled back is as fresh as any by its folder, and does not count', async () => {
    const rolled = place('rolled', [['backup_script', script, 'dump/']]);
    writeFileSync(script, '#!/bin/sh\necho data > data\n', { mode: 0o755 });
    run('2026-11-21T03:00:00Z', rolled);
    writeFileSync(script, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    run('2026-11-22T03:00:00Z', rolled);
    expect(readFileSync(rolled.log, 'utf8')).toContain('Rolling back');
    expect(readFileSync(join(rolled.root, 'daily.0/dump/data'), 'utf8')).toBe('data\n');
    const set = await collectSet(new LocalHost(), declare(rolled));
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual([undefined, 'failed']);
    const judged = judgeSet(set, { every: '24h' });
    expect(judged).toContain('backup.too-old');
    expect(judged).toContain('backup.left-out.failed');
  });

  test('a run that was killed made no copy', async () => {
    const killed = place('killed');
    run('2026-11-21T03:00:00Z', killed);
    run('2026-11-22T03:00:00Z', killed);
    const lines = readFileSync(killed.log, 'utf8').trimEnd().split('\n');
    writeFileSync(killed.log, lines.slice(0, -2).join('\n'));
    const set = await collectSet(new LocalHost(), declare(killed));
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual([undefined, 'unfinished']);
    expect(judgeSet(set, { every: '24h' })).toContain('backup.too-old');
  });

  test('what a longer interval took over keeps its moment', async () => {
    const weeks = place('weeks');
    for (const day of ['09', '10', '11', '12', '13', '14', '15']) run(`2026-11-${day}T03:00:00Z`, weeks);
    run('2026-11-15T05:00:00Z', weeks, 'weekly');
    const set = await collectSet(new LocalHost(), declare(weeks, { interval: 'weekly' }));
    expect(pointsOf(set).map(({ time }) => time.slice(0, 16))).toEqual(['2026-11-09T03:00']);
  });

  test('with sync_first the copy is of when it was fetched', async () => {
    const fetched = place('fetched', [['sync_first', '1']]);
    run('2026-11-21T03:00:00Z', fetched, 'sync');
    run('2026-11-22T05:00:00Z', fetched);
    const set = await collectSet(new LocalHost(), declare(fetched));
    expect(pointsOf(set).map(({ time }) => time.slice(0, 16))).toEqual(['2026-11-21T03:00']);
    expect(judgeSet(set, { every: '24h' })).toContain('backup.too-old');
  });

  test('logs that were rotated away are read too; without them nobody can tell, which is unknown', async () => {
    const rotated = place('rotated');
    cpSync(good.root, rotated.root, { recursive: true, preserveTimestamps: true });
    const runs = readFileSync(good.log, 'utf8').split(/(?<=completed successfully\n)/);
    const [first = '', second = '', third = ''] = runs;
    writeFileSync(`${rotated.log}.2.gz`, gzipSync(first));
    writeFileSync(`${rotated.log}.1`, second);
    writeFileSync(rotated.log, third);
    expect(pointsOf(await collectSet(new LocalHost(), declare(rotated)))).toHaveLength(3);
    renameSync(`${rotated.log}.2.gz`, join(folder.path, 'away'));
    const set = await collectSet(new LocalHost(), declare(rotated));
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported', what: rotated.log } });
    writeFileSync(`${rotated.log}.2.gz`, gzipSync(first).subarray(0, 30));
    const damaged = await collectSet(new LocalHost(), declare(rotated));
    expect(damaged.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
  });

  test('where paths lie in a copy must be told', async () => {
    const untold = await collectSet(new LocalHost(), { ...declare(good), paths: [source] });
    expect(judgeSet(untold, { every: '24h', window: '2d' })[0]).toBe('unknown');
  });

  test('a folder that is not there is unknown', async () => {
    const moved = place('moved');
    renameSync(moved.root, `${moved.root}.away`);
    expect((await collectSet(new LocalHost(), declare(moved))).points).toEqual(unreadable('missing', moved.root));
  });
});

// Logs in the form of rsnapshot 1.4.5.
describe('what a log of rsnapshot tells', () => {
  const command = '/usr/bin/rsnapshot daily';
  const run = (
    day: string,
    hour: string,
    end = `${command}: completed successfully`,
    between: readonly string[] = [],
  ) =>
    [
      `[2026-${day}T${hour}:00] ${command}: started`,
      ...between.map((line) => `[2026-${day}T${hour}:01] ${line}`),
      `[2026-${day}T${hour}:09] ${end}`,
    ].join('\n');

  function outcomes(...logs: readonly string[]): string[] {
    return runsIn(logs.join('\n')).map(({ outcome }) => outcome);
  }

  test('which runs went well', () => {
    const vanished = 'WARNING: Some files and/or directories in /home/ vanished during rsync operation';
    const partly = 'WARNING: Some files and/or directories in /home/ only transferred partially during rsync operation';
    const warned = `WARNING: ${command}: completed, but with some warnings`;
    const failed = `${command}: ERROR: ${command}: completed, but with some errors`;
    const unsure = `${command}: ERROR: ${command}: completed, but with no definite status`;
    expect(outcomes(run('11-22', '03:00'))).toEqual(['good']);
    expect(outcomes(run('11-22', '03:00', warned, [vanished]))).toEqual(['good']);
    expect(outcomes(run('11-22', '03:00', warned, [partly]))).toEqual(['failed']);
    expect(outcomes(run('11-22', '03:00', warned, ['WARNING: Rolling back "localhost/"']))).toEqual(['failed']);
    expect(outcomes(run('11-22', '03:00', undefined, [`${command}: ERROR: rsync returned 12`]))).toEqual(['failed']);
    expect(outcomes(run('11-22', '03:00', failed))).toEqual(['failed']);
    expect(outcomes(run('11-22', '03:00', unsure))).toEqual(['failed']);
    expect(outcomes(run('11-22', '03:00', `${command}: went on`))).toEqual(['unfinished']);
    expect(outcomes(run('11-21', '03:00', 'echo'), run('11-22', '03:00'))).toEqual(['unfinished', 'good']);
  });

  test('a run that found another at work leaves that one as it is', () => {
    const locked = [
      `${command}: started`,
      `${command}: ERROR: Lockfile /run/rsnapshot.pid exists and so does its process, can not continue`,
    ];
    expect(outcomes(run('11-22', '03:00', undefined, locked))).toEqual(['good']);
  });

  function host(copies: Readonly<Record<string, string>>, log: string, more = ''): RecordedHost {
    const folders = Object.entries(copies).map(([name, time]) => [`/srv/rs/${name}`, new Date(time)] as const);
    return new RecordedHost({
      files: {
        '/etc/rsnapshot.conf': `# remark\nsnapshot_root\t/srv/rs/\nretain\tdaily\t7\nlogfile\t/var/log/rsnapshot.log\n${more}`,
        '/var/log/rsnapshot.log': log,
        ...Object.fromEntries(folders.map(([path]) => [`${path}/localhost/file`, 'content'])),
      },
      modifiedAt: Object.fromEntries(folders),
    });
  }

  const declared = { timeZone: 'Europe/Amsterdam', source: { rsnapshot: { interval: 'daily' } } };

  test('its times are of the clock on the wall, also where an hour comes twice', async () => {
    const log = [run('10-23', '02:30'), run('10-24', '02:30'), run('10-25', '02:30'), run('10-26', '02:30')].join('\n');
    const copies = {
      ...{ 'daily.3': '2026-10-23T00:30:08Z', 'daily.2': '2026-10-24T00:30:08Z' },
      ...{ 'daily.1': '2026-10-25T01:30:08Z', 'daily.0': '2026-10-26T01:30:08Z' },
    };
    const until = new Date('2026-10-26T12:00:00Z');
    const asked = { every: '24h', grace: '1m', window: '3d' };
    const set = await collectSet(host(copies, log), declared);
    expect(pointsOf(set)[2]).toEqual({ time: '2026-10-25T01:30:00.000Z', endedAt: '2026-10-25T01:30:08.000Z' });
    expect(judgeSet(set, asked, until)[0]).toBe('pass');
    const { 'daily.1': _, ...others } = copies;
    expect(judgeSet(await collectSet(host(others, log), declared), asked, until)).toContain('backup.gap');
    const spring = [run('03-28', '01:30'), run('03-29', '01:30'), run('03-30', '01:30')].join('\n');
    const nights = {
      'daily.2': '2026-03-28T00:30:08Z',
      'daily.1': '2026-03-29T00:30:08Z',
      'daily.0': '2026-03-29T23:30:08Z',
    };
    const inSpring = await collectSet(host(nights, spring), declared);
    expect(judgeSet(inSpring, { ...asked, window: '2d' }, new Date('2026-03-30T12:00:00Z'))[0]).toBe('pass');
  });

  test('a copy in the future is unknown, and so is one that no run made', async () => {
    const ahead = await collectSet(host({ 'daily.0': '2026-12-22T02:00:08Z' }, run('12-22', '03:00')), declared);
    expect(judgeSet(ahead, { every: '24h' })).toEqual(['unknown', 'backup.future']);
    const touched = await collectSet(host({ 'daily.0': '2026-11-22T09:00:00Z' }, run('11-21', '03:00')), declared);
    expect(judgeSet(touched, { every: '24h' })[0]).toBe('unknown');
  });

  test.each([
    ['include_conf\t`/bin/true`\n', {}, 'unsupported'],
    ['', { interval: 'hourly' }, 'missing'],
  ])('a configuration with %s is unknown', async (line, more, code) => {
    const source = { rsnapshot: { interval: 'daily', ...more } };
    const set = await collectSet(host({}, run('11-22', '03:00'), line), { source });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
  });

  test('without a logfile, without a root, and without a configuration it is unknown', async () => {
    for (const [text, code] of [
      ['snapshot_root\t/srv/rs/\nretain\tdaily\t7\n', 'unsupported'],
      ['retain\tdaily\t7\nlogfile\t/var/log/rsnapshot.log\n', 'unparsable'],
    ] as const) {
      const set = await collectSet(new RecordedHost({ files: { '/etc/rsnapshot.conf': text } }), declared);
      expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
      expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
    }
    const set = await collectSet(new RecordedHost({}), declared);
    expect(set.points).toEqual(unreadable('missing', '/etc/rsnapshot.conf'));
  });
});
