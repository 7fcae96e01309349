import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { accountMatcherOf } from '../../../../agent/collect/backup/archive-names.ts';
import { Settings } from '../../../../agent/collect/backup/settings.ts';
import type { FileStatus, Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

const days = ['16', '17', '18', '19', '20', '21', '22'];
const weekOf = { every: '24h', keep: '7d', perAccount: true };

function put(path: string, modifiedAt: string, content = 'x'.repeat(2000)): void {
  writeFileSync(path, content);
  utimesSync(path, new Date(modifiedAt), new Date(modifiedAt));
}

function statusOn(day: string): FileStatus {
  const written = new Date(`${day}T02:00:00Z`);
  return { kind: 'file', size: 5000, modifiedAt: written, changedAt: written, uid: 0, gid: 0, mode: 0o644, device: 1 };
}

/** A week of nightly archives of these accounts, and the list of those that are to have them. */
function makeWeek(folder: string, accounts: readonly string[], expected = accounts): string {
  mkdirSync(join(folder, 'backup'));
  writeFileSync(join(folder, 'accounts'), ['# customers', '', ...expected, ''].join('\n'));
  for (const account of accounts) {
    for (const day of days) {
      put(join(folder, 'backup', `${account}-2026-11-${day}.tar.gz`), `2026-11-${day}T02:00:00Z`);
    }
  }
  return join(folder, 'backup');
}

function collectFolder(
  folder: string,
  accounts: Readonly<Record<string, unknown>> = { file: join(folder, 'accounts') },
  host: Host = new LocalHost(),
): Promise<BackupSet> {
  const source = { archives: { folder: join(folder, 'backup'), pattern: '{account}-{date}.tar.gz', accounts } };
  return collectSet(host, { timeZone: 'Europe/Amsterdam', source });
}

describe('a folder with archives of each account', () => {
  test('passes when each account has its own, and reading leaves all as it was', async () => {
    using folder = temporaryFolder();
    makeWeek(folder.path, ['zoe', 'adam']);
    const before = fingerprint(folder.path);
    const set = await collectFolder(folder.path);
    expect(fingerprint(folder.path)).toEqual(before);
    expect(set.points).toMatchObject({ state: 'per-account', value: [{ account: 'adam' }, { account: 'zoe' }] });
    expect(judgeSet(set, weekOf)).toEqual(['pass', 'backup.accounts']);
    expect(JSON.stringify(await collectFolder(folder.path))).toBe(JSON.stringify(set));
  });

  test('fails for the one account that was never copied', async () => {
    using folder = temporaryFolder();
    makeWeek(folder.path, ['adam'], ['adam', 'zoe']);
    const set = await collectFolder(folder.path);
    expect(set.points).toMatchObject({ value: [{ account: 'adam' }, { account: 'zoe', points: [] }] });
    expect(judgeSet(set, weekOf)).toEqual(['fail', 'backup.none', 'backup.accounts']);
  });

  test('fails for one that lacks a day', async () => {
    using folder = temporaryFolder();
    const backup = makeWeek(folder.path, ['adam', 'zoe']);
    rmSync(join(backup, 'zoe-2026-11-19.tar.gz'));
    expect(judgeSet(await collectFolder(folder.path), weekOf)).toEqual(['fail', 'backup.gap', 'backup.accounts']);
  });

  test.each([
    ['is empty', '2026-11-22T02:00:00Z', '', 'fail', 'backup.too-old'],
    ['is no archive', '2026-11-22T02:00:00Z', 'tar: Cannot open', 'fail', 'backup.too-old'],
    ['is an old one under a new name', '2026-11-20T02:00:00Z', 'x'.repeat(2000), 'fail', 'backup.too-old'],
    ['is dated in the future', '2026-11-23T02:00:00Z', 'x'.repeat(2000), 'fail', 'backup.future'],
  ])('does not pass where the newest of one account %s', async (_, modifiedAt, content, verdict, code) => {
    using folder = temporaryFolder();
    const backup = makeWeek(folder.path, ['adam', 'zoe']);
    put(join(backup, 'zoe-2026-11-22.tar.gz'), modifiedAt, content);
    const reasons = judgeSet(await collectFolder(folder.path), { every: '24h', grace: '2h', perAccount: true });
    expect(reasons[0]).toBe(verdict);
    expect(reasons).toContain(code);
  });

  test('leaves out archives of accounts that are not expected', async () => {
    using folder = temporaryFolder();
    makeWeek(folder.path, ['adam', 'gone'], ['adam']);
    expect((await collectFolder(folder.path)).points).toMatchObject({ value: [{ account: 'adam' }] });
  });

  test('that is missing is unknown, and so is a list of accounts that is missing, open to all, malformed or empty', async () => {
    using folder = temporaryFolder();
    makeWeek(folder.path, ['adam']);
    const list = join(folder.path, 'accounts');
    const obstacle = async (): Promise<unknown> => {
      const set = await collectFolder(folder.path);
      expect(judgeSet(set, weekOf)[0]).toBe('unknown');
      return set.points.state === 'unreadable' ? set.points.obstacle.code : set.points.state;
    };
    writeFileSync(list, '# nobody\n');
    expect(await obstacle()).toBe('per-account');
    writeFileSync(list, 'adam\n../zoe\n');
    expect(await obstacle()).toBe('unparsable');
    writeFileSync(list, 'adam\n');
    chmodSync(list, 0o666);
    expect(await obstacle()).toBe('unsupported');
    rmSync(list);
    expect(await obstacle()).toBe('missing');
    writeFileSync(list, 'adam\n');
    rmSync(join(folder.path, 'backup'), { recursive: true });
    expect(await obstacle()).toBe('missing');
  });

  test('tells 500 accounts with 180 archives each by one list of the folder', async () => {
    const accounts = Array.from({ length: 500 }, (_, index) => `user${index}`);
    const dates = Array.from({ length: 180 }, (_, index) =>
      Temporal.PlainDate.from('2026-11-22').subtract({ days: index }).toString(),
    );
    const names = accounts.flatMap((account) => dates.map((date) => `${account}-${date}.tar.gz`));
    const listed: string[] = [];
    const recorded = new RecordedHost({ files: { '/w/accounts': accounts.join('\n') } });
    const host = new Proxy<Host>(recorded, {
      get(target, property) {
        if (property === 'list') {
          return (path: string) => {
            listed.push(path);
            return Promise.resolve(read(names));
          };
        }
        if (property === 'status') {
          return (path: string) =>
            path.endsWith('.gz') ? Promise.resolve(read(statusOn(path.slice(-17, -7)))) : target.status(path);
        }
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function'
          ? (...args: unknown[]): unknown => Reflect.apply(value, target, args)
          : value;
      },
    });
    const set = await collectFolder('/w', undefined, host);
    expect(listed).toEqual(['/w/backup']);
    const found = set.points.state === 'per-account' ? set.points.value : [];
    expect(found.map(({ points }) => points.length)).toEqual(accounts.map(() => 180));
  });
});

describe('the accounts that are to have copies', () => {
  const passwd = [
    'root:x:0:0:root:/root:/bin/bash',
    'www-data:x:33:33::/var/www:/usr/sbin/nologin',
    'adam:x:1001:1001::/home/adam:/bin/bash',
    'zoe:x:1002:1002::/home/customers/zoe:/bin/false',
    'backup:x:1003:1003::/home/backup:/bin/false',
    'homer:x:1004:1004::/homes/homer:/bin/bash',
    '+::::::',
  ].join('\n');

  test('are the users whose home lies below the folders, but for those that are excepted', async () => {
    const host = new RecordedHost({ files: { '/etc/passwd': passwd, '/w/backup/other': '' } });
    const set = await collectFolder('/w', { homesBelow: ['/home'], except: ['backup'] }, host);
    expect(set.points).toMatchObject({ value: [{ account: 'adam' }, { account: 'zoe' }] });
    expect(judgeSet(set, weekOf)[0]).toBe('fail');
  });

  test('are unknown where /etc/passwd has a line of another form', async () => {
    const host = new RecordedHost({ files: { '/etc/passwd': `${passwd}\nadam:x:1001`, '/w/backup/other': '' } });
    const set = await collectFolder('/w', { homesBelow: ['/home'] }, host);
    expect(set.points).toEqual(unreadable('unparsable', '/etc/passwd', 'line 8 is no line of passwd(5)'));
  });

  test.each([
    ['a pattern with {account} alone', '{account}-{date}.gz', undefined, /accounts beside a pattern/],
    ['accounts beside a pattern without it', '{date}.gz', { file: '/a' }, /accounts beside a pattern/],
    ['two accounts in a name', '{account}{account}-{date}.gz', { file: '/a' }, /at most once/],
    ['two lists', '{account}-{date}.gz', { file: '/a', homesBelow: ['/home'] }, /either homesBelow or file/],
    ['no list', '{account}-{date}.gz', {}, /either homesBelow or file/],
  ])('refuse %s', (_, pattern, accounts, message) => {
    const source = { archives: { folder: '/b', pattern, accounts } };
    expect(() => Settings.parse({ backups: [{ set: 'www', source }] })).toThrow(message);
  });
});

describe('the account in a name', () => {
  const accounts = ['shop', 'shop-2026', 'a.b', 'web1'];

  test.each([
    ['{account}-{date}.gz', 'shop-2026-11-22.gz', 'shop'],
    ['{account}-{date}.gz', 'shop-2026-2026-11-22.gz', 'shop-2026'],
    ['{account}{date}.gz', 'web120261122.gz', 'web1'],
    ['{date}-{account}.gz', '2026-11-22-a.b.gz', 'a.b'],
    ['{account}-{date}.gz', 'aXb-2026-11-22.gz', undefined],
    ['{account}-{date}.gz', 'Shop-2026-11-22.gz', undefined],
    ['{account}-{weekday}.gz', 'shop-Mon.gz', 'shop'],
    ['{account}-{weekday}.gz', 'SHOP-Mon.gz', undefined],
    ['{account}-{date}.gz', 'shop-2026-13-22.gz', undefined],
    ['{account}-{date}.gz', '-2026-11-22.gz', undefined],
  ])('%s reads %s', (pattern, name, account) => {
    expect(accountMatcherOf(pattern, accounts)(name)?.account).toBe(account);
  });

  test('is none where no account is expected', () => {
    expect(accountMatcherOf('{account}-{date}.gz', [])('-2026-11-22.gz')).toBeUndefined();
  });
});
