import { describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

const daily = { every: '24h', keep: '7d', perAccount: true };
const s3 = '6503eec8ebbf07708d06f1d2';
const local = '6503d9d5a31fb181bf02f682';
const days = ['15', '16', '17', '18', '19', '20', '21', '22'];

function idOf(number: number): string {
  return number.toString(16).padStart(24, '0');
}

type Item = Readonly<Record<string, unknown>>;

/** A copy as the JETAPI documentation 5.3 shows it (listBackups). */
function backup(account: number, day: string, more: Item = {}): Item {
  return {
    _id: idOf(1000 * account + Number(day)),
    account_id: idOf(account),
    destination: s3,
    destination_name: 's3',
    created: `2026-11-${day}T02:00:00+00:00`,
    backup_type: 1,
    backup_contains: 511,
    ...more,
  };
}

interface Panel {
  readonly accounts?: readonly Item[];
  readonly backups?: Readonly<Record<number, readonly Item[]>>;
  readonly destinations?: readonly Item[];
  readonly commands?: Recording['commands'];
  readonly source?: Item;
}

function answer(key: string, items: readonly Item[], total?: number): { stdout: string } {
  return { stdout: JSON.stringify({ success: 1, message: '', data: { [key]: items, total } }) };
}

function line(name: string, query: string): string {
  return `jetbackup5api -F ${name} -D ${query} -O json`;
}

function listLine(account: number, skip = 0): string {
  return line('listBackups', `type=1&contains=511&account_id=${idOf(account)}&limit=1000&skip=${skip}`);
}

const adam = { _id: idOf(1), username: 'adam', orphan: '' };
const zoe = { _id: idOf(2), username: 'zoe', orphan: 0 };
const week = (account: number): Item[] => days.map((day) => backup(account, day));

async function collect({ accounts = [adam, zoe], backups, destinations, commands, source }: Panel = {}): Promise<{
  set: BackupSet;
  asked: readonly string[];
}> {
  const places = destinations ?? [
    { _id: s3, disabled: '' },
    { _id: local, disabled: 1 },
  ];
  const lists = Object.entries(backups ?? { 1: week(1), 2: week(2) });
  const host = new RecordedHost({
    commands: {
      [line('listAccounts', 'limit=1000&skip=0')]: answer('accounts', accounts, accounts.length),
      [line('listDestinations', 'limit=1000&skip=0')]: answer('destinations', places, places.length),
      ...Object.fromEntries(lists.map(([account, items]) => [listLine(Number(account)), answer('backups', items)])),
      ...commands,
    },
  });
  return { set: await collectSet(host, { source: { jetbackup: { ...source } } }), asked: host.asked };
}

describe('the copies that JetBackup knows', () => {
  test('pass where each account has its own, and place and encryption stay unseen', async () => {
    const { set, asked } = await collect();
    expect(judgeSet(set, daily)).toEqual(['pass', 'backup.accounts']);
    expect(judgeSet(set, { offsite: true })[0]).toBe('unknown');
    expect(judgeSet(set, { encrypted: true })[0]).toBe('unknown');
    expect(asked).toHaveLength(4);
    expect(JSON.stringify((await collect()).set)).toBe(JSON.stringify(set));
  });

  test('fail for an account without any, unless it is promised none', async () => {
    const backups = { 1: week(1), 2: [] };
    expect(judgeSet((await collect({ backups })).set, daily)).toEqual(['fail', 'backup.none', 'backup.accounts']);
    const { set, asked } = await collect({ backups, source: { except: ['zoe'] } });
    expect(judgeSet(set, daily)[0]).toBe('pass');
    expect(asked).not.toContain(listLine(2));
  });

  test.each([
    ['lies at a disabled destination', { destination: local }],
    ['lies at a destination that is no more', { destination: idOf(9) }],
    ['is of the mail alone', { backup_contains: 8 }],
    ['is of another account', { account_id: idOf(1) }],
  ])('do not count where the newest %s', async (_, more) => {
    const backups = { 1: week(1), 2: [...week(2).slice(0, -1), backup(2, '22', more)] };
    const { set } = await collect({ backups });
    expect(judgeSet(set, daily)).toEqual(['fail', 'backup.too-old', 'backup.accounts']);
  });

  test('are those of one destination where that is asked', async () => {
    const { set } = await collect({ source: { destination: 'tape' } });
    expect(judgeSet(set, daily)).toEqual(['fail', 'backup.none', 'backup.none']);
  });

  test('of orphans are nobody’s', async () => {
    const { set } = await collect({ accounts: [adam, { ...zoe, orphan: 1 }] });
    expect(set.points).toMatchObject({ state: 'per-account', value: [{ account: 'adam' }] });
  });

  test('with a day missing fail, and of the future are a wrong clock', async () => {
    const gap = { 1: week(1), 2: week(2).filter((_, index) => index !== 4) };
    expect(judgeSet((await collect({ backups: gap })).set, daily)[0]).toBe('fail');
    const future = { 1: week(1), 2: [...week(2), backup(2, '24')] };
    expect(judgeSet((await collect({ backups: future })).set, daily)[0]).toBe('unknown');
  });
});

describe('a list of several pages', () => {
  const many = Array.from({ length: 100 }, (_, index) =>
    backup(2, '22', { _id: idOf(5000 + index), created: new Date(Date.UTC(2026, 7, index + 1)).toISOString() }),
  );

  test('is asked for to its end, also where JetBackup gives fewer than asked', async () => {
    const commands = { [listLine(2)]: answer('backups', many), [listLine(2, 100)]: answer('backups', week(2)) };
    const { set } = await collect({ commands });
    expect(set.points).toMatchObject({ value: [{}, { account: 'zoe', points: { length: 108 } }] });
    expect(judgeSet(set, { every: '24h', perAccount: true })[0]).toBe('pass');
  });

  test('that ends before its total is unknown', async () => {
    const commands = { [listLine(2)]: answer('backups', week(2), 9), [listLine(2, 8)]: answer('backups', [], 9) };
    const { set } = await collect({ commands });
    expect(set.points).toEqual(unreadable('unparsable', 'jetbackup5api listBackups', 'it gave 8 of 9'));
  });
});

describe('what JetBackup does not answer', () => {
  test.each([
    ['another form', { stdout: JSON.stringify({ success: 1, data: { backups: [{ _id: '1' }] } }) }, 'unparsable'],
    ['a moment without an offset', answer('backups', [backup(2, '22', { created: '2026-11-22 02:00' })]), 'unparsable'],
    ['a failure', { stdout: '{"success":0,"message":"license","data":{}}' }, 'unparsable'],
    ['no JSON', { stdout: 'success: 1' }, 'unparsable'],
    ['an exit code', { exitCode: 1 }, 'command-failed'],
    ['nothing in time', unreadable('timeout', 'jetbackup5api'), 'timeout'],
  ])('is unknown: %s', async (_, said, code) => {
    const { set } = await collect({ commands: { [listLine(2)]: said } });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, daily)[0]).toBe('unknown');
  });

  test('is unknown where it is not installed', async () => {
    const set = await collectSet(new RecordedHost({}), { source: { jetbackup: {} } });
    expect(set.points).toEqual(unreadable('command-missing', 'jetbackup5api'));
  });
});
