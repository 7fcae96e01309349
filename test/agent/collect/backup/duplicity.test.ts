import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable, type Reading } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fakedClock } from './faked-clock.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { ScratchHost } from './scratch-host.ts';
import { collectSet, judgeSet } from './support.ts';

function pointsOf(set: BackupSet): Point[] {
  if (set.points.state !== 'read') throw new Error(`not read: ${JSON.stringify(set.points)}`);
  return set.points.value;
}

/** As duplicity names its files by their moments. */
function minuteOf(moment: string): string {
  return moment.slice(0, 16).replace(/[-:]/g, '');
}

describe.skipIf(!tool('duplicity') || !tool('faketime'))('a real folder of duplicity', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const good = join(folder.path, 'good');
  const encrypted = join(folder.path, 'encrypted');
  const fulls = join(folder.path, 'fulls');
  const small = join(folder.path, 'source');

  /** Starts duplicity as on a host with that clock. */
  function start(moment: string, words: readonly string[], target: string, source = small): ChildProcess {
    const env = { PATH: '/usr/bin:/bin', HOME: folder.path, PASSPHRASE: 'a passphrase', TZ: timeZone };
    const args = [...words, '--archive-dir', join(folder.path, 'archive'), source, `file://${target}`];
    return spawn('duplicity', args, { env: { ...env, ...fakedClock(moment) }, stdio: 'ignore' });
  }

  async function backUp(moment: string, words: readonly string[], target: string): Promise<void> {
    expect(await once(start(moment, words, target), 'exit')).toEqual([0, null]);
    writeFileSync(join(small, 'file'), moment);
  }

  function copyWithout(name: string, isGone: (file: string) => boolean, from = good): string {
    const path = join(folder.path, name);
    cpSync(from, path, { recursive: true });
    for (const file of readdirSync(path).filter(isGone)) rmSync(join(path, file));
    return path;
  }

  function declare(path: string): Record<string, unknown> {
    return { timeZone, source: { duplicity: { url: `file://${path}` } } };
  }

  function collect(path: string): Promise<BackupSet> {
    return collectSet(new LocalHost(), declare(path));
  }

  /** A folder with the full backups of these nights. */
  function folderWith(name: string, moments: readonly string[]): string {
    const isGone = (file: string): boolean => !moments.some((moment) => file.includes(minuteOf(moment)));
    return copyWithout(name, isGone, fulls);
  }

  beforeAll(async () => {
    mkdirSync(small);
    writeFileSync(join(small, 'file'), 'content');
    for (const day of ['19', '20', '21', '22']) await backUp(`2026-11-${day}T03:00:00Z`, ['--no-encryption'], good);
    await backUp('2026-11-22T03:00:00Z', [], encrypted);
    for (const night of nights) await backUp(night, ['full', '--no-encryption'], fulls);
  }, 120_000);

  testCases({
    copiesOf: (moments, name) => collect(folderWith(name, moments)),
    pruned() {
      const path = folderWith('pruned', nightsTo(lastNight));
      const words = ['remove-all-but-n-full', '4', '--force', '--archive-dir', join(folder.path, 'other-archive')];
      execFileSync('duplicity', [...words, `file://${path}`], { stdio: 'ignore' });
      return collect(path);
    },
    lackingPath() {
      return collectSet(new LocalHost(), { ...declare(folderWith('lacking', nightsTo(lastNight))), paths: ['/etc'] });
    },
    tellsPaths: false,
    async interrupted() {
      const [path, large] = [folderWith('interrupted', nightsTo(november[1])), join(folder.path, 'large')];
      mkdirSync(large);
      for (let index = 0; index < 20; index++) writeFileSync(join(large, String(index)), randomBytes(2 ** 20));
      const running = start(lastNight, ['full', '--no-encryption', '--volsize', '1'], path, large);
      const isBegun = (): boolean => readdirSync(path).some((name) => /^duplicity-full\..*\.vol2\./.test(name));
      while (!isBegun()) await sleep(10);
      running.kill('SIGKILL');
      expect(await once(running, 'exit')).toEqual([null, 'SIGKILL']);
      return collect(path);
    },
    wrongPassword: { none: 'the names in the folder, which are all that is listed, are not encrypted' },
    locked: { none: 'its lock lies in the cache of who makes the backups; the agent has a cache of its own' },
  });

  test('is read without changing a thing in it, and without leaving a thing behind', async () => {
    const [before, host] = [fingerprint(good), new ScratchHost()];
    const set = await collectSet(host, declare(good));
    expect(fingerprint(good)).toEqual(before);
    expect(host.folders.map((path) => existsSync(path))).toEqual([false]);
    expect(pointsOf(set).map(({ time, kind }) => [time.slice(0, 16), kind])).toEqual([
      ['2026-11-19T03:00', 'full'],
      ['2026-11-20T03:00', 'incremental'],
      ['2026-11-21T03:00', 'incremental'],
      ['2026-11-22T03:00', 'incremental'],
    ]);
    expect(judgeSet(set, { every: '24h', window: '3d' })[0]).toBe('pass');
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
    expect(judgeSet(set, { offsite: true })[0]).toBe('fail');
    expect(await collectSet(new LocalHost(), declare(good))).toEqual(set);
  });

  test('encrypted backups need no passphrase to be listed', async () => {
    const set = await collectSet(new LocalHost(), declare(encrypted));
    expect(pointsOf(set)).toHaveLength(1);
    expect(judgeSet(set, { encrypted: true })[0]).toBe('pass');
  });

  test('what rests on a lost incremental does not count, though its files are there', async () => {
    const path = copyWithout('broken', (name) => /(inc|new-signatures)\.20261119/.test(name));
    const set = await collectSet(new LocalHost(), declare(path));
    expect(pointsOf(set).map(({ time, flaw }) => [time.slice(8, 10), flaw])).toEqual([
      ['19', undefined],
      ['21', 'broken-chain'],
      ['22', 'broken-chain'],
    ]);
    const judged = judgeSet(set, { every: '24h' });
    expect(judged).toContain('backup.too-old');
    expect(judged).toContain('backup.left-out.broken-chain');
  });

  test('without its full backup nothing counts', async () => {
    const set = await collectSet(new LocalHost(), declare(copyWithout('headless', (name) => name.includes('full.2'))));
    expect(judgeSet(set, { every: '24h' })).toContain('backup.none-counts');
  });

  test('a folder that is not there is unknown, and is not made', async () => {
    const nowhere = join(folder.path, 'nowhere');
    expect((await collectSet(new LocalHost(), declare(nowhere))).points).toEqual(unreadable('missing', nowhere));
    expect(existsSync(nowhere)).toBe(false);
  });

  test.skipIf(process.getuid?.() !== 0 || !tool('setpriv'))('an ordinary user gets unknown', async () => {
    const path = copyWithout('private', () => false);
    chmodSync(folder.path, 0o755);
    chmodSync(path, 0o700);
    expect((await collectSet(new OrdinaryUser(), declare(path))).points).toEqual(unreadable('denied', path));
  });
});

