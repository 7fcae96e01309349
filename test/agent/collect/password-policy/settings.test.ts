import { describe, expect, test } from 'vitest';
import { sampleOf } from '../../../../agent/collect/password-policy/samples.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { passwordPolicyCollector } from '../../../../agent/collect/password-policy.ts';
import { kinds } from '../../../../policies/checks/password-policy/facts.ts';
import { passwordPolicy } from '../../../../policies/checks/password-policy.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import type { EtcFiles } from '../../../support/pam.ts';
import { tool } from '../../../support/tools.ts';
import { codes, collect, etc, judge, versions } from './recorded.ts';

const passwd = '/etc/pam.d/passwd';
const checked = 'password requisite pam_pwquality.so\npassword required pam_unix.so use_authtok\n';
const withConf = (text: string): EtcFiles => ({ 'pam.d/passwd': checked, 'security/pwquality.conf': text });
const twelve = { minimumLength: 12, forRoot: false };

describe('settings of libpwquality', () => {
  test.each([
    ['a word for a number', 'minlen = twelve\n', 1],
    ['a number with something behind it', '# first\nminlen = 12 characters\n', 2],
    ['a name that it does not know', 'minlen = 12\n\nminlenght = 14\n', 3],
    ['a line that is too long', `minlen = 12\n#${'x'.repeat(2000)}\n`, 2],
  ])('it stops at %s, and so does the verdict', async (_, text, line) => {
    const [reason] = await judge(etc(withConf(text)), twelve);
    expect(reason).toMatchObject({
      code: 'password-policy.settings-stopped',
      values: { file: 'pwquality.conf', line },
    });
  });

  test('after a broken file in its folder the main file is not read', async () => {
    const files = { ...withConf('minlen = 12\n'), 'security/pwquality.conf.d/jan.conf': 'difok = none\n' };
    expect(await codes(etc(files), twelve)).toEqual(['settings-stopped', 'not-tried']);
    const facts = JSON.stringify(await collect(etc(files), twelve));
    expect(facts).not.toContain('minlen');
    expect(facts).not.toContain('jan');
  });

  test('the older library, which has other defaults and counts digits twice', async () => {
    const [query = ''] = Object.keys(versions ?? {});
    const of = (stdout: string) => etc(withConf('minlen = 12\n'), { [query]: { stdout } });
    expect(await codes(of('libpwquality1 1.3.0-1 installed\n'), twelve)).toEqual(['pwquality-version', 'not-tried']);
    expect(await codes(of('libpwquality1 1.4.5-1 not-installed\n'), twelve)).toContain('pwquality-version');
    expect(await codes(of('libpwquality1 1:1.4-2 installed\n'), twelve)).toContain(`length ${passwd}`);
  });

  test('without a package manager nobody knows', async () => {
    expect(await codes(etc(withConf('minlen = 12\n'), {}), twelve)).toEqual(['host.unsupported', 'not-tried']);
  });

  test('rpm tells as well', async () => {
    const rpm = 'rpm -q --qf %{NAME} %{VERSION} installed\\n libpam0g pam libpwquality1 libpwquality';
    const stdout = 'package libpam0g is not installed\npam 1.5.1 installed\nlibpwquality 1.4.4 installed\n';
    expect(await codes(etc(withConf('minlen = 12\n'), { [rpm]: { exitCode: 2, stdout } }), twelve)).toContain(
      `length ${passwd}`,
    );
  });
});

describe('what may not be read', () => {
  test.each([
    ['a service', '/etc/pam.d/passwd', ['host.denied /etc/pam.d/passwd']],
    ['an included file', '/etc/pam.d/jan', ['host.denied /etc/pam.d/passwd']],
    ['pwquality.conf', '/etc/security/pwquality.conf', ['host.denied', 'not-tried']],
    ['a file of its folder', '/etc/security/pwquality.conf.d/jan.conf', ['host.denied', 'not-tried']],
  ])('%s', async (_, path, expected) => {
    const files = {
      '/etc/pam.d/passwd': `password include jan\n`,
      '/etc/pam.d/jan': checked,
      '/etc/security/pwquality.conf': 'minlen = 12\n',
      [path]: unreadable('denied', path),
    };
    const host = new RecordedHost({ files, commands: versions ?? {} });
    const reasons = await judge(host, twelve);
    expect(reasons.filter(({ verdict }) => verdict === 'unknown').length).toBeGreaterThan(0);
    expect(reasons.map(({ verdict }) => verdict)).not.toContain('pass');
    expect((await codes(host, twelve)).slice(0, expected.length)).toEqual(expected);
    expect(JSON.stringify([await collect(host, twelve), reasons])).not.toContain('jan');
  });
});

