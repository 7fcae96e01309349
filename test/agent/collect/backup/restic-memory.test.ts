import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupCollector } from '../../../../agent/collect/backup/index.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { openLedger } from '../../../../agent/ledger.ts';
import { Facts, type BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { collecting } from '../../../support/collecting.ts';
import { makeResticRepository, resticPassword } from '../../../support/restic.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { at, judgeSet } from './support.ts';

const week = { every: '24h', keep: '7d' } as const;

describe.skipIf(!tool('restic'))('an agent that looked at a restic repository before', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const repository = join(folder.path, 'repository');
  const passwordFile = join(folder.path, 'password');
  const ledgerFile = join(folder.path, 'ledger.json');

  function restic(...args: string[]): string {
    const env = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: folder.path,
      RESTIC_PASSWORD_FILE: passwordFile,
      TZ: 'UTC',
    };
    return execFileSync('restic', ['--no-cache', '--repo', repository, ...args], { env, encoding: 'utf8' });
  }

  function backUp(time: string, ...more: string[]): void {
    restic('backup', '--quiet', '--time', time, ...more, join(folder.path, 'source'));
  }

  function newestId(): string {
    const snapshots = JSON.parse(restic('snapshots', '--json', 'latest')) as { id: string }[];
    return snapshots.at(-1)?.id ?? '';
  }

  /** A run of the agent so many hours after the first. */
  async function look(hours: number): Promise<BackupSet> {
    const moment = new Date(at.getTime() + hours * 3_600_000);
    const ledger = openLedger(ledgerFile, moment);
    const settings = { backups: [{ set: 'www', source: { restic: { repository, passwordFile } } }] };
    const facts = await backupCollector.collect(collecting(new LocalHost(), { at: moment, ledger }), settings, [week]);
    ledger.save(ledgerFile);
    const [set] = Facts.parse(facts).sets;
    if (set === undefined) throw new Error('no set came out');
    return set;
  }

  beforeAll(() => {
    mkdirSync(join(folder.path, 'source'));
    writeFileSync(join(folder.path, 'source/file'), 'content');
    writeFileSync(passwordFile, `${resticPassword}\n`, { mode: 0o600 });
    makeResticRepository(repository);
    for (const day of [15, 16, 17, 18, 19, 20, 21, 22]) backUp(`2026-11-${day} 03:00:00`);
  });

  test('knows a snapshot that was tagged later for the one it was', async () => {
    await look(0);
    restic('tag', '--quiet', '--add', 'kept', newestId());
    const set = await look(0.1);
    expect(set.vanished).toBeUndefined();
    expect(judgeSet(set, week)).toEqual(['pass', 'backup.fresh', 'backup.regular', 'backup.kept']);
  });

  test('finds the snapshot that was forgotten before its time, though the list is whole without it', async () => {
    backUp('2026-11-22 04:00:00');
    await look(0.2);
    restic('forget', '--quiet', newestId());
    const set = await look(0.3);
    expect(set.vanished).toMatchObject([{ time: '2026-11-22T04:00:00.000Z' }]);
    expect(judgeSet(set, week)).toEqual(['fail', 'backup.fresh', 'backup.regular', 'backup.kept', 'backup.vanished']);
  });

  test('does not count a snapshot that was made to fill a hole afterwards', async () => {
    const snapshots = JSON.parse(restic('snapshots', '--json')) as { id: string; time: string }[];
    const [gone] = snapshots.filter(({ time }) => time.startsWith('2026-11-18'));
    restic('forget', '--quiet', gone?.id ?? '');
    backUp('2026-11-18 03:00:00');
    const set = await look(0.4);
    expect(judgeSet(set, week)).toEqual([
      'fail',
      'backup.fresh',
      'backup.gap',
      'backup.kept',
      'backup.vanished',
      'backup.left-out.back-dated',
    ]);
  });
});