// The form of duplicity 0.8.22.
describe('what duplicity may answer elsewhere', () => {
  const scratch = '/tmp/waarborg-0123456789';
  const url = 'sftp://backup@nas.example.nl/web1';
  const command = `duplicity collection-status --archive-dir ${scratch} --log-fd 1 --num-retries 1 --timeout 30 ${url}`;

  function answering(answer: Partial<CommandResult> | Reading<never>): RecordedHost {
    return new RecordedHost({
      hostname: 'web1',
      commands: {
        'mktemp --directory /tmp/waarborg-XXXXXXXXXX': { stdout: `${scratch}\n` },
        [command]: answer,
        [`rm --recursive --force -- ${scratch}`]: {},
      },
    });
  }

  function status(...lines: readonly string[]): string {
    const end = ['orphaned-sets-num 0', 'incomplete-sets-num 0', '. Collection Status', ''];
    return ['Collection Status', 'INFO 3 ', 'backend BackendWrapper', 'archive-dir (. dir)', ...lines, ...end].join(
      '\n',
    );
  }

  function read(answer: Partial<CommandResult> | Reading<never>): Promise<BackupSet> {
    return collectSet(answering(answer), { timeZone: 'Europe/Amsterdam', source: { duplicity: { url } } });
  }

  const nights = (...times: readonly string[]): string =>
    status('chain-complete', ...times.map((time, index) => ` ${index === 0 ? 'full' : 'inc'} ${time}Z 3 enc`));

  test('several chains are one row of copies', async () => {
    const older = ['chain-no-sig 0', ' full 20261101T020000Z 12 enc', ' inc 20261108T020000Z 1 enc'];
    const set = await read({ stdout: status(...older, 'chain-complete', ' full 20261115T020000Z 12 enc') });
    expect(set.location).toEqual({ kind: 'remote', server: 'nas.example.nl' });
    expect(pointsOf(set).map(({ kind }) => kind)).toEqual(['full', 'incremental', 'full']);
    expect(judgeSet(set, { generations: { weekly: 2 } })[0]).toBe('pass');
  });

  test('a missing day is a gap, also in the night that the clock changes', async () => {
    const until = new Date('2026-10-26T12:00:00Z');
    const asked = { every: '24h', grace: '1m', window: '3d' };
    const all = ['20261023T003000', '20261024T003000', '20261025T013000', '20261026T013000'];
    expect(judgeSet(await read({ stdout: nights(...all) }), asked, until)[0]).toBe('pass');
    const hole = nights(...all.filter((time) => !time.startsWith('20261025')));
    expect(judgeSet(await read({ stdout: hole }), asked, until)).toContain('backup.gap');
    const spring = nights('20260327T013000', '20260328T013000', '20260329T013000', '20260330T003000');
    expect(judgeSet(await read({ stdout: spring }), asked, new Date('2026-03-30T12:00:00Z'))[0]).toBe('pass');
  });

  test('an error beside a status, and every other end, is unknown', async () => {
    const good = nights('20261122T030000');
    const refused = `ERROR 23 BackendException\n. BackendException: ssh connection to nas.example.nl failed\n`;
    for (const [answer, code] of [
      [{ exitCode: 23, stdout: refused }, 'command-failed'],
      [{ stdout: `${refused}\n${good}` }, 'command-failed'],
      [{ exitCode: 1, stdout: good }, 'command-failed'],
      [{ stdout: '' }, 'unparsable'],
      [{ stdout: good.slice(0, good.indexOf('orphaned')) }, 'unparsable'],
      [{ stdout: status(' full 20261399T030000Z 1 enc') }, 'unparsable'],
      [{ stdout: status(' differential 20261122T030000Z 1 enc') }, 'unparsable'],
      [{ stdout: good.replace('orphaned-sets-num 0', 'orphaned-sets-num 2') }, 'unparsable'],
      [unreadable('timeout', command), 'timeout'],
    ] as const) {
      const set = await read(answer);
      expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
      expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
      expect(JSON.stringify(set)).not.toContain(scratch);
    }
  });

  test.each([
    ['paramiko+sftp://backup@nas.example.nl:22//srv', 'nas.example.nl'],
    ['ftp://[fd00::4]/x', 'fd00::4'],
    ['boto3+s3://bucket/web1', 's3.amazonaws.com'],
    ['b2://id@bucket/web1', 'b2'],
    ['rclone://nas:/web1', 'unseen'],
    ['file:///srv/x', 'path'],
  ])('%s lies at %s', async (address, place) => {
    const { location } = await collectSet(new RecordedHost({}), { source: { duplicity: { url: address } } });
    expect(location.kind === 'remote' ? location.server : location.kind).toBe(place);
  });

  test.each(['/srv/x', 'file://srv/x', 'ftp://backup:geheim@nas/x', '--option'])('%s is refused', async (address) => {
    const declared = { source: { duplicity: { url: address } } };
    await expect(collectSet(new RecordedHost({}), declared)).rejects.toThrow();
  });
});
