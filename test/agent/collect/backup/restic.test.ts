import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { makeResticRepository, resticPassword } from '../../../support/restic.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { collectSet, collectSets, judgeSet } from './support.ts';

function pointsOf(set: BackupSet): Point[] {
  if (set.points.state !== 'read') throw new Error(`not read: ${JSON.stringify(set.points)}`);
  return set.points.value;
}

/** As `--time` takes a moment, on UTC's clock. */
function timeOf(moment: string): string {
  return moment.slice(0, 19).replace('T', ' ');
}

describe.skipIf(!tool('restic'))('a real restic repository', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const passwordFile = join(folder.path, 'password');
  const sources = { etc: join(folder.path, 'source/etc'), www: join(folder.path, 'source/www') };
  const empty = join(folder.path, 'empty');
  const everything = join(folder.path, 'everything');
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path, RESTIC_PASSWORD_FILE: passwordFile };

  function resticOn(repository: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    execFileSync('restic', ['--no-cache', '--quiet', ...args], {
      env: { ...environment, RESTIC_REPOSITORY: repository, TZ: 'UTC', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  /** The files of the snapshots in `everything`, by their moments. */
  const snapshotFiles = new Map<string, string>();

  /** A repository with a snapshot of both sources in each of these nights: a copy, because every backup takes a while. */
  function repositoryWith(name: string, moments: readonly string[]): string {
    const repository = join(folder.path, name);
    cpSync(everything, repository, { recursive: true });
    for (const [moment, file] of snapshotFiles) {
      if (!moments.includes(moment)) rmSync(join(repository, 'snapshots', file));
    }
    return repository;
  }

  function emptyRepository(name: string): string {
    cpSync(empty, join(folder.path, name), { recursive: true });
    return join(folder.path, name);
  }

  function declare(repository: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return { timeZone, source: { restic: { repository, passwordFile } }, ...more };
  }

  function collect(repository: string, more: Readonly<Record<string, unknown>> = {}): Promise<BackupSet> {
    return collectSet(new LocalHost(), declare(repository, more));
  }

  /** `restic backup` at work on standard input, when it has written its lock: other words than `--stdin` may follow. */
  async function startBackup(repository: string, ...more: readonly string[]): Promise<ChildProcess> {
    const env = { ...environment, RESTIC_REPOSITORY: repository, TZ: 'UTC' };
    const args = ['--no-cache', 'backup', '--stdin', ...more];
    const running = spawn('restic', args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
    const folder = join(repository, 'locks');
    // A lock is written under another name first, and protected from writing last.
    const isDone = (name: string): boolean =>
      !name.includes('-tmp-') && (statSync(join(folder, name)).mode & 0o222) === 0;
    while (!readdirSync(folder).some(isDone)) await setTimeout(20);
    return running;
  }

  async function kill(running: ChildProcess): Promise<void> {
    running.kill('SIGKILL');
    await once(running, 'close');
  }

  beforeAll(() => {
    for (const path of Object.values(sources)) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'file'), path);
    }
    writeFileSync(passwordFile, `${resticPassword}\n`, { mode: 0o600 });
    makeResticRepository(empty);
    cpSync(empty, everything, { recursive: true });
    for (const moment of nights) {
      resticOn(everything, ['backup', '--time', timeOf(moment), ...Object.values(sources)]);
      const known = [...snapshotFiles.values()];
      const [added = ''] = readdirSync(join(everything, 'snapshots')).filter((file) => !known.includes(file));
      snapshotFiles.set(moment, added);
    }
  });

  testCases({
    copiesOf: (moments, name) => collect(repositoryWith(name, moments)),
    pruned() {
      const repository = repositoryWith('pruned', nightsTo(lastNight));
      resticOn(repository, ['forget', '--keep-daily', '4']);
      return collect(repository);
    },
    // restic is content though one of its sources is not there.
    lackingPath() {
      const repository = emptyRepository('lacking');
      const gone = join(folder.path, 'source/gone');
      resticOn(repository, ['backup', '--time', timeOf(lastNight), sources.etc, gone]);
      return collect(repository, { paths: [sources.etc, gone] });
    },
    tellsPaths: true,
    async interrupted() {
      const repository = repositoryWith('interrupted', nightsTo(november[1]));
      await kill(await startBackup(repository, '--time', timeOf(lastNight)));
      return collect(repository);
    },
    async wrongPassword() {
      const wrong = join(folder.path, 'wrong');
      writeFileSync(wrong, 'another password\n');
      const set = await collectSet(new LocalHost(), {
        source: { restic: { repository: empty, passwordFile: wrong } },
      });
      expect(set.points).toEqual({ state: 'wrong-password', passwordFrom: wrong });
      return set;
    },
    async locked() {
      const repository = repositoryWith('locked', nightsTo(lastNight));
      const running = await startBackup(repository);
      const before = fingerprint(repository);
      const set = await collect(repository);
      expect(fingerprint(repository)).toEqual(before);
      await kill(running);
      return set;
    },
  });

  test('reading changes nothing in the repository, and tells the same again', async () => {
    const repository = repositoryWith('read', nightsTo(lastNight));
    const before = fingerprint(repository);
    const set = await collect(repository, { paths: [sources.www, sources.etc] });
    expect(fingerprint(repository)).toEqual(before);
    const id = expect.stringMatching(/^[0-9a-f]{16}$/) as string;
    expect(pointsOf(set)[0]).toEqual({ time: '2026-03-28T01:30:00.000Z', id, paths: [sources.etc, sources.www] });
    expect(set).toMatchObject({ tool: 'restic', encrypted: 'yes', ofHost: hostname(), otherHosts: [] });
    expect(judgeSet(set, { every: '24h', keep: '3d', generations: { daily: 3 }, encrypted: true })).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
      'backup.daily',
      'backup.encrypted',
    ]);
    const again = await collect(repository, { paths: [sources.www, sources.etc] });
    expect(JSON.stringify(again)).toBe(JSON.stringify(set));
    expect(JSON.stringify(set)).not.toContain('password');
  });

  test('a repository on a disk of this host is not elsewhere', async () => {
    const set = await collectSet(new LocalHost(), declare(repositoryWith('here', [lastNight])));
    expect(set.location).toMatchObject({ kind: 'path', fileSystem: { state: 'read' } });
    expect(judgeSet(set, { offsite: true })[0]).toBe('fail');
  });

  test('the hour of a snapshot is read with its zone', async () => {
    const repository = emptyRepository('zone');
    resticOn(repository, ['backup', '--time', '2026-11-22 03:00:00', sources.etc], { TZ: 'Europe/Amsterdam' });
    const set = await collectSet(new LocalHost(), declare(repository));
    expect(pointsOf(set).map(({ time }) => time)).toEqual(['2026-11-22T02:00:00.000Z']);
  });

  test('a snapshot that is given a tag stays the copy that it was', async () => {
    const repository = repositoryWith('tagged', [lastNight]);
    resticOn(repository, ['tag', '--add', 'kept']);
    const [point] = pointsOf(await collectSet(new LocalHost(), declare(repository)));
    expect(point?.id).toBe(snapshotFiles.get(lastNight)?.slice(0, 16));
    expect(readdirSync(join(repository, 'snapshots')).some((name) => name.startsWith(point?.id ?? ''))).toBe(false);
  });

  test('snapshots of other hosts and without the tag are not ours', async () => {
    const repository = emptyRepository('shared');
    const backUp = (...args: string[]): void => resticOn(repository, ['backup', sources.etc, ...args]);
    backUp('--time', '2026-11-22 03:00:00', '--host', 'web2', '--tag', 'nightly');
    backUp('--time', '2026-11-21 03:00:00', '--host', 'web3', '--tag', 'nightly,etc');
    backUp('--time', '2026-11-20 03:00:00', '--host', 'web3');
    const source = (more: object): object => ({ source: { restic: { repository, passwordFile, ...more } } });
    const [own, web3, tagged] = await collectSets(new LocalHost(), [
      { set: '1', ...source({}) },
      { set: '2', ...source({ host: 'web3' }) },
      { set: '3', ...source({ host: 'web3', tags: ['etc', 'nightly'] }) },
    ]);
    expect(own).toMatchObject({ otherHosts: ['web2', 'web3'], points: { value: [] } });
    expect(own && judgeSet(own, { every: '24h' })).toEqual(['fail', 'backup.none-of-host']);
    expect(web3?.points).toMatchObject({ value: [{ time: '2026-11-20T03:00:00.000Z' }, {}] });
    expect(tagged?.points).toMatchObject({ value: [{ time: '2026-11-21T03:00:00.000Z' }] });
    expect(tagged && pointsOf(tagged)).toHaveLength(1);
  });

  test('a missing repository is unknown and named', async () => {
    const repository = join(folder.path, 'nowhere');
    const set = await collectSet(new LocalHost(), declare(repository));
    expect(set.points).toEqual(unreadable('missing', repository));
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test('a password file that is not there is unknown and named', async () => {
    const gone = join(folder.path, 'no-password');
    const source = { restic: { repository: empty, passwordFile: gone } };
    expect((await collectSet(new LocalHost(), { source })).points).toEqual(unreadable('missing', gone));
  });

  test('a password from an environment file opens it, and nothing in that file leads restic elsewhere', async () => {
    const environmentFile = join(folder.path, 'restic.env');
    const repository = repositoryWith('environment', [lastNight]);
    const lines = [
      'export RESTIC_PASSWORD="a password"',
      `RESTIC_REPOSITORY=${empty}`,
      'RESTIC_PASSWORD_COMMAND=/bin/false',
    ];
    writeFileSync(environmentFile, lines.join('\n'));
    const set = await collectSet(new LocalHost(), { source: { restic: { repository, environmentFile } } });
    expect(pointsOf(set)).toHaveLength(1);
  });

  test('a snapshot that cannot be read makes the list unknown, though restic leaves it out and exits with 0', async () => {
    const repository = repositoryWith('damaged', november.slice(1));
    const [snapshot = ''] = readdirSync(join(repository, 'snapshots'));
    const path = join(repository, 'snapshots', snapshot);
    const content = readFileSync(path);
    rmSync(path);
    writeFileSync(path, content.subarray(0, 50));
    const set = await collectSet(new LocalHost(), declare(repository));
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'command-failed' } });
  });

  test.skipIf(process.getuid?.() !== 0 || !tool('setpriv'))(
    'an ordinary user who may not read the repository gets unknown',
    async () => {
      const repository = repositoryWith('private', [lastNight]);
      chmodSync(folder.path, 0o755);
      chmodSync(passwordFile, 0o644);
      const set = await collectSet(new OrdinaryUser(), declare(repository));
      expect(set.points).toEqual(unreadable('denied', repository));
      chmodSync(passwordFile, 0o600);
      const withoutPassword = await collectSet(new OrdinaryUser(), declare(repository));
      expect(withoutPassword.points).toEqual(unreadable('denied', passwordFile));
    },
  );
});
