import { describe, expect, test } from 'vitest';
import { passwordAge } from '../../../../policies/checks/password-age.ts';
import type { Account, Departure, Key, SshKeys } from '../../../../policies/checks/password-age/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');

function key(values: Partial<Key> = {}): Key {
  return {
    account: 'root',
    file: '~/.ssh/authorized_keys',
    line: 1,
    shell: 'login',
    expires: null,
    accountExpires: null,
    seen: { notBefore: '2026-11-01T08:00:00Z', firstSeen: '2026-11-01T08:15:00Z' },
    holder: 'unlisted',
    ...values,
  };
}

function judge(keys: Key[], { departures = [], parameters = {}, ...more }: Choices = {}) {
  const sshKeys = read<SshKeys>({ keys, unread: [], elsewhere: read([]), ...more });
  return passwordAge
    .judge(read({ system: unreadable('denied', 'x'), departures, sshKeys }), { of: ['ssh-keys'], ...parameters }, at)
    .filter(({ code }) => code !== 'password-age.no-stores')
    .map(({ code, verdict, subject = '' }) => `${verdict} ${code.replace('password-age.', '')} ${subject}`.trim());
}

interface Choices extends Partial<SshKeys> {
  readonly departures?: Departure[];
  readonly parameters?: object;
}

const atFirstLook = (firstSeen: string) => ({ seen: { notBefore: null, firstSeen } });

describe('an SSH key', () => {
  test.each<[string, Partial<Key>, string]>([
    ['that was seen to come in time', {}, 'pass key-recent root'],
    ['that was there at the first look', atFirstLook('2026-11-01T00:00:00Z'), 'unknown key-unproven root'],
    ['that has been there for too long', atFirstLook('2026-05-01T00:00:00Z'), 'fail key-too-old root'],
    [
      'that came while the agent was away',
      { seen: { notBefore: '2026-01-01T00:00:00Z', firstSeen: '2026-11-01T00:00:00Z' } },
      'unknown key-unproven root',
    ],
    ['seen in the future', atFirstLook('2026-11-23T00:00:00Z'), 'unknown key-clock root'],
    ['that has ended', { expires: '2026-11-22T12:00:00Z' }, 'not-applicable keys-ended'],
    ['that will end', { expires: '2026-11-22T12:00:01Z' }, 'pass key-recent root'],
    ['of an account that has ended', { accountExpires: '2026-11-22' }, 'not-applicable keys-ended'],
    ['of an account whose end is ambiguous', { accountExpires: '1970-01-01' }, 'pass key-recent root'],
    ['of someone who left', { holder: { left: '2026-11-21' } }, 'fail key-of-departed root'],
    ['of someone who leaves today', { holder: { left: '2026-11-22' } }, 'pass key-recent root'],
  ])('%s', (_, values, expected) => {
    expect(judge([key(values)])).toEqual([expected]);
  });

  test('may be left out where its account has no shell, with the others of its kind', () => {
    const parameters = { accounts: 'with-shell' };
    expect(judge([key({ shell: 'nologin', ...atFirstLook('2020-01-01T00:00:00Z') })], { parameters })).toEqual([
      'not-applicable keys-no-shell',
    ]);
  });

  test('of whom nobody says may be that of someone who left, unless it came since', () => {
    const departures: Departure[] = [{ on: '2026-11-10', accounts: 'all' }];
    expect(judge([key()], { departures })).toEqual(['unknown key-unattributed root']);
    expect(judge([key({ holder: 'listed' })], { departures })).toEqual(['pass key-recent root']);
    const since = { notBefore: '2026-11-12T08:00:00Z', firstSeen: '2026-11-12T08:15:00Z' };
    expect(judge([key({ seen: since })], { departures })).toEqual(['pass key-recent root']);
    expect(judge([key()], { departures: [{ on: '2026-11-10', accounts: ['deploy'] }] })).not.toContain(
      'unknown key-unattributed root',
    );
  });
});

describe('what may hide keys', () => {
  test('is unknown: a file, a line, a command, a configuration', () => {
    const file = '~/.ssh/authorized_keys';
    expect(
      judge([], {
        unread: [
          { account: 'root', file, line: null },
          { account: 'root', file, line: 3 },
        ],
        elsewhere: read(['AuthorizedKeysCommand']),
      }),
    ).toEqual(['unknown keys-elsewhere', 'unknown keys-unreadable root', 'unknown key-malformed root']);
    expect(judge([], { elsewhere: unreadable('denied', '/etc/ssh/sshd_config') })).toContain('unknown host.denied');
    expect(judge([])).toEqual(['not-applicable no-keys']);
  });

  test('facts without keys are no ground to say that there are none', () => {
    const facts = { system: unreadable('denied', 'x'), departures: [], stores: [] };
    expect(passwordAge.judge(read(facts), { of: ['ssh-keys'] }, at)).toMatchObject([{ verdict: 'unknown' }]);
  });
});

describe('an account that only keys open', () => {
  const locked = (values: Partial<Account> = {}): Account => {
    const password: Account['password'] = { state: 'locked', keys: read(true) };
    return { account: 'root', uid: 0, shell: 'login', expires: null, password, ...values };
  };
  const verdicts = (account: Account, of: string[], sshKeys?: SshKeys) => {
    const system = read({ accounts: [account], malformed: [], directories: read([]) });
    const facts = { system, departures: [], stores: [], ...(sshKeys === undefined ? {} : { sshKeys: read(sshKeys) }) };
    return passwordAge.judge(read(facts), { of }, at).map(({ code, verdict }) => `${verdict} ${code}`);
  };

  test('is a login, and unknown to a control that does not look at keys', () => {
    expect(verdicts(locked(), ['system'])).toContain('unknown password-age.keys-only');
    const hidden = locked({ password: { state: 'none', keys: unreadable('denied', '~/.ssh/authorized_keys') } });
    expect(verdicts(hidden, ['system'])).toContain('unknown host.denied');
    expect(verdicts(locked({ expires: '2026-11-01' }), ['system'])).toEqual([
      'not-applicable password-age.no-password',
    ]);
  });

  test('has the age of its keys where a control looks at them', () => {
    const keys: SshKeys = { keys: [key()], unread: [], elsewhere: read([]) };
    expect(verdicts(locked(), ['system', 'ssh-keys'], keys)).toEqual([
      'not-applicable password-age.no-password',
      'pass password-age.key-recent',
    ]);
  });
});