describe('hosts without the usual', () => {
  test('no PAM at all, whatever login.defs asks', async () => {
    expect(await codes(etc({ 'login.defs': 'PASS_MIN_LEN 15\n' }), twelve)).toEqual(['no-pam']);
  });

  test('a service that sets nothing is no proof', async () => {
    const files = { 'pam.d/passwd': 'password required pam_deny.so\n' };
    expect(await codes(etc(files), twelve)).toEqual([`sets-nothing ${passwd}`, 'no-way']);
  });

  test('an included file that is not there fails, as it does in libpam', async () => {
    const files = { 'pam.d/passwd': 'password include gone\npassword required pam_unix.so minlen=12\n' };
    expect(await codes(etc(files), twelve)).toEqual([`sets-nothing ${passwd}`, 'no-way']);
  });

  test('a file that includes itself ends', async () => {
    const files = { 'pam.d/passwd': 'password include passwd\npassword required pam_unix.so minlen=12\n' };
    expect(await codes(etc(files), twelve)).toEqual([`sets-nothing ${passwd}`, 'no-way']);
  });

  test('one that includes itself twice is too large to be read', async () => {
    const files = { 'pam.d/passwd': 'password include passwd\npassword include passwd\n' };
    expect(await codes(etc(files), twelve)).toEqual([`host.too-large ${passwd}`]);
  });

  test('the vendor’s folder, and the administrator’s before it', async () => {
    const vendor = { '/usr/lib/pam.d/passwd': 'password required pam_unix.so minlen=12\n' };
    const judged = (files: Readonly<Record<string, string>>) =>
      codes(new RecordedHost({ files, commands: versions ?? {} }), twelve);
    expect(await judged(vendor)).toEqual([`length ${passwd}`]);
    expect(await judged({ ...vendor, '/etc/pam.d/passwd': 'password required pam_unix.so\n' })).toEqual([
      `length-short ${passwd}`,
    ]);
  });

  test('accounts of a directory keep their own rules', async () => {
    const files = {
      'pam.d/passwd': `password requisite pam_pwquality.so minlen=12\npassword sufficient pam_unix.so use_authtok\npassword sufficient pam_sss.so use_authtok\n`,
    };
    expect(await codes(etc(files), twelve)).toEqual([`length ${passwd}`, 'directory', 'not-tried']);
  });
});

