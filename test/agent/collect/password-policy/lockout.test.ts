import { describe, expect, test } from 'vitest';
import { canTryPam, PamHost, type EtcFiles } from '../../../support/pam.ts';
import { codes, etc, versions } from './recorded.ts';

interface LockoutCase {
  readonly name: string;
  readonly files: EtcFiles;
  readonly isLocked: boolean;
}

/** Counted in the test's own folder, and without the two seconds that each failure takes otherwise. */
const counted = 'dir=/etc/security nodelay';
const preauth = `auth required pam_faillock.so preauth silent ${counted}`;
const authfail = `auth [default=die] pam_faillock.so authfail ${counted}`;
const unix = 'pam_unix.so nodelay';

function sshd(...lines: string[]): EtcFiles {
  return { 'pam.d/sshd': `${lines.join('\n')}\n`, 'security/faillock.conf': '# deny = 3\n' };
}

const cases: readonly LockoutCase[] = [
  { name: 'no pam_faillock', files: sshd(`auth required ${unix}`), isLocked: false },
  {
    name: 'faillock(8): preauth, the password, authfail',
    files: sshd(preauth, `auth sufficient ${unix}`, authfail, 'auth required pam_deny.so'),
    isLocked: true,
  },
  {
    name: 'Debian: a jump over authfail',
    files: sshd(
      preauth.replace('required', 'requisite'),
      `auth [success=2 default=ignore] ${unix}`,
      authfail,
      'auth requisite pam_deny.so',
      'auth required pam_permit.so',
    ),
    isLocked: true,
  },
  {
    name: 'preauth alone counts nothing',
    files: sshd(preauth, `auth required ${unix}`),
    isLocked: false,
  },
  {
    name: 'authfail alone refuses nobody',
    files: sshd(`auth sufficient ${unix}`, authfail, 'auth required pam_deny.so'),
    isLocked: false,
  },
  {
    name: 'sufficient before preauth',
    files: sshd(`auth sufficient ${unix}`, preauth, authfail),
    isLocked: false,
  },
  {
    name: 'authfail behind a requisite is never reached',
    files: sshd(preauth, `auth requisite ${unix}`, authfail.replace('[default=die]', 'required')),
    isLocked: false,
  },
  {
    name: 'an optional preauth is not heeded',
    files: sshd(preauth.replace('required', 'optional'), `auth sufficient ${unix}`, authfail),
    isLocked: false,
  },
  {
    name: 'authsucc behind the password',
    files: sshd(`auth [success=1 default=bad] ${unix}`, authfail, `auth required pam_faillock.so authsucc ${counted}`),
    isLocked: true,
  },
  {
    name: 'too many attempts are left by faillock.conf',
    files: {
      ...sshd(preauth, `auth sufficient ${unix}`, authfail, 'auth required pam_deny.so'),
      'security/faillock.conf': 'deny = 10\n',
    },
    isLocked: false,
  },
  {
    name: 'arguments over faillock.conf',
    files: {
      ...sshd(`${preauth} deny=4`, `auth sufficient ${unix}`, `${authfail} deny=4`, 'auth required pam_deny.so'),
      'security/faillock.conf': 'deny = 10\n',
    },
    isLocked: true,
  },
];

describe.skipIf(!canTryPam)('what the collector says of a lock is what libpam does', () => {
  test.concurrent.each(cases)('$name', async ({ files, isLocked }) => {
    using host = new PamHost(files);
    expect(await host.letsIn('sshd', 'right')).toBe(true);
    for (let attempt = 0; attempt < 4; attempt++) expect(await host.letsIn('sshd', 'wrong')).toBe(false);
    expect(await host.letsIn('sshd', 'right')).toBe(!isLocked);
  });
});

describe('the verdict on a lock', () => {
  const lockout = { attempts: 4 };

  test.each(cases)('$name', async ({ files, isLocked }) => {
    expect(await codes(etc(files), { lockout })).toEqual([`${isLocked ? 'lockout' : 'no-lockout'} /etc/pam.d/sshd`]);
  });

  const stack = [
    'auth sufficient pam_unix.so',
    'auth [default=die] pam_faillock.so authfail',
    'auth required pam_deny.so',
  ];
  const before = (args: string): EtcFiles => sshd(`auth required pam_faillock.so preauth ${args}`, ...stack);

  test.each([
    ['deny=0 locks nobody', 'deny=0', 'no-lockout'],
    ['a lock that ends too soon', 'unlock_time=30', 'no-lockout'],
    ['a lock that somebody has to open', 'unlock_time=never', 'lockout'],
    ['a number that is none', 'deny=x', 'lockout'],
    ['settings from elsewhere', 'conf=/etc/security/own.conf', 'other-file'],
  ])('%s', async (_, args, expected) => {
    expect(await codes(etc(before(args)), { lockout: { attempts: 5, duration: '1m' } })).toEqual([
      `${expected} /etc/pam.d/sshd`,
    ]);
  });

  test('pam_tally2 locks once it is told after how many', async () => {
    const tally = (args: string): EtcFiles => sshd(`auth required pam_tally2.so ${args}`, 'auth required pam_unix.so');
    expect(await codes(etc(tally('deny=4')), { lockout })).toEqual(['lockout /etc/pam.d/sshd']);
    expect(await codes(etc(tally('onerr=fail')), { lockout })).toEqual(['no-lockout /etc/pam.d/sshd']);
  });

  test('a condition before it makes it unknown, and its module is named', async () => {
    const files = sshd('auth [success=1 default=ignore] pam_succeed_if.so user ingroup jan', preauth, ...stack);
    expect(await codes(etc(files), { lockout })).toEqual(['lockout-depends /etc/pam.d/sshd']);
    expect(JSON.stringify(await codes(etc(files), { lockout }))).not.toContain('jan');
  });

  test('a service that takes no password of this host is left out', async () => {
    const keys = { 'pam.d/sshd': 'auth required pam_deny.so\n' };
    expect(await codes(etc(keys), { lockout })).toEqual(['no-password-login /etc/pam.d/sshd']);
  });

  test.each([
    ['asks PAM', 'usepam yes\npasswordauthentication yes', 'lockout'],
    ['takes passwords by itself', 'usepam no\npasswordauthentication yes', 'sshd-without-pam'],
    ['takes none', 'usepam no\npasswordauthentication no', 'no-password-login'],
    ['says something else', 'nonsense', 'host.unparsable'],
  ])('an sshd that %s', async (_, settings, expected) => {
    const stdout = `permitrootlogin no\n${settings}\n`;
    const host = etc(before(''), {
      ...versions,
      '/usr/sbin/sshd -T': { stdout: settings === 'nonsense' ? settings : stdout },
    });
    expect(await codes(host, { lockout: { attempts: 5 } })).toEqual([`${expected} /etc/pam.d/sshd`]);
  });

  test('without a service that lets anybody in nothing is shown', async () => {
    expect(await codes(etc({ 'pam.d/passwd': 'password required pam_unix.so\n' }), { lockout })).toEqual(['no-way']);
  });
});
