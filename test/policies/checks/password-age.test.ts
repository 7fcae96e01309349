import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { passwordAge } from '../../../policies/checks/password-age.ts';
import type { Account, PasswordAgeFacts } from '../../../policies/checks/password-age/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');

function account(values: Partial<Account>): Account {
  const password: Account['password'] = { state: 'set', changed: '2026-11-01' };
  return { account: 'root', uid: 0, shell: 'login', password, expires: null, ...values };
}

function facts(accounts: Account[], departures: PasswordAgeFacts['departures'] = []): PasswordAgeFacts {
  return { system: read({ accounts, malformed: [], directories: read([]) }), departures };
}

function judge(value: PasswordAgeFacts, parameters: unknown = {}, moment = at) {
  return passwordAge
    .judge(read(value), parameters, moment)
    .map(({ code, verdict, subject }) => `${verdict} ${code}${subject === undefined ? '' : ` ${subject}`}`);
}

function changed(day: string | null): Account {
  return account({ password: { state: 'set', changed: day } });
}

describe('the age of a password', () => {
  test('a recent change passes', () => {
    expect(judge(facts([changed('2026-11-01')]))).toEqual(['pass password-age.recent root']);
  });

  test('the limit counts from the start of the recorded day', () => {
    const lastGood = new Date('2026-07-03T00:00:00Z');
    expect(judge(facts([changed('2026-01-01')]), {}, lastGood)).toEqual(['pass password-age.recent root']);
    const oneSecondOn = new Date('2026-07-03T00:00:01Z');
    expect(judge(facts([changed('2026-01-01')]), {}, oneSecondOn)).toEqual(['fail password-age.too-old root']);
  });

  test('a policy may ask for another limit', () => {
    expect(judge(facts([changed('2026-11-01')]), { maximumAge: '14d' })).toEqual(['fail password-age.too-old root']);
  });

  test('no recorded day is unknown, not new', () => {
    expect(judge(facts([changed(null)]))).toEqual(['unknown password-age.no-day root']);
  });

  test('a password that must be changed at the next login has not been changed', () => {
    expect(judge(facts([changed('must-change')]))).toEqual(['unknown password-age.must-change root']);
  });

  test('a change in the future is unknown, not fresh', () => {
    expect(judge(facts([changed('2026-11-23')]))).toEqual(['unknown password-age.future root']);
  });

  test('an empty password fails, whatever the shell and the policy', () => {
    const empty = account({ shell: 'nologin', password: { state: 'empty' } });
    expect(judge(facts([empty]), { accounts: 'with-shell' })).toEqual(['fail password-age.empty root']);
  });
});

describe('accounts that are left out', () => {
  const none = account({ account: 'daemon', password: { state: 'none', keys: read(false) } });

  test('where nobody logs in with a password the promise does not apply', () => {
    expect(judge(facts([none]))).toEqual(['not-applicable password-age.no-password']);
  });

  test('a locked account that still opens with SSH keys is named', () => {
    const locked = account({ password: { state: 'locked', keys: read(true) } });
    expect(judge(facts([locked]))).toEqual([
      'unknown password-age.keys-only root',
      'not-applicable password-age.no-password',
    ]);
  });

  test('an account leaves out its password from the day on which it ends', () => {
    const old = { ...changed('2020-01-01'), expires: '2026-11-22' };
    expect(judge(facts([old]))).toEqual(['not-applicable password-age.expired root']);
    expect(judge(facts([{ ...old, expires: '2026-11-23' }]))).toEqual(['fail password-age.too-old root']);
  });

  test('day 0 as the end of an account is ambiguous and leaves nothing out', () => {
    expect(judge(facts([{ ...changed('2020-01-01'), expires: '1970-01-01' }]))).toEqual([
      'fail password-age.too-old root',
    ]);
  });

  test('accounts without a shell count unless the policy leaves them out, which is then said', () => {
    const mailbox = { ...changed('2020-01-01'), account: 'mailbox', shell: 'nologin' as const };
    expect(judge(facts([mailbox]))).toEqual(['fail password-age.too-old mailbox']);
    expect(judge(facts([mailbox, changed('2026-11-01')]), { accounts: 'with-shell' })).toEqual([
      'pass password-age.recent root',
      'not-applicable password-age.no-shell',
    ]);
  });
});

describe('departures', () => {
  const left = (on: string, accounts: 'all' | string[] = 'all') => [{ on, accounts }];

  test('a password kept after someone who knew it left fails', () => {
    expect(judge(facts([changed('2026-10-31')], left('2026-11-01')))).toEqual([
      'fail password-age.kept-after-departure root',
    ]);
  });

  test('a change on the day itself will do', () => {
    expect(judge(facts([changed('2026-11-01')], left('2026-11-01')))).toEqual(['pass password-age.recent root']);
  });

  test('the day itself is left for changing', () => {
    const facts1 = facts([changed('2026-10-01')], left('2026-11-22'));
    expect(judge(facts1)).toEqual(['pass password-age.recent root']);
    expect(judge(facts1, {}, new Date('2026-11-23T00:00:00Z'))).toEqual([
      'fail password-age.kept-after-departure root',
    ]);
  });

  test('only the accounts that the person knew count, where they are named', () => {
    const other = { ...changed('2026-10-01'), account: 'deploy' };
    expect(judge(facts([changed('2026-10-01'), other], left('2026-11-01', ['deploy'])))).toEqual([
      'pass password-age.recent root',
      'fail password-age.kept-after-departure deploy',
    ]);
  });

  test('a misspelt account does not silently drop the departure', () => {
    expect(judge(facts([changed('2026-10-01')], left('2026-11-01', ['rooot'])))).toEqual([
      'unknown password-age.departure-account-absent rooot',
      'pass password-age.recent root',
    ]);
  });

  test('without a roster nobody can tell; a policy may do without', () => {
    expect(judge(facts([changed('2026-11-01')], null))).toContain('unknown password-age.no-roster');
    expect(judge(facts([changed('2026-10-31')], left('2026-11-01')), { afterDeparture: false })).toEqual([
      'pass password-age.recent root',
    ]);
  });
});

describe('what cannot be read', () => {
  test('is unknown, whether the files, an account or a line', () => {
    const denied: PasswordAgeFacts = { system: unreadable('denied', '/etc/shadow'), departures: [] };
    expect(judge(denied)).toEqual(['unknown host.denied']);
    expect(judge(facts([account({ password: { state: 'elsewhere' } })]))).toEqual([
      'unknown password-age.elsewhere root',
    ]);
    const malformed: PasswordAgeFacts = {
      system: read({
        accounts: [changed('2026-11-01')],
        malformed: [{ file: '/etc/shadow', line: 2 }],
        directories: read(['sss']),
      }),
      departures: [],
    };
    expect(judge(malformed)).toEqual([
      'unknown password-age.malformed',
      'unknown password-age.directory',
      'pass password-age.recent root',
    ]);
  });
});

test('the documentation gives every reason with its verdict', () => {
  const text = readFileSync('docs/checks/password-age.md', 'utf8');
  const documented = [...text.matchAll(/^\| `([a-z-]+\.[a-z-]+)` +\| ([a-z-]+) +\|/gm)].map(([, code, verdict]) => [
    code,
    verdict,
  ]);
  const own = Object.entries(passwordAge.reasons).filter(([code]) => !code.startsWith('host.'));
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(own.map(([code, { verdict }]) => [code, verdict])));
});
