import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { CommandResult } from '../../../../agent/host/host.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

const daily = { every: '24h', keep: '7d', perAccount: true };
const command = '/usr/local/cpanel/bin/whmapi1 --output=json listaccts want=user,suspended';
const days = ['15', '16', '17', '18', '19', '20', '21', '22'];

/** As cPanel & WHM 11.136 writes /var/cpanel/backups/config (WHM API 1, backup_config_set). */
const config = [
  '---',
  "BACKUPACCTS: 'yes'",
  'BACKUPDIR: /backup',
  "BACKUPENABLE: 'yes'",
  'BACKUPTYPE: compressed',
  'KEEPLOCAL: 1',
  '',
].join('\n');

/** As WHM API 1 documents the answer of listaccts. */
function accountsAnswer(users: Readonly<Record<string, number>>): string {
  const acct = Object.entries(users).map(([user, suspended]) => ({ user, suspended }));
  return JSON.stringify({ data: { acct }, metadata: { command: 'listaccts', reason: 'OK', result: 1, version: 1 } });
}

interface Server {
  readonly files?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly modifiedAt?: Readonly<Record<string, Date>>;
  readonly answer?: Partial<CommandResult>;
  readonly source?: Readonly<Record<string, unknown>>;
}

/** Eight nights of two accounts, but for the paths below /backup that are left out. */
function collect({ files, without = [], modifiedAt, answer, source }: Server = {}): Promise<BackupSet> {
  const nights = days.flatMap((day) =>
    ['adam', 'zoe'].map((account): [string, Date] => [
      `/backup/2026-11-${day}/accounts/${account}.tar.gz`,
      new Date(`2026-11-${day}T02:00:00Z`),
    ]),
  );
  const kept = nights.filter(([path]) => !without.includes(path));
  const dayFolders = days.map((day): [string, string] => [`/backup/2026-11-${day}/backup_incomplete_log`, '']);
  const host = new RecordedHost({
    files: {
      '/var/cpanel/backups/config': config,
      ...Object.fromEntries(dayFolders),
      ...Object.fromEntries(kept.map(([path]) => [path, 'x'.repeat(2000)])),
      ...files,
    },
    modifiedAt: { ...Object.fromEntries(kept), ...modifiedAt },
    commands: { [command]: answer ?? { stdout: accountsAnswer({ adam: 0, zoe: 0 }) } },
  });
  return collectSet(host, { timeZone: 'Europe/Amsterdam', source: { cpanel: { ...source } } });
}

describe("cPanel's backups", () => {
  test('pass where each account has its archive of each day', async () => {
    const set = await collect();
    expect(set).toMatchObject({ encrypted: 'no', location: { kind: 'path', path: '/backup' } });
    expect(judgeSet(set, daily)).toEqual(['pass', 'backup.accounts']);
    expect(JSON.stringify(await collect())).toBe(JSON.stringify(set));
  });

  test('fail for an account that failed on a day that has its folder', async () => {
    const set = await collect({ without: ['/backup/2026-11-19/accounts/zoe.tar.gz'] });
    expect(judgeSet(set, daily)).toEqual(['fail', 'backup.gap', 'backup.accounts']);
  });

  test('fail for an account that was never copied', async () => {
    const set = await collect({ answer: { stdout: accountsAnswer({ adam: 0, new: 0, zoe: 0 }) } });
    expect(judgeSet(set, daily)).toEqual(['fail', 'backup.none', 'backup.accounts']);
  });

  test('fail for a suspended account without copies, unless those are promised none', async () => {
    const answer = { stdout: accountsAnswer({ adam: 0, late: 1, zoe: 0 }) };
    expect(judgeSet(await collect({ answer }), daily)[0]).toBe('fail');
    expect(judgeSet(await collect({ answer, source: { suspended: 'left-out' } }), daily)[0]).toBe('pass');
    expect(judgeSet(await collect({ answer, source: { except: ['late'] } }), daily)[0]).toBe('pass');
  });

  test('of weeks and months count with those of days', async () => {
    const files = {
      '/backup/weekly/2026-11-08/accounts/adam.tar': 'x'.repeat(2000),
      '/backup/monthly/2026-11-01/accounts/adam.tar.gz': 'x'.repeat(2000),
    };
    const moment = new Date('2026-11-08T02:00:00Z');
    const modifiedAt = Object.fromEntries(Object.keys(files).map((path) => [path, moment]));
    const { points } = await collect({ files, modifiedAt });
    expect(points).toMatchObject({ value: [{ points: { length: 10 } }, { points: { length: 8 } }] });
  });

  test.each([
    ['is empty', '', '2026-11-22T02:00:00Z', 'backup.left-out.empty'],
    ['is damaged', 'no space left on device', '2026-11-22T02:00:00Z', 'backup.left-out.damaged'],
    ['was made before its day', 'x'.repeat(2000), '2026-11-20T02:00:00Z', 'backup.left-out.post-dated'],
    ['is still being written', 'x'.repeat(2000), '2026-11-22T11:59:00Z', 'backup.left-out.unfinished'],
  ])('do not count where an archive %s', async (_, content, moment, code) => {
    const path = '/backup/2026-11-22/accounts/zoe.tar.gz';
    const set = await collect({ files: { [path]: content }, modifiedAt: { [path]: new Date(moment) } });
    expect(judgeSet(set, { every: '24h', grace: '2h', perAccount: true })).toEqual([
      'fail',
      'backup.too-old',
      'backup.accounts',
      code,
    ]);
  });

  test('of tomorrow are a wrong clock', async () => {
    const path = '/backup/2026-11-24/accounts/zoe.tar.gz';
    expect(judgeSet(await collect({ files: { [path]: 'x'.repeat(2000) } }), daily)[0]).toBe('unknown');
  });
});

describe('what cPanel cannot be asked', () => {
  test.each([
    ['incremental backups', config.replace('compressed', 'incremental'), 'unsupported'],
    ['backups that do not stay', config.replace('KEEPLOCAL: 1', "KEEPLOCAL: '0'"), 'unsupported'],
    ['a configuration of another form', 'BACKUPDIR: backup\n', 'unparsable'],
    ['a configuration that is no YAML', '{', 'unparsable'],
  ])('%s are unknown', async (_, text, code) => {
    const set = await collect({ files: { '/var/cpanel/backups/config': text } });
    expect(set.points).toMatchObject({ obstacle: { code, what: '/var/cpanel/backups/config' } });
    expect(judgeSet(set, daily)[0]).toBe('unknown');
  });

  test.each([
    ['fails', { exitCode: 1 }, 'command-failed'],
    ['says that it failed', { stdout: '{"metadata":{"result":0,"reason":"no"}}' }, 'unparsable'],
    ['says nothing', { stdout: '' }, 'unparsable'],
    ['names an account that leads elsewhere', { stdout: accountsAnswer({ '../adam': 0 }) }, 'unparsable'],
  ])('accounts are unknown where whmapi1 %s', async (_, answer, code) => {
    const set = await collect({ answer });
    expect(set.points).toMatchObject({ obstacle: { code, what: 'whmapi1 listaccts' } });
    expect(judgeSet(set, daily)[0]).toBe('unknown');
  });

  test('a server without cPanel is unknown', async () => {
    const set = await collectSet(new RecordedHost({}), { source: { cpanel: {} } });
    expect(set.points).toEqual(unreadable('missing', '/var/cpanel/backups/config'));
  });
});
