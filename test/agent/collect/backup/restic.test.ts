import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable, type Reading } from '../../../../policies/reading.ts';
import { makeResticRepository, resticPassword } from '../../../support/restic.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { collectSet, collectSets, judgeSet } from './support.ts';

const command = 'restic snapshots --json --no-lock --no-cache';

/** A recorded host on which restic answers so. */
function answering(answer: Partial<CommandResult> | Reading<never>): RecordedHost {
  return new RecordedHost({ hostname: 'web1', commands: { [command]: answer } });
}

function remote(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { source: { restic: { repository: 'sftp:nas.example.nl:/srv/restic', passwordFile: '/etc/pass', ...more } } };
}

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
    // A lock is written under another name first.
    const locks = (): string[] => readdirSync(join(repository, 'locks')).filter((name) => !name.includes('-tmp-'));
    while (locks().length === 0) await setTimeout(20);
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

describe('what restic may answer elsewhere', () => {
  test('not installed', async () => {
    const set = await collectSet(new RecordedHost({ hostname: 'web1' }), remote());
    expect(set.points).toEqual(unreadable('command-missing', 'restic'));
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  // restic 0.14 exits with 0 and prints an empty list when it may not look into the folder of snapshots.
  test('an empty list beside a complaint is unknown, not an empty repository', async () => {
    const stderr = 'could not load snapshots: open /srv/restic/snapshots: permission denied\n';
    const set = await collectSet(answering({ stdout: '[]', stderr }), remote());
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'denied' } });
  });

  test('chatter of ssh on standard error is no complaint', async () => {
    const stderr = 'Welcome to nas.example.nl\n';
    const set = await collectSet(answering({ stdout: '[]', stderr }), remote());
    expect(set.points).toEqual({ state: 'read', value: [] });
  });

  test.each([
    [10, '{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist"}', 'command-failed'],
    [11, 'Fatal: unable to create lock in backend', 'command-failed'],
    [
      1,
      'Fatal: unable to open repository at sftp:nas:/x: unable to start the sftp session, error: EOF',
      'command-failed',
    ],
  ])('exit code %i', async (exitCode, stderr, code) => {
    const set = await collectSet(answering({ exitCode, stderr }), remote());
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test('exit code 12 is a wrong password', async () => {
    const stderr = '{"message_type":"exit_error","code":12,"message":"Fatal: wrong password or no key found"}';
    const set = await collectSet(answering({ exitCode: 12, stderr }), remote());
    expect(set.points).toEqual({ state: 'wrong-password', passwordFrom: '/etc/pass' });
  });

  test('output that is no list of snapshots', async () => {
    const id = 'a47ad512fac69888a3a366500a7579be5c5f1783eca0e7d97c538593f39a1d91';
    const dated = `[{"time":"yesterday","id":"${id}","paths":[]}]`;
    const nameless = '[{"time":"2026-11-22T03:00:00Z","paths":[]}]';
    // As `--group-by` gives it.
    const grouped = `[{"group_key":{},"snapshots":[{"time":"2026-11-22T03:00:00Z","id":"${id}","paths":[]}]}]`;
    for (const stdout of ['', 'repository opened', '{}', dated, nameless, grouped]) {
      const set = await collectSet(answering({ stdout }), remote());
      expect(set.points, stdout).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
    }
  });

  test('a password in a repository’s name never reaches the facts', async () => {
    const host = new RecordedHost({
      hostname: 'web1',
      files: { '/etc/restic.repo': 'rest:https://web1:geheim@nas.example.nl:8000/web1\n' },
      commands: {
        [command]: { exitCode: 1, stderr: 'Fatal: Head "https://web1:geheim@nas.example.nl:8000/config": EOF' },
      },
    });
    const source = { restic: { repositoryFile: '/etc/restic.repo', passwordFile: '/etc/pass' } };
    const set = await collectSet(host, { source });
    expect(set.location).toEqual({ kind: 'remote', server: 'nas.example.nl' });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'command-failed' } });
    expect(JSON.stringify(set)).not.toContain('geheim');
    expect(host.asked).toEqual([command]);
  });

  const common = {
    tree: '2dfbdd2cf3c3d2a89e323290e2bd7fe0c9678a6af804f6661278f7030738ecdf',
    paths: ['/etc'],
    hostname: 'web1',
    username: 'root',
    id: 'a47ad512fac69888a3a366500a7579be5c5f1783eca0e7d97c538593f39a1d91',
    short_id: 'a47ad512',
  };
  const summary = {
    backup_start: '2026-11-22T04:00:00.1+01:00',
    backup_end: '2026-11-22T04:10:00.1+01:00',
    ...{ files_new: 1, files_changed: 0, files_unmodified: 9, dirs_new: 0, dirs_changed: 1, dirs_unmodified: 3 },
    ...{ data_blobs: 2, tree_blobs: 3, data_added: 2048, data_added_packed: 1024 },
    ...{ total_files_processed: 10, total_bytes_processed: 4096 },
  };

  // Fields as restic's source has them: internal/restic/snapshot.go, its issue 4188 (program_version, 0.16) and its pull
  // request 4705 (summary, 0.17).
  test.each([
    ['0.12', { uid: 1000, gid: 1000, excludes: ['*.tmp'], parent: common.tree }],
    ['0.14', { tags: ['nightly'] }],
    ['0.16', { program_version: 'restic 0.16.5' }],
    ['0.17', { program_version: 'restic 0.17.3', summary }],
    ['0.18', { program_version: 'restic 0.18.1', summary, original: common.id, tags: null }],
  ])('a list in the form of restic %s', async (_, more) => {
    const stdout = JSON.stringify([{ time: '2026-11-22T04:00:00.1+01:00', ...common, ...more }]);
    const set = await collectSet(answering({ stdout }), { ...remote(), paths: ['/etc'] });
    const told = 'summary' in more ? { size: 4096, endedAt: '2026-11-22T03:10:00.100Z' } : {};
    expect(pointsOf(set)).toMatchObject([
      { time: '2026-11-22T03:00:00.100Z', paths: ['/etc'], id: common.id.slice(0, 16), ...told },
    ]);
    expect(judgeSet(set, { every: '24h', window: '1d' })[0]).toBe('pass');
  });

  // A source that cannot be read ends `restic backup` with 3, and its snapshot has no mark of it.
  test('an incomplete snapshot is found out by its size, where restic tells it', async () => {
    const nights = ['19', '20', '21', '22'].map((day) => ({
      ...common,
      time: `2026-11-${day}T03:00:00Z`,
      id: common.id.replace('a4', day),
      summary: {
        backup_start: `2026-11-${day}T03:00:00Z`,
        backup_end: `2026-11-${day}T03:10:00Z`,
        total_bytes_processed: day === '22' ? 1000 : 4096,
      },
    }));
    const set = await collectSet(answering({ stdout: JSON.stringify(nights) }), remote());
    expect(judgeSet(set, { every: '24h', window: '3d' })[0]).toBe('pass');
    expect(judgeSet(set, { sizeDrop: 50, window: '3d' })).toEqual(['fail', 'backup.shrunk']);
    const untold = nights.map(({ summary: _, ...night }) => night);
    const older = await collectSet(answering({ stdout: JSON.stringify(untold) }), remote());
    expect(judgeSet(older, { sizeDrop: 50, window: '3d' })).toEqual(['unknown', 'backup.sizes-unseen']);
  });

  // Without a single snapshot some versions print null.
  test.each(['null', '[]'])('%s is an empty repository', async (stdout) => {
    const set = await collectSet(answering({ stdout }), remote());
    expect(judgeSet(set, { every: '24h' })).toEqual(['fail', 'backup.none']);
  });

  describe('with a summary (the form of restic 0.17 and later)', () => {
    function snapshot(time: string, began: string, bytes: number): object {
      return {
        time,
        tree: '2dfbdd2cf3c3d2a89e323290e2bd7fe0c9678a6af804f6661278f7030738ecdf',
        paths: ['/var/www'],
        hostname: 'web1',
        username: 'root',
        program_version: 'restic 0.17.3',
        summary: {
          backup_start: began,
          backup_end: began,
          files_new: 1,
          files_changed: 0,
          files_unmodified: 0,
          data_added: 2048,
          total_files_processed: 1,
          total_bytes_processed: bytes,
        },
        id: 'a47ad512fac69888a3a366500a7579be5c5f1783eca0e7d97c538593f39a1d91',
        short_id: 'a47ad512',
      };
    }

    test('size and true beginning are facts', async () => {
      const began = '2026-11-22T04:00:00.482913527+01:00';
      const stdout = JSON.stringify([snapshot(began, began, 1234)]);
      const set = await collectSet(answering({ stdout }), remote());
      expect(pointsOf(set)).toMatchObject([
        {
          time: '2026-11-22T03:00:00.482Z',
          id: 'a47ad512fac69888',
          paths: [],
          size: 1234,
          startedAt: '2026-11-22T03:00:00.482Z',
          endedAt: '2026-11-22T03:00:00.482Z',
        },
      ]);
      expect(judgeSet(set, { every: '24h' })[0]).toBe('pass');
    });

    test('a date given with --time is found out', async () => {
      const lying = snapshot('2026-11-22T03:00:00Z', '2026-11-19T03:00:00Z', 1234);
      const set = await collectSet(answering({ stdout: JSON.stringify([lying]) }), remote());
      expect(judgeSet(set, { every: '24h' })).toEqual(['fail', 'backup.none-counts', 'backup.left-out.post-dated']);
    });

    test('a snapshot of an empty folder, such as a disk that was not mounted, does not count', async () => {
      const hollow = snapshot('2026-11-22T03:00:00Z', '2026-11-22T03:00:00Z', 0);
      const set = await collectSet(answering({ stdout: JSON.stringify([hollow]) }), {
        ...remote(),
        paths: ['/var/www'],
      });
      expect(judgeSet(set, { every: '24h' })).toEqual(['fail', 'backup.none-counts', 'backup.left-out.empty']);
    });
  });
});
