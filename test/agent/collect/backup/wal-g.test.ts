import { describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

/** The form of the list follows WAL-G 3.0 (`backup-list --detail --json`): Debian has no package of it. */
const config = '/etc/wal-g.yaml';
const list = `wal-g backup-list --detail --json --config ${config}`;
const every = { every: '24h', window: '2d' };

function backup(day: number, more: object = {}): object {
  const segment = `0000000100000000000000${day}`;
  return {
    ...{
      backup_name: `base_${segment}`,
      time: '2026-11-22T09:00:00Z',
      wal_file_name: segment,
      storage_name: 'default',
    },
    ...{ start_time: `2026-11-${day}T03:00:00.892342Z`, finish_time: `2026-11-${day}T03:05:31.852791Z` },
    ...{ date_fmt: '%Y-%m-%dT%H:%M:%S.%fZ', hostname: 'db1', data_dir: '/var/lib/postgresql/15/main' },
    ...{
      pg_version: 150_018,
      start_lsn: 50_331_688,
      is_permanent: false,
      system_identifier: 7_710_911_195_852_814_672n,
    },
    ...{ uncompressed_size: 23_066_309, compressed_size: 3_066_309, ...more },
  };
}

/** Delta copies are named by what they rest on. */
function delta(day: number, on: number): object {
  const [segment, parent] = [day, on].map((number) => `0000000100000000000000${number}`);
  return backup(day, { backup_name: `base_${segment ?? ''}_D_${parent ?? ''}` });
}

/** The identifier of a cluster is larger than JavaScript's numbers are exact. */
function json(backups: readonly object[]): string {
  return JSON.stringify(backups, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

function collect(
  answer: NonNullable<Recording['commands']>[string],
  settings = 'WALG_S3_PREFIX: s3://bucket/db1\nAWS_SECRET_ACCESS_KEY: geheim\n',
): Promise<BackupSet> {
  const host = new RecordedHost({
    files: { [config]: settings, '/srv/wal-g/basebackups_005/x': '' },
    commands: { [list]: answer },
  });
  return collectSet(host, { source: { 'wal-g': { config } } });
}

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

describe('backups of WAL-G', () => {
  test('pass, and are of when they began, whenever their objects were last written to', async () => {
    const set = await collect({ stdout: json([backup(22), backup(20), delta(21, 20)]) });
    expect(pointsOf(set).map(({ time, kind, size }) => [time, kind, size])).toEqual([
      ['2026-11-20T03:00:00.892Z', 'full', 23_066_309],
      ['2026-11-21T03:00:00.892Z', 'incremental', 23_066_309],
      ['2026-11-22T03:00:00.892Z', 'full', 23_066_309],
    ]);
    expect(judgeSet(set, every)[0]).toBe('pass');
    expect(judgeSet(set, { offsite: true })[0]).toBe('pass');
    expect(judgeSet(set, { encrypted: true })[0]).toBe('unknown');
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('that stopped are too old, though the bucket was copied today', async () => {
    const set = await collect({ stdout: json([backup(18), backup(19)]) });
    expect(judgeSet(set, every)).toContain('backup.too-old');
  });

  test('of which one is missing have a gap', async () => {
    const set = await collect({ stdout: json([backup(20), backup(22)]) });
    expect(judgeSet(set, every)).toContain('backup.gap');
  });

  test('a delta without what it rests on does not count, nor one that rests on that', async () => {
    const set = await collect({ stdout: json([delta(20, 19), delta(21, 20), backup(22)]) });
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual(['broken-chain', 'broken-chain', undefined]);
    expect(judgeSet(set, { every: '24h', keep: '2d' })).toContain('backup.kept-too-short');
  });

  test('from the future are unknown', async () => {
    expect(judgeSet(await collect({ stdout: json([backup(23)]) }), every)).toEqual(['unknown', 'backup.future']);
  });

  test('none at all fails, where WAL-G says so', async () => {
    const none = await collect({ stderr: 'INFO: 2026/11/22 12:00:00.123456 No backups found\n' });
    expect(judgeSet(none, every)).toEqual(['fail', 'backup.none']);
    expect(judgeSet(await collect({ stdout: '[]' }), every)).toEqual(['fail', 'backup.none']);
  });

  test('an error is unknown, without the moment and the number that differ at each run', async () => {
    const said = (moment: string, id: string): string =>
      `INFO: ${moment} start\nERROR: ${moment} failed to list s3://bucket: AccessDenied, status code: 403, request id: ${id}\n`;
    const first = await collect({ exitCode: 1, stderr: said('2026/11/22 12:00:00.123456', 'A1') });
    const second = await collect({ exitCode: 1, stderr: said('2026/11/22 13:00:00.654321', 'B2') });
    expect(first).toEqual(second);
    const detail = 'ERROR: failed to list s3://bucket: AccessDenied, status code: 403';
    expect(first.points).toEqual(unreadable('command-failed', 'wal-g backup-list', detail));
  });

  test('a list that left out a backup with an error is unknown, though it was printed', async () => {
    const stderr = 'ERROR: 2026/11/22 12:00:00.1 failed to fetch metadata of base_000000010000000000000021\n';
    const set = await collect({ stdout: json([backup(22)]), stderr });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'name modified'],
    ['a backup without a moment', json([backup(22, { start_time: '0001-01-01T00:00:00Z' })])],
    ['a backup of another database', json([backup(22, { backup_name: 'stream_20261122T030000Z' })])],
  ])('an answer that is %s is unknown', async (_, stdout) => {
    const set = await collect({ stdout });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
  });

  test.each([
    ['WALG_FILE_PREFIX: /srv/wal-g', { kind: 'path', path: '/srv/wal-g' }],
    ['WALG_SSH_PREFIX: ssh://backup2.example.nl/wal', { kind: 'remote', server: 'backup2.example.nl' }],
    ['WALG_GS_PREFIX: gs://bucket', { kind: 'remote', server: 'gs' }],
    ['WALG_SWIFT_PREFIX: swift://c', { kind: 'unseen', through: 'wal-g swift' }],
    ['{"WALG_S3_PREFIX": "s3://b", "AWS_ENDPOINT": "http://localhost:9000"}', { kind: 'remote', server: 'localhost' }],
  ])('lie where the settings say: %s', async (settings, location) => {
    expect((await collect({ stdout: json([backup(22)]) }, settings)).location).toMatchObject(location);
  });

  test.each([
    ['several places', 'WALG_GS_PREFIX: gs://a\nWALG_S3_PREFIX: s3://b\n', 'unsupported'],
    ['no place', 'PGHOST: /run\n', 'unsupported'],
    ['no settings', 'text', 'unparsable'],
    ['no YAML', 'WALG_S3_PREFIX: "geheim', 'unparsable'],
    ['a folder that is not there', 'WALG_FILE_PREFIX: /nowhere', 'missing'],
  ])('settings with %s are unknown', async (_, settings, code) => {
    const set = await collect({ stdout: json([backup(22)]) }, settings);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('settings may come from an environment file, of which no commands are taken', async () => {
    const environment: Record<string, string>[] = [];
    class Watched extends RecordedHost {
      override run(command: Parameters<RecordedHost['run']>[0]): ReturnType<RecordedHost['run']> {
        environment.push({ ...command.env });
        return super.run(command);
      }
    }
    const lines = [
      'WALG_S3_PREFIX=s3://bucket',
      'AWS_SECRET_ACCESS_KEY=x',
      'WALG_STREAM_CREATE_COMMAND=rm',
      'PATH=/tmp',
    ];
    const host = new Watched({
      files: { '/etc/wal-g.env': lines.join('\n') },
      commands: { 'wal-g backup-list --detail --json': { stdout: json([backup(22)]) } },
    });
    const set = await collectSet(host, { source: { 'wal-g': { environmentFile: '/etc/wal-g.env' } } });
    expect(pointsOf(set)).toHaveLength(1);
    expect(environment.map((one) => Object.keys(one).sort())).toEqual([
      ['AWS_SECRET_ACCESS_KEY', 'HOME', 'WALG_S3_PREFIX'],
    ]);
  });

  test('need their settings', async () => {
    const host = new RecordedHost({});
    await expect(collectSet(host, { source: { 'wal-g': {} } })).rejects.toThrow('expected either');
    const set = await collectSet(host, { source: { 'wal-g': { config } } });
    expect(set.points).toEqual(unreadable('missing', config));
  });
});