describe('what hangs on a module whose answer nobody knows', () => {
  test('a condition that jumps over the check', async () => {
    const check = 'password requisite pam_pwquality.so minlen=12\npassword required pam_unix.so\n';
    const files = { 'pam.d/passwd': `password [success=1 default=ignore] pam_succeed_if.so user = jan\n${check}` };
    const reasons = await judge(etc(files), twelve);
    expect(reasons[0]).toMatchObject({
      code: 'password-policy.depends',
      values: { demands: 'length 12', modules: 'pam_succeed_if' },
    });
    expect(reasons.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(JSON.stringify(await collect(etc(files), twelve))).not.toContain('jan');
  });

  test('a condition behind the check changes nothing', async () => {
    const files = {
      'pam.d/passwd': `password requisite pam_pwquality.so minlen=12\npassword [success=1 default=ignore] pam_succeed_if.so uid >= 1000\npassword optional pam_exec.so /root/x\npassword required pam_unix.so use_authtok\n`,
    };
    expect(await codes(etc(files), twelve)).toEqual([`length ${passwd}`, 'not-tried']);
  });

  test('a module that may ask for the password itself, behind the check', async () => {
    const files = {
      'pam.d/passwd': `password required pam_pwquality.so minlen=12\npassword optional pam_krb5.so\npassword required pam_unix.so use_authtok\n`,
    };
    expect(await codes(etc(files), twelve)).toEqual([`depends ${passwd}`, 'directory', 'not-tried']);
  });

  test('too many of them', async () => {
    const rule = 'password [success=1 user_unknown=2 auth_err=ok default=ignore] pam_exec.so x\n';
    const files = { 'pam.d/passwd': `${rule.repeat(9)}${checked}` };
    expect(await codes(etc(files), twelve)).toEqual([`too-many-ways ${passwd}`, 'not-tried']);
  });
});

describe('passwords that come back', () => {
  const history = { history: 5, forRoot: false };
  const stack = (pwhistory: string): EtcFiles => ({
    'pam.d/passwd': `password required pam_pwhistory.so ${pwhistory}\npassword required pam_unix.so use_authtok\n`,
  });

  test.each([
    ['remember=5', 'history'],
    ['', 'history'],
    ['remember=4', 'history-short'],
    ['remember=0', 'sets-nothing'],
    ['remember=5 conf=/etc/own', 'other-file'],
  ])('pam_pwhistory %s', async (args, expected) => {
    expect((await codes(etc(stack(args)), history))[0]).toBe(`${expected} ${passwd}`);
  });

  test('its settings file counts where that version reads it', async () => {
    const files = { ...stack(''), 'security/pwhistory.conf': 'remember = 2\n' };
    const [query = ''] = Object.keys(versions ?? {});
    expect(await codes(etc(files), history)).toEqual([`history ${passwd}`]);
    const newer = { [query]: { stdout: 'libpam0g 1.5.3-7 installed\n' } };
    expect(await codes(etc(files, newer), history)).toEqual([`history-short ${passwd}`]);
  });

  test('pam_unix remembers, but not for root', async () => {
    const files = { 'pam.d/passwd': 'password required pam_unix.so remember=5\n' };
    expect(await codes(etc(files), { history: 5 })).toEqual([`history ${passwd}`, `root-exempt ${passwd}`]);
    expect(await codes(etc(stack('remember=5 enforce_for_root')), { history: 5 })).toEqual([`history ${passwd}`]);
  });
});

describe('services', () => {
  test('what root alone may run counts where root is held to the policy', async () => {
    const files = {
      'pam.d/chpasswd': 'password requisite pam_pwquality.so minlen=12\npassword required pam_unix.so use_authtok\n',
    };
    const all = { ...files, 'pam.d/passwd': 'password required pam_unix.so minlen=12\n' };
    expect(await codes(etc(all), twelve)).toEqual(['root-only /etc/pam.d/chpasswd', `length ${passwd}`, 'not-tried']);
    expect(await codes(etc(all), { minimumLength: 12 })).toEqual([
      'root-exempt /etc/pam.d/chpasswd',
      `length ${passwd}`,
      `root-exempt ${passwd}`,
      'not-tried',
    ]);
  });

  test('a login with a password that has run out asks its own stack', async () => {
    const files = {
      'pam.d/passwd': 'password required pam_unix.so minlen=12\n',
      'pam.d/sshd': 'password required pam_unix.so\n',
    };
    expect(await codes(etc(files), twelve)).toEqual([`length ${passwd}`, 'length-short /etc/pam.d/sshd']);
  });
});

describe('samples', () => {
  const asked = { minimumLength: 12, kinds: ['upper'], forRoot: false };
  const stack = withConf('minlen = 12\nucredit = -1\n');

  /** A host whose pwscore takes what it is told to. */
  function scoring(takes: (password: string) => boolean): RecordedHost {
    const host = etc(stack);
    const others = host.run.bind(host);
    host.run = (command, signal) => {
      if (command.file !== 'pwscore') return others(command, signal);
      return Promise.resolve(read({ exitCode: takes(command.input ?? '') ? 0 : 1, stdout: '', stderr: '' }));
    };
    return host;
  }

  test('refused as the settings say', async () => {
    const host = scoring((password) => password.trim().length >= 12 && /[A-Z]/.test(password));
    expect(await codes(host, asked)).toEqual([`length ${passwd}`, `kinds ${passwd}`, 'samples']);
  });

  test('one that is taken against the settings makes it unknown', async () => {
    const host = scoring((password) => /[A-Z]/.test(password));
    expect(await codes(host, asked)).toContain('sample-taken');
  });

  test('a pwscore that refuses everything shows nothing', async () => {
    expect(
      await codes(
        scoring(() => false),
        asked,
      ),
    ).toContain('not-tried');
  });

  test('are of the length and kinds they are said to be, and in no report', async () => {
    for (const length of [4, 11, 24, 64]) {
      const sample = sampleOf(length, kinds);
      expect(sample).toHaveLength(length);
      for (const pattern of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(sample).toMatch(pattern);
    }
    const facts = JSON.stringify(
      await collect(
        scoring(() => true),
        asked,
      ),
    );
    expect(facts).not.toContain(sampleOf(24, kinds));
    expect(facts).not.toContain(sampleOf(11, kinds));
  });

  test.skipIf(!tool('pwscore') || !tool('update-cracklib'))(
    'the real pwscore takes a strong one and refuses a short one',
    async () => {
      const score = (password: string) => new LocalHost().run({ file: 'pwscore', args: [], input: `${password}\n` });
      expect(await score(sampleOf(24, kinds))).toMatchObject({ state: 'read', value: { exitCode: 0 } });
      expect(await score(sampleOf(5, kinds))).toMatchObject({ state: 'read', value: { exitCode: 1 } });
    },
  );
});

describe('this machine', () => {
  test('its facts are of the form and the same each time', async () => {
    const once = () => passwordPolicyCollector.collect(collecting(new LocalHost()), {}, [{ minimumLength: 12 }]);
    const facts = await once();
    expect(passwordPolicy.facts.parse(facts)).toEqual(facts);
    expect(JSON.stringify(await once())).toBe(JSON.stringify(facts));
  });
});

describe('the facts', () => {
  test('hold no name, password, path or word that a file happens to hold', async () => {
    const files = {
      'pam.d/passwd': `password [success=ignore default=ignore jan=ok] /home/jan/lib/pam_jan_own.so user=jan file=/home/jan
password requisite pam_pwquality.so badwords=geheim,jan dictpath=/home/jan/words minlen=12
password optional pam_exec.so /home/jan/notify --token=geheim
password required pam_unix.so use_authtok
auth required pam_listfile.so item=user sense=deny file=/home/jan/denied
`,
      'security/pwquality.conf': 'badwords = geheim jan\ndictpath = /home/jan/words\n',
      'security/opasswd': 'jan:1001:1:$6$geheim\n',
    };
    const told = JSON.stringify([await collect(etc(files), twelve), await judge(etc(files), twelve)]);
    expect(told).not.toMatch(/geheim|\/home|\bjan\b|\$6\$/);
    expect(told).toContain('"minlen":12');
  });
});
