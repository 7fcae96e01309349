import { describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

/** The form of answers follows zfs-list(8) and zfsprops(7) of OpenZFS 2.1: no kernel of the tests has ZFS. */
const list = 'zfs list -Hp -t snapshot -d 1 -s createtxg -o name,creation,guid,referenced';
const ssh = 'ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=10 --';
const every = { every: '24h' };
const days = ['16', '17', '18', '19', '20', '21', '22'].map((day) => `2026-11-${day}`);

interface Snapshot {
  readonly day: string;
  readonly guid?: string;
}

function snapshotsOf(dataset: string, snapshots: readonly (string | Snapshot)[]): string {
  const lines = snapshots.map((snapshot) => {
    const { day, guid = `17${day.replaceAll('-', '')}` } = typeof snapshot === 'string' ? { day: snapshot } : snapshot;
    const creation = Date.parse(`${day}T02:00:00Z`) / 1000;
    return `${dataset}@daily-${day}\t${creation}\t${guid}\t98304000\n`;
  });
  return lines.join('');
}

type Answers = NonNullable<Recording['commands']>;

function readReplica(commands: Answers, source: Readonly<Record<string, unknown>> = {}): Promise<BackupSet> {
  const host = new RecordedHost({ commands });
  return collectSet(host, { source: { zfs: { dataset: 'backup/www', of: 'tank/www', ...source } } });
}

function answers(originals: readonly (string | Snapshot)[], replicas: readonly (string | Snapshot)[]): Answers {
  return {
    [`${list} tank/www`]: { stdout: snapshotsOf('tank/www', originals) },
    [`${list} backup/www`]: { stdout: snapshotsOf('backup/www', replicas) },
  };
}

describe('a replica of ZFS', () => {
  test('passes with what came from its source, though the source keeps less', async () => {
    const set = await readReplica(answers(days.slice(-2), days));
    expect(set.points).toMatchObject({
      value: { length: 7, 6: { time: '2026-11-22T02:00:00.000Z', size: 98_304_000, id: '1720261122' } },
    });
    expect(judgeSet(set, { every: '24h', keep: '7d' })[0]).toBe('pass');
    expect(judgeSet(set, { offsite: true })).toEqual(['fail', 'backup.on-this-host']);
    expect(judgeSet(set, { encrypted: true })[0]).toBe('unknown');
  });

  test('is old where replication stopped, though snapshots are still taken on it', async () => {
    const own = days.slice(-3).map((day, index) => ({ day, guid: `99${index}` }));
    const set = await readReplica(answers(days, [...days.slice(0, 4), ...own]));
    expect(set.points).toMatchObject({ value: { length: 4 } });
    expect(judgeSet(set, every).slice(0, 2)).toEqual(['fail', 'backup.too-old']);
  });

  test('goes by the order in which snapshots came, not by a clock that was wrong', async () => {
    const wrongClock = { day: '2026-11-16', guid: '991' };
    const set = await readReplica(answers(days, [...days.slice(1), wrongClock]));
    expect(set.points).toMatchObject({ value: { length: 6, 0: { time: '2026-11-17T02:00:00.000Z' } } });
  });

  test('with a day missing fails', async () => {
    const some = days.filter((day) => day !== '2026-11-19');
    expect(judgeSet(await readReplica(answers(days, some)), every)).toContain('backup.gap');
  });

  test('without a snapshot fails; without one in common it is unknown', async () => {
    expect(judgeSet(await readReplica(answers(days, [])), every)).toEqual(['fail', 'backup.none']);
    for (const originals of [[], ['2026-11-15']]) {
      const set = await readReplica(answers(originals, days));
      expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported', what: 'backup/www' } });
      expect(judgeSet(set, every)[0]).toBe('unknown');
    }
  });

  test('of the future is a wrong clock', async () => {
    const future = [...days, '2026-11-24'];
    expect(judgeSet(await readReplica(answers(future, future)), every)[0]).toBe('unknown');
  });

  test('on another server is asked for over ssh', async () => {
    const commands = {
      [`${list} tank/www`]: { stdout: snapshotsOf('tank/www', days) },
      [`${ssh} waarborg@nas.example.nl ${list} tank/www`]: { stdout: snapshotsOf('tank/www', days) },
    };
    const set = await readReplica(commands, { dataset: 'tank/www', server: 'waarborg@nas.example.nl' });
    expect(judgeSet(set, { every: '24h', offsite: true })).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.elsewhere',
    ]);
    const silent = { ...commands, [`${ssh} nas ${list} tank/www`]: { exitCode: 255, stderr: 'Connection refused\n' } };
    const unreached = await readReplica(silent, { dataset: 'tank/www', server: 'nas' });
    expect(unreached.points).toEqual(unreadable('unreachable', 'nas', 'Connection refused'));
  });

  test.each([
    ['a missing dataset', { exitCode: 1, stderr: "cannot open 'backup/www': dataset does not exist\n" }, 'missing'],
    ['no permission', { exitCode: 1, stderr: "cannot open 'backup/www': permission denied\n" }, 'refused'],
    ['no module', { exitCode: 1, stderr: 'The ZFS modules are not loaded.\n' }, 'command-failed'],
    ['a cut answer', { stdout: 'backup/www@a\t1795312800\t17\t98' }, 'unparsable'],
    ['a date as text', { stdout: 'backup/www@a\tSun Nov 22 2:00 2026\t17\t98\n' }, 'unparsable'],
    ['a column less', { stdout: 'backup/www@a\t1795312800\t17\n' }, 'unparsable'],
    ['another dataset', { stdout: 'backup/mail@a\t1795312800\t17\t98\n' }, 'unparsable'],
  ])('is unknown for %s', async (_, answer, code) => {
    const set = await readReplica({ ...answers(days, days), [`${list} backup/www`]: answer });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test.each([
    [{ dataset: 'tank/snapshots' }, /another pool/],
    [{ dataset: 'backup/www; reboot' }, /expected a dataset/],
    [{ server: '-oProxyCommand=id' }, /user@host/],
  ])('refuses the settings %j', async (source, message) => {
    await expect(readReplica({}, source)).rejects.toThrow(message);
  });
});
