import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { passwordAgeCollector } from '../../../agent/collect/password-age.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../agent/host/recorded.ts';
import { passwordAge } from '../../../policies/checks/password-age.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { collecting } from '../../support/collecting.ts';
import { tool } from '../../support/tools.ts';

const at = new Date('2026-11-22T12:00:00Z');
const hash = '$y$j9T$abcdefghijklmnopqrstuv$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const key = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519')]).toString('base64')}\n`;
/** 2026-11-01. */
const recent = 20_758;

async function collect(files: Recording['files'], settings: unknown = { roster: { departures: [] } }) {
  return passwordAgeCollector.collect(collecting(new RecordedHost({ files: { ...files } }), { at }), settings, [{}]);
}

async function verdicts(files: Recording['files'], settings?: unknown) {
  const facts = await collect(files, settings);
  return passwordAge.judge(read(facts), {}, at).map(({ code, subject = '' }) => `${code} ${subject}`.trim());
}

const passwd = 'root:x:0:0:root:/root:/bin/bash\n';

function shadowed(field: string, changed: number | string = recent, expires = '') {
  return { '/etc/passwd': passwd, '/etc/shadow': `root:${field}:${changed}:0:99999:7::${expires}:\n` };
}

describe('one account', () => {
  test.each([
    ['a hash with a day', shadowed(hash), 'password-age.recent @root'],
    ['an empty day: ageing is off', shadowed(hash, ''), 'password-age.no-day @root'],
    ['day -1, as shadow tools write it', shadowed(hash, '-1'), 'password-age.no-day @root'],
    ['day 0: must change', shadowed(hash, 0), 'password-age.must-change @root'],
    ['a day to come', shadowed(hash, 20_900), 'password-age.future @root'],
    ['half a year and more ago', shadowed(hash, 20_500), 'password-age.too-old @root'],
    ['no password needed', shadowed(''), 'password-age.empty @root'],
    ['expired', shadowed(hash, 20_500, '20600'), 'password-age.expired @root'],
    ['locked', shadowed(`!${hash}`), 'password-age.no-password'],
    ['never had a password', shadowed('*'), 'password-age.no-password'],
    ['locked and never had a password', shadowed('!*'), 'password-age.no-password'],
    ['a word that is no hash counts as one', shadowed('secret', 20_500), 'password-age.too-old @root'],
  ])('%s', async (_, files, expected) => {
    expect(await verdicts(files)).toEqual([expected]);
  });

  test('a password in /etc/passwd itself counts instead of the shadow line, and has no day', async () => {
    const files = { ...shadowed('*'), '/etc/passwd': `root:${hash}:0:0::/root:/bin/bash\n` };
    expect(await verdicts(files)).toEqual(['password-age.no-day @root']);
    const open = { ...shadowed(hash), '/etc/passwd': 'root::0:0::/root:/bin/bash\n' };
    expect(await verdicts(open)).toEqual(['password-age.empty @root']);
  });

  test('an account without a shadow line keeps its password elsewhere', async () => {
    const files = { ...shadowed(hash), '/etc/passwd': `${passwd}ldap:x:2000:2000::/home/ldap:/bin/bash\n` };
    expect(await verdicts(files)).toEqual(['password-age.recent @root', 'password-age.elsewhere @ldap']);
  });

  test('of two lines with one name the first counts, as it does to the system', async () => {
    const files = shadowed(hash, 20_500);
    files['/etc/shadow'] += `root:${hash}:${recent}:0:99999:7:::\n`;
    expect(await verdicts(files)).toEqual(['password-age.too-old @root']);
  });

  test('SSH keys of a locked account are found, and an obstacle does not tell whose they are', async () => {
    const files = { ...shadowed('!'), '/root/.ssh/authorized_keys2': key };
    expect(await verdicts(files)).toContain('password-age.keys-only @root');
    const denied = {
      ...shadowed('!'),
      '/root/.ssh/authorized_keys': unreadable('denied', '/root/.ssh/authorized_keys'),
    };
    expect(JSON.stringify(await collect(denied))).toContain('"what":"~/.ssh/authorized_keys"');
  });
});

describe('files that do not show every account', () => {
  test.each([
    ['too few fields', `root:${hash}:${recent}\n`],
    ['a day that is no number', `root:${hash}:soon:0:99999:7:::\n`],
  ])('a malformed shadow line: %s', async (_, line) => {
    const files = { '/etc/passwd': passwd, '/etc/shadow': `daemon:*:${recent}:0:99999:7:::\n${line}` };
    expect(await verdicts(files)).toEqual(['password-age.malformed']);
  });

  test('a line that asks NIS for accounts is no account', async () => {
    const files = { ...shadowed(hash), '/etc/passwd': `${passwd}+jan:x:1000:1000::/home/jan:/bin/bash\n` };
    expect(await verdicts(files)).toEqual(['password-age.malformed', 'password-age.recent @root']);
  });

  test('accounts of a directory are not seen; a commented line of nsswitch.conf asks nobody', async () => {
    const nsswitch =
      '# passwd: ldap\npasswd: files [NOTFOUND=continue] sss systemd # nis\nshadow:\tfiles\nhosts: dns\n';
    expect(await verdicts({ ...shadowed(hash), '/etc/nsswitch.conf': nsswitch })).toEqual([
      'password-age.directory',
      'password-age.recent @root',
    ]);
  });

  test.each(['/etc/passwd', '/etc/shadow'])('an empty %s', async (path) => {
    expect(await verdicts({ ...shadowed(hash), [path]: '\n' })).toEqual(['host.unparsable']);
  });

  test('a shadow file that may not be read', async () => {
    const files = { '/etc/passwd': passwd, '/etc/shadow': unreadable('denied', '/etc/shadow') };
    expect(await verdicts(files)).toEqual(['host.denied']);
  });
});

describe('the facts', () => {
  test('hold neither hashes nor account names', async () => {
    const files = {
      '/etc/passwd': `${passwd}jan:x:1000:1000:Jan Jansen,,,:/home/jan:/bin/bash\n`,
      '/etc/shadow': `root:${hash}:${recent}:0:99999:7:::\njan:!${hash}:${recent}:0:99999:7:::\n`,
    };
    const text = JSON.stringify(
      await collect(files, { roster: { departures: [{ on: '2026-03-01', accounts: ['jan'] }] } }),
    );
    expect(text).not.toContain('$y$');
    expect(text).not.toContain('Jansen');
    expect(text.replaceAll('"@jan"', '').replaceAll('"@root"', '')).not.toMatch(/jan|root/);
    expect(text.match(/"@jan"/g)).toHaveLength(2);
  });

  test('departures come sorted, without an account meaning all', async () => {
    const roster = { departures: [{ on: '2026-05-01', accounts: ['z', 'a'] }, { on: '2026-03-01' }] };
    expect(await collect(shadowed(hash), { roster })).toMatchObject({
      departures: [
        { on: '2026-03-01', accounts: 'all' },
        { on: '2026-05-01', accounts: ['@a', '@z'] },
      ],
    });
    expect(await collect(shadowed(hash), {})).toMatchObject({ departures: null });
  });

  test('a roster with a misspelt key is refused', async () => {
    await expect(collect(shadowed(hash), { roster: { departure: [] } })).rejects.toThrow();
  });
});

describe('this machine', () => {
  test('its facts are of the form and the same each time', async () => {
    const once = () => passwordAgeCollector.collect(collecting(new LocalHost(), { at }), {}, [{}]);
    const facts = await once();
    expect(passwordAge.facts.parse(facts)).toEqual(facts);
    expect(JSON.stringify(await once())).toBe(JSON.stringify(facts));
  });

  test.skipIf(process.getuid?.() !== 0 || !tool('setpriv'))('an ordinary user learns nothing, and says so', () => {
    const script = `
      import { passwordAgeCollector } from './agent/collect/password-age.ts';
      import { LocalHost } from './agent/host/local.ts';
      const once = (_key, make) => make();
      const context = { host: new LocalHost(), once, pseudonym: (name) => name };
      console.log(JSON.stringify(await passwordAgeCollector.collect(context, {}, [])));`;
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
    const output = execFileSync('setpriv', [...asNobody, '--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({ system: unreadable('denied', '/etc/shadow'), departures: null });
  });
});
