import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { EtcFiles } from '../../../support/pam.ts';
import { codes, etc, versions } from './recorded.ts';

/** RHEL 9: authselect with the profile sssd and the features with-faillock and with-pwhistory. */
const systemAuth = `auth        required                                     pam_env.so
auth        required                                     pam_faildelay.so delay=2000000
auth        required                                     pam_faillock.so preauth silent
auth        [default=1 ignore=ignore success=ok]         pam_usertype.so isregular
auth        [default=1 ignore=ignore success=ok]         pam_localuser.so
auth        sufficient                                   pam_unix.so nullok
auth        [default=1 ignore=ignore success=ok]         pam_usertype.so isregular
auth        sufficient                                   pam_sss.so forward_pass
auth        required                                     pam_faillock.so authfail
auth        required                                     pam_deny.so

password    requisite                                    pam_pwquality.so local_users_only
password    [default=1 ignore=ignore success=ok]         pam_localuser.so
password    requisite                                    pam_pwhistory.so use_authtok
password    sufficient                                   pam_unix.so sha512 shadow nullok use_authtok
password    [success=1 default=ignore]                   pam_localuser.so
password    sufficient                                   pam_sss.so use_authtok
password    required                                     pam_deny.so
`;
const rhel: EtcFiles = {
  'pam.d/system-auth': systemAuth,
  'pam.d/password-auth': systemAuth,
  'pam.d/passwd': `#%PAM-1.0
# This tool only uses the password stack.
password   substack\tsystem-auth
-password   optional\tpam_gnome_keyring.so use_authtok
password   substack\tpostlogin
`,
  'pam.d/postlogin': 'session optional pam_umask.so silent\n',
  'pam.d/sshd': `auth       substack     password-auth
auth       include      postlogin
password   include      password-auth
`,
  'security/pwquality.conf': 'minlen = 12\nminclass = 4\nenforce_for_root\n',
  'security/pwhistory.conf': 'remember = 24\nenforce_for_root\n',
  'security/faillock.conf': 'deny = 5\nunlock_time = 900\n',
};
const rpm = {
  'rpm -q --qf %{NAME} %{VERSION} installed\\n libpam0g pam libpwquality1 libpwquality': {
    exitCode: 2,
    stdout: 'package libpam0g is not installed\npam 1.5.1 installed\nlibpwquality 1.4.4 installed\n',
  },
};

describe('RHEL 9 with authselect', () => {
  const asked = { minimumLength: 12, kinds: ['upper'], history: 24 };

  test('asks what its files say, in system-auth and password-auth', async () => {
    const met = ['length', 'history', 'kinds'];
    expect(await codes(etc(rhel, rpm), asked)).toEqual([
      ...met.map((code) => `${code} /etc/pam.d/passwd`),
      ...met.map((code) => `${code} /etc/pam.d/sshd`),
      'directory',
      'not-tried',
    ]);
  });

  test('locks after five, however a directory answers', async () => {
    expect(await codes(etc(rhel, rpm), { lockout: { attempts: 5, duration: '15m' } })).toEqual([
      'lockout /etc/pam.d/sshd',
    ]);
    expect(await codes(etc(rhel, rpm), { lockout: { attempts: 5, duration: '20m' } })).toEqual([
      'no-lockout /etc/pam.d/sshd',
    ]);
  });

  test('a change in one of the two files only shows in its services', async () => {
    const edited = { ...rhel, 'pam.d/password-auth': systemAuth.replace('local_users_only', 'minlen=8') };
    const found = await codes(etc(edited, rpm), { minimumLength: 12 });
    expect(found.slice(0, 2)).toEqual(['length /etc/pam.d/passwd', 'length-short /etc/pam.d/sshd']);
  });
});

describe('Ubuntu 24.04 with libpam-pwquality and libpam-sss', () => {
  const files: EtcFiles = {
    'pam.d/passwd': '@include common-password\n',
    'pam.d/chpasswd': '@include common-password\n',
    'pam.d/common-password': `password\trequisite\t\t\tpam_pwquality.so retry=3
password\t[success=2 default=ignore]\tpam_unix.so obscure use_authtok try_first_pass yescrypt
password\tsufficient\t\t\tpam_sss.so use_authtok
password\trequisite\t\t\tpam_deny.so
password\trequired\t\t\tpam_permit.so
`,
    'security/pwquality.conf': 'minlen = 12\n',
  };

  test('users are held to it; root is not until it is enforced', async () => {
    expect(await codes(etc(files), { minimumLength: 12 })).toEqual([
      'root-exempt /etc/pam.d/chpasswd',
      'length /etc/pam.d/passwd',
      'root-exempt /etc/pam.d/passwd',
      'directory',
      'not-tried',
    ]);
    const forRoot = { ...files, 'security/pwquality.conf': 'minlen = 12\nenforce_for_root\n' };
    expect(await codes(etc(forRoot), { minimumLength: 12 })).toEqual([
      'length /etc/pam.d/chpasswd',
      'length /etc/pam.d/passwd',
      'directory',
      'not-tried',
    ]);
  });
});

describe('openSUSE, whose files are the vendor’s', () => {
  const vendor = {
    '/usr/lib/pam.d/passwd':
      'auth include common-auth\naccount include common-account\npassword include common-password\n',
    '/etc/pam.d/common-password': `password requisite pam_cracklib.so
password optional pam_gnome_keyring.so use_authtok
password required pam_unix.so use_authtok nullok shadow try_first_pass
`,
  };
  const judged = (files: Readonly<Record<string, string>>, parameters: object) =>
    codes(new RecordedHost({ files, commands: versions ?? {} }), { forRoot: false, ...parameters });

  test('pam_cracklib counts each kind once more, so that nine are five', async () => {
    expect(await judged(vendor, { minimumLength: 9 })).toEqual(['length-short /etc/pam.d/passwd']);
    expect(await judged(vendor, { minimumLength: 5, dictionary: true })).toEqual([
      'length /etc/pam.d/passwd',
      'dictionary /etc/pam.d/passwd',
    ]);
  });

  test('pam_cracklib that asks for kinds', async () => {
    const asking = 'pam_cracklib.so minlen=12 lcredit=-1 ucredit=-1 dcredit=-1 ocredit=-1';
    const text = vendor['/etc/pam.d/common-password'].replace('pam_cracklib.so', asking);
    const parameters = { minimumLength: 12, kinds: ['lower', 'upper', 'digit', 'other'], classes: 4 };
    expect(await judged({ ...vendor, '/etc/pam.d/common-password': text }, parameters)).toEqual(
      ['length', 'classes', 'kinds'].map((code) => `${code} /etc/pam.d/passwd`),
    );
  });
});
