import { describe, expect, test } from 'vitest';
import {
  Facts,
  maximumPointsOfAccounts,
  type AccountPoints,
  type Point,
} from '../../../../policies/checks/backup/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { codes, judge, setOf, verdict } from './sets.ts';

const at = new Date('2026-11-22T12:00:00Z');
const hour = 3_600_000;
const daily = { every: '24h', keep: '7d', perAccount: true } as const;

function moment(hoursAgo: number): string {
  return new Date(at.getTime() - hoursAgo * hour).toISOString();
}

function week(): Point[] {
  return Array.from({ length: 7 }, (_, index) => ({ time: moment(9 + (6 - index) * 24) }));
}

function account(number: number, points: Point[] = week()): AccountPoints {
  return { account: `account-${String(number).padStart(4, '0')}`, points };
}

const many = Array.from({ length: 499 }, (_, number) => account(number));

describe('one account among five hundred', () => {
  test.each([
    ['has no copy', [], 'backup.none'],
    ['is late', week().slice(0, -1), 'backup.too-old'],
    ['has a gap', week().filter((_, index) => index !== 3), 'backup.gap'],
    ['has nothing that counts', week().map((point) => ({ ...point, flaw: 'failed' as const })), 'backup.none-counts'],
  ])('that %s fails the whole, and is named by its pseudonym', (_, points, code) => {
    const reasons = judge(setOf({ state: 'per-account', value: [...many, account(499, points)] }), daily, at);
    const failing = reasons.filter((reason) => reason.verdict === 'fail');
    expect(failing[0]).toMatchObject({ code, subject: 'www/account-0499' });
    expect(new Set(failing.map(({ subject }) => subject))).toEqual(new Set(['www/account-0499']));
    expect(reasons.find((reason) => reason.code === 'backup.accounts')).toMatchObject({
      verdict: 'pass',
      subject: 'www',
      values: { accounts: 499, all: 500, newest: moment(9) },
    });
  });

  test('that has a copy in the future makes the whole unknown', () => {
    const ahead = account(499, [...week(), { time: moment(-2) }]);
    const reasons = judge(setOf({ state: 'per-account', value: [...many, ahead] }), daily, at);
    expect(reasons[0]).toMatchObject({ code: 'backup.future', verdict: 'unknown', subject: 'www/account-0499' });
    expect(verdict(setOf({ state: 'per-account', value: [...many, ahead] }), daily, at)).toBe('unknown');
  });

  test('is judged by itself also where the control does not ask for it', () => {
    const set = setOf({ state: 'per-account', value: [...many, account(499, [])] });
    expect(verdict(set, { every: '24h' }, at)).toBe('fail');
  });
});

describe('reasons', () => {
  test('passes are told once for all', () => {
    const reasons = judge(setOf({ state: 'per-account', value: many }), daily, at);
    expect(codes(reasons)).toEqual(['backup.accounts']);
  });

  test('the worst twenty are named, first those without any copy, and the others counted', () => {
    const late = Array.from({ length: 30 }, (_, number) => account(600 + number, [{ time: moment(100 + number) }]));
    const none = Array.from({ length: 3 }, (_, number) => account(700 + number, []));
    const ahead = Array.from({ length: 5 }, (_, number) => account(800 + number, [...week(), { time: moment(-2) }]));
    const reasons = judge(setOf({ state: 'per-account', value: [...many, ...late, ...none, ...ahead] }), daily, at);
    const named = [...new Set(reasons.flatMap(({ subject }) => (subject?.includes('/') ? [subject] : [])))];
    expect(named).toHaveLength(20);
    expect(named.slice(0, 4)).toEqual(['www/account-0700', 'www/account-0701', 'www/account-0702', 'www/account-0629']);
    expect(reasons.filter(({ subject }) => subject === 'www')).toMatchObject([
      { code: 'backup.more-accounts', verdict: 'fail', values: { accounts: 13 } },
      { code: 'backup.more-accounts-unknown', verdict: 'unknown', values: { accounts: 5 } },
      { code: 'backup.accounts', values: { accounts: 499, all: 537 } },
    ]);
  });

  test('notes of all accounts are one', () => {
    const flawed = (number: number): AccountPoints =>
      account(number, [{ time: moment(200 + number), flaw: 'unfinished' }, ...week()]);
    const reasons = judge(setOf({ state: 'per-account', value: [flawed(1), flawed(2)] }), daily, at);
    expect(reasons.at(-1)).toEqual({
      code: 'backup.left-out.unfinished',
      verdict: 'not-applicable',
      subject: 'www',
      values: { points: 2, newest: moment(201) },
    });
  });
});

describe('what is not known', () => {
  test('no account at all', () => {
    expect(codes(judge(setOf({ state: 'per-account', value: [] }), daily, at))).toEqual(['backup.no-accounts']);
    expect(verdict(setOf({ state: 'per-account', value: [] }), daily, at)).toBe('unknown');
  });

  test('a tool that does not tell accounts', () => {
    expect(codes(judge(setOf(read(week())), daily, at))).toContain('backup.accounts-unseen');
    expect(verdict(setOf(read(week())), daily, at)).toBe('unknown');
  });
});

test('facts are bounded, and name each account once', () => {
  const parse = (value: AccountPoints[]): boolean =>
    Facts.safeParse({ hostname: 'web1', sets: [setOf({ state: 'per-account', value })] }).success;
  expect(parse([account(1), account(2)])).toBe(true);
  expect(parse([account(1), account(1)])).toBe(false);
  const full = Array.from({ length: 2000 }, () => ({ time: moment(1) }));
  const accounts = Array.from({ length: maximumPointsOfAccounts / 2000 }, (_, number) => account(number, full));
  expect(parse(accounts)).toBe(true);
  expect(parse([...accounts, account(9999, [{ time: moment(1) }])])).toBe(false);
});
