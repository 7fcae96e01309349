import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../../../../agent/host/host.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable, type Reading } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

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
