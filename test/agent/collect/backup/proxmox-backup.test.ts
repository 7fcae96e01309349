import { describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

/** The form of the list follows the API of Proxmox Backup Server 2 and 3 (`admin/datastore/{store}/snapshots`). */
const repository = 'agent@pbs!waarborg@backup.example.nl:store1';
const scratch = '/tmp/waarborg-0123456789';
const every = { every: '24h', window: '2d' };

interface File {
  readonly filename: string;
  readonly size?: number;
  readonly 'crypt-mode'?: string;
}

const index: File = { filename: 'index.json.blob', size: 500, 'crypt-mode': 'sign-only' };
const log: File = { filename: 'client.log.blob' };

function archive(filename: string, mode = 'encrypt'): File {
  return { filename, size: 4_000_000, 'crypt-mode': mode };
}

const root = archive('root.pxar.didx');

function snapshot(day: number, more: object = {}, files: readonly File[] = [root, index, log]): object {
  const time = Date.parse(`2026-11-${day}T03:00:00Z`) / 1000;
  return {
    ...{ 'backup-type': 'host', 'backup-id': 'web1', 'backup-time': time, files },
    ...{ owner: 'agent@pbs!waarborg', protected: false, size: 4_000_500, ...more },
  };
}

type Answer = NonNullable<Recording['commands']>[string];

function collect(
  answer: readonly object[] | Answer,
  source: object = {},
  declared: object = {},
  ns = '',
): Promise<BackupSet> {
  const host = new RecordedHost({
    files: { '/etc/waarborg/pbs.pass': 'geheim\n' },
    commands: {
      'mktemp --directory /tmp/waarborg-XXXXXXXXXX': { stdout: `${scratch}\n` },
      [`rm --recursive --force -- ${scratch}`]: {},
      [`proxmox-backup-client snapshot list host/web1 --repository ${repository}${ns} --output-format json`]:
        Array.isArray(answer) ? { stdout: JSON.stringify(answer) } : (answer as Answer),
    },
  });
  const settings = { repository, group: 'host/web1', passwordFile: '/etc/waarborg/pbs.pass', ...source };
  return collectSet(host, { ...declared, source: { 'proxmox-backup': settings } });
}

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

describe('snapshots on a Proxmox Backup Server', () => {
  test('pass, with when they were verified', async () => {
    const started = Math.floor(Date.parse('2026-11-22T06:00:00Z') / 1000)
      .toString(16)
      .toUpperCase();
    const upid = `UPID:pbs:000002F1:00000B2C:00000001:${started}:verificationjob:store1:root@pam:`;
    const set = await collect([snapshot(22, { verification: { state: 'ok', upid } }), snapshot(20), snapshot(21)]);
    expect(pointsOf(set)).toEqual([
      { time: '2026-11-20T03:00:00.000Z', size: 4_000_500 },
      { time: '2026-11-21T03:00:00.000Z', size: 4_000_500 },
      { time: '2026-11-22T03:00:00.000Z', size: 4_000_500, verifiedAt: '2026-11-22T06:00:00.000Z' },
    ]);
    expect(judgeSet(set, every)[0]).toBe('pass');
    expect(judgeSet(set, { offsite: true, encrypted: true })[0]).toBe('pass');
    expect(judgeSet(set, every, new Date('2026-11-24T12:00:00Z'))).toContain('backup.too-old');
    expect(JSON.stringify(set)).not.toMatch(/geheim|root@pam/);
  });

  test('one that is being made, or was given up, does not count', async () => {
    const begun = snapshot(22, { size: null }, [{ filename: 'root.pxar.didx' }]);
    const set = await collect([snapshot(20), begun]);
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual([undefined, 'unfinished']);
    expect(judgeSet(set, every)).toContain('backup.too-old');
    expect(judgeSet(set, every)).toContain('backup.left-out.unfinished');
  });

  test('one that failed its verification, or whose manifest cannot be read, does not count', async () => {
    const upid = 'UPID:pbs:000002F1:00000B2C:00000001:6A000000:verify:store1:root@pam:';
    const failed = snapshot(21, { verification: { state: 'failed', upid } });
    const unread = snapshot(22, { size: null }, [{ filename: 'root.pxar.didx' }, { filename: 'index.json.blob' }]);
    const set = await collect([failed, unread]);
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual(['corrupt', 'corrupt']);
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.corrupt']);
  });

  test('one without an archive that holds a required path does not count', async () => {
    const www = [archive('www.mpxar.didx'), archive('www.ppxar.didx')];
    const snapshots = [snapshot(21, {}, [root, ...www, index]), snapshot(22, {}, [root, ...www.slice(0, 1), index])];
    const archives = { 'root.pxar': '/', 'www.pxar': '/srv/www', 'disk.img': '/mnt' };
    const set = await collect(snapshots, { archives: { ...archives, 'root.pxar': '/etc' } }, { paths: ['/srv/www'] });
    expect(pointsOf(set).map(({ paths }) => paths)).toEqual([['/srv/www'], []]);
    expect(judgeSet(set, every)).toContain('backup.left-out.path');
    const untold = await collect(snapshots, {}, { paths: ['/srv/www'] });
    expect(judgeSet(untold, every)).toContain('backup.paths-unseen');
  });

  test('are not encrypted where one archive of one is not', async () => {
    const plain = snapshot(21, {}, [root, archive('www.pxar.didx', 'none'), index]);
    expect(judgeSet(await collect([plain, snapshot(22)]), { encrypted: true })).toContain('backup.not-encrypted');
    const signed = snapshot(22, {}, [archive('root.pxar.didx', 'sign-only'), index]);
    expect(judgeSet(await collect([signed]), { encrypted: true })).toContain('backup.not-encrypted');
  });

  test('of another namespace are asked for by name', async () => {
    const set = await collect([snapshot(22)], { namespace: 'clients/web' }, {}, ' --ns clients/web');
    expect(pointsOf(set)).toHaveLength(1);
  });

  test('none at all fails; from the future are unknown', async () => {
    expect(judgeSet(await collect([]), every)).toEqual(['fail', 'backup.none']);
    expect(judgeSet(await collect([snapshot(23)]), every)).toEqual(['unknown', 'backup.future']);
  });

  test.each([
    [
      { exitCode: 255, stderr: 'Error: permission check failed.' },
      unreadable('refused', repository, 'Error: permission check failed.'),
    ],
    [
      { exitCode: 255, stderr: 'Error: HTTP Error 401 Unauthorized: authentication failed' },
      { state: 'wrong-password', passwordFrom: '/etc/waarborg/pbs.pass' },
    ],
    [
      { exitCode: 255, stderr: 'Error: error trying to connect: Connection refused\n' },
      unreadable('unreachable', repository, 'Error: error trying to connect: Connection refused'),
    ],
    [
      { exitCode: 255, stderr: 'Error: no such datastore\n' },
      unreadable('command-failed', 'proxmox-backup-client', 'Error: no such datastore'),
    ],
    [{ stdout: '{"data":[]}' }, { state: 'unreadable', obstacle: { code: 'unparsable' } }],
    [{ stdout: '' }, { state: 'unreadable', obstacle: { code: 'unparsable' } }],
    [
      { stdout: JSON.stringify([snapshot(22, { 'backup-id': 'web2' })]) },
      { state: 'unreadable', obstacle: { code: 'unparsable' } },
    ],
    [
      { stdout: JSON.stringify([snapshot(22, { verification: { state: 'maybe', upid: '' } })]) },
      { state: 'unreadable', obstacle: { code: 'unparsable' } },
    ],
  ])('that cannot be read are unknown: %o', async (answer, points) => {
    const set = await collect(answer);
    expect(set.points).toMatchObject(points);
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('without its password file, nothing is run', async () => {
    const set = await collect([snapshot(22)], { passwordFile: '/etc/none' });
    expect(set.points).toEqual(unreadable('missing', '/etc/none'));
  });

  test.each([
    ['backup.example.nl:8007:store1', 'backup.example.nl'],
    ['root@pam@[2001:db8::1]:8007:store1', '2001:db8::1'],
    ['store1', 'localhost'],
  ])('lie on the server of %s', async (address, server) => {
    expect((await collect([], { repository: address })).location).toEqual({ kind: 'remote', server });
  });

  test.each([
    { repository: 'user@pbs:geheim@host:store:x' },
    { group: 'web1' },
    { group: 'host/--help' },
    { namespace: '../x' },
    { fingerprint: '12' },
    { archives: { root: '/' } },
  ])('of settings that make no sense are refused: %o', async (source) => {
    await expect(collect([], source)).rejects.toThrow('expected');
  });
});
