import { describe, expect, test } from 'vitest';
import { passwordAge } from '../../../../policies/checks/password-age.ts';
import type {
  Departure,
  PasswordAgeFacts,
  Store,
  StoredAccount,
  StoreWays,
} from '../../../../policies/checks/password-age/facts.ts';
import { read, unreadable, type Reading } from '../../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');
const system = unreadable('denied', '/etc/shadow');
const since = '2026-11-01T08:00:00Z';

function account(values: Partial<StoredAccount> = {}): StoredAccount {
  return {
    account: 'app',
    password: { state: 'set', changed: '2026-10-01T10:00:00Z' },
    begins: null,
    expires: null,
    ...values,
  };
}

function store(accounts: StoredAccount[], ways: Reading<StoreWays> = read({ open: null, keepers: [] })): Store {
  return { store: 'main', kind: 'mariadb', contents: read({ accounts, ways, watchedSince: since }) };
}

function judge(facts: Partial<PasswordAgeFacts>, of: string[] = ['databases'], departures: Departure[] = []) {
  return passwordAge
    .judge(read({ system, departures, ...facts }), { of }, at)
    .map(({ code, verdict, subject = '' }) => `${verdict} ${code.replace('password-age.', '')} ${subject}`.trim());
}

describe('stores', () => {
  test('that agent.yaml says nothing of are unknown; an empty list means none', () => {
    expect(judge({ stores: null })).toEqual(['unknown no-stores']);
    expect(judge({})).toEqual(['unknown no-stores']);
    expect(judge({ stores: [] })).toEqual(['not-applicable none-declared']);
  });

  test('that run here and are not named are unknown, whatever is named beside them', () => {
    expect(judge({ stores: [], undeclared: ['postgresql'] })).toEqual([
      'not-applicable none-declared',
      'unknown undeclared',
    ]);
    expect(judge({ stores: [store([account()])], undeclared: ['postgresql'] })).toContain('unknown undeclared');
  });

  test('of another group than asked for are left out', () => {
    expect(judge({ stores: [store([account()])] }, ['sites'])).toEqual(['not-applicable none-declared']);
  });

  test('that cannot be read are unknown', () => {
    const denied: Store = { store: 'main', kind: 'mysql', contents: unreadable('denied', 'MySQL (main)') };
    expect(judge({ stores: [denied] })).toEqual(['unknown host.denied main']);
  });

  test('without an account are unknown: it may be the wrong place', () => {
    expect(judge({ stores: [store([])] })).toEqual(['unknown nobody-found main']);
  });

  test('that let in anybody fail, however young their passwords are', () => {
    expect(judge({ stores: [store([account()], read({ open: 'trust', keepers: [] }))] })).toEqual([
      'fail open main',
      'pass recent-by-record main/app',
    ]);
  });

  test('that let in by passwords of others, or by who knows what, are unknown', () => {
    expect(judge({ stores: [store([account()], read({ open: null, keepers: ['ldap'] }))] })).toContain(
      'unknown kept-by main',
    );
    expect(judge({ stores: [store([account()], unreadable('denied', 'x'))] })).toContain('unknown host.denied main');
  });
});

describe('an account of a store', () => {
  const only = (values: Partial<StoredAccount>) => judge({ stores: [store([account(values)])] });

  test.each<[string, Partial<StoredAccount>, string]>([
    ['changed in time', {}, 'pass recent-by-record main/app'],
    ['is told apart by where it comes from', { from: '10.0.0.%' }, 'pass recent-by-record main/app@10.0.0.%'],
    ['changed too long ago', { password: { state: 'set', changed: '2026-01-01T00:00:00Z' } }, 'fail too-old main/app'],
    ['without a record', { password: { state: 'set', changed: null } }, 'unknown not-recorded main/app'],
    ['must change', { password: { state: 'set', changed: 'must-change' } }, 'unknown must-change main/app'],
    [
      'changed by an UPDATE',
      { password: { state: 'set', changed: '2026-11-20T00:00:00Z' } },
      'unknown day-unproven main/app',
    ],
    ['empty', { password: { state: 'empty' } }, 'fail empty main/app'],
    ['kept by PAM', { password: { state: 'elsewhere', where: 'pam' } }, 'unknown kept-by main/app'],
    ['no password', { password: { state: 'none' } }, 'not-applicable no-password main'],
    ['ended', { expires: '2026-11-22T11:59:59Z' }, 'not-applicable expired main/app'],
    ['about to end', { expires: '2026-11-22T12:00:01Z' }, 'pass recent-by-record main/app'],
    ['not begun', { begins: '2026-11-22T12:00:01Z' }, 'not-applicable not-begun main/app'],
    ['begun', { begins: '2026-11-22T12:00:00Z' }, 'pass recent-by-record main/app'],
  ])('%s', (_, values, expected) => {
    expect(only(values)).toEqual([expected]);
  });

  test('a moment a little after the first look of the same run is no forgery', () => {
    expect(only({ password: { state: 'set', changed: '2026-11-01T08:04:59Z' } })).toEqual([
      'pass recent-by-record main/app',
    ]);
  });

  test('that someone knew who left must have changed since; the roster finds it by its name', () => {
    const departures: Departure[] = [{ on: '2026-10-02', accounts: ['app'] }];
    expect(judge({ stores: [store([account()])] }, ['databases'], departures)).toEqual([
      'fail kept-after-departure main/app',
    ]);
    const absent: Departure[] = [{ on: '2026-10-02', accounts: ['ap'] }];
    expect(judge({ stores: [store([account()])] }, ['databases'], absent)).toEqual([
      'unknown departure-account-absent ap',
      'pass recent-by-record main/app',
    ]);
  });

  test('of someone’s own that is gone is no misspelling', () => {
    const own: Departure[] = [{ on: '2026-10-02', accounts: ['jan'], own: true }];
    expect(judge({ stores: [store([account()])] }, ['databases'], own)).toEqual(['pass recent-by-record main/app']);
  });
});

test('an unreadable shadow file hides nothing of the other stores that a control asks for', () => {
  const old = account({ password: { state: 'set', changed: '2026-01-01T00:00:00Z' } });
  expect(judge({ stores: [store([old])] }, ['system', 'databases'])).toEqual([
    'unknown host.denied',
    'fail too-old main/app',
  ]);
});
