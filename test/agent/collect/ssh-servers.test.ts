import { describe, expect, test } from 'vitest';
import { sshAccessCollector } from '../../../agent/collect/ssh-access.ts';
import { RecordedHost, type Recording } from '../../../agent/host/recorded.ts';
import { sshAccess } from '../../../policies/checks/ssh-access.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { collecting } from '../../support/collecting.ts';

const at = new Date('2026-11-22T12:00:00Z');
const settingsText = `port 22
permitrootlogin without-password
pubkeyauthentication yes
passwordauthentication yes
kbdinteractiveauthentication no
usepam no
usedns no
authenticationmethods any
authorizedkeysfile .ssh/authorized_keys
pidfile /run/sshd.pid
listenaddress 0.0.0.0:22
listenaddress [::]:22
hostkey /etc/ssh/ssh_host_rsa_key
ciphers aes256-ctr
macs hmac-sha2-256
kexalgorithms curve25519-sha256
hostkeyalgorithms ssh-ed25519
pubkeyacceptedalgorithms ssh-ed25519
`;
const title = 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups\0';

function process(pid: number, name: string, line: string, { uid = 0, parent = 1, spaces = 1 } = {}) {
  const numbers = Array.from({ length: spaces }, (_, level) => (level === 0 ? pid : 1)).join('\t');
  const status = `Name:\t${name}\nPPid:\t${parent}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nNSpid:\t${numbers}\n`;
  return { [`/proc/${pid}/status`]: status, [`/proc/${pid}/cmdline`]: line };
}

/** A process whose first thread has ended: its command line is gone. */
function ended(pid: number, name: string, uid: number, threads: number) {
  const { [`/proc/${pid}/status`]: status = '' } = process(pid, name, '', { uid });
  return {
    [`/proc/${pid}/status`]: `${status}State:\tZ (zombie)\nThreads:\t${threads}\n`,
    [`/proc/${pid}/cmdline`]: '',
  };
}

const listening = process(200, 'sshd', title);
/** A host whose sshd is read without trouble. */
const host = {
  files: {
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\njan:x:1000:1000:Jan:/home/jan:/bin/bash\n',
    '/etc/group': 'root:x:0:\njan:x:1000:\n',
    '/proc/net/tcp': 'header\n   0: 00000000:0016 00000000:0000 0A\n',
    '/proc/net/tcp6': 'header\n',
    '/etc/ssh/sshd_config': 'Port 22\n',
    '/run/sshd.pid': '200\n',
    ...process(1, 'systemd', '/sbin/init\0'),
    ...listening,
  },
  modifiedAt: {
    '/etc/ssh/sshd_config': new Date('2026-11-01T10:00:00Z'),
    '/run/sshd.pid': new Date('2026-11-02T10:00:00Z'),
  },
  commands: {
    '/usr/sbin/sshd -T': { stdout: settingsText },
    '/usr/sbin/sshd -T -C user=root,host=192.0.2.1,addr=192.0.2.1': { stdout: settingsText },
    '/usr/sbin/sshd -T -C user=jan,host=192.0.2.1,addr=192.0.2.1': { stdout: settingsText },
  },
} satisfies Recording;

async function collect(changes: Recording = {}, settings: unknown = {}, wanted: object = { factors: 2 }) {
  const recording = {
    files: { ...host.files, ...changes.files },
    modifiedAt: { ...host.modifiedAt, ...changes.modifiedAt },
    commands: { ...host.commands, ...changes.commands },
  };
  return sshAccessCollector.collect(collecting(new RecordedHost(recording), { at }), settings, [wanted]);
}

async function codes(changes: Recording = {}, settings: unknown = {}, wanted: object = { factors: 2 }) {
  const facts = await collect(changes, settings, wanted);
  const found = sshAccess.judge(read(facts), wanted, at).map(({ code, verdict }) => `${verdict} ${code}`);
  return [...new Set(found)].sort();
}

const without = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, unreadable('missing', path)]));
const noServer = { '/proc/200/status': '', '/proc/200/cmdline': '' };

describe('a server that is not what it seems', () => {
  test('its true twin fails for one factor, and passes where root may not log in', async () => {
    expect(await codes()).toEqual(['fail ssh-access.one-factor']);
    expect(await codes({}, {}, { root: 'keys' })).toEqual(['pass ssh-access.root-by-key']);
  });

  test.each([
    ['dropbear', process(200, 'dropbear', '/usr/sbin/dropbear\0-F\0'), ['unknown host.unsupported']],
    ['tinysshd', process(200, 'tinysshd', 'tinysshd\0'), ['unknown host.unsupported']],
    ['one of an ordinary user', process(200, 'sshd', title, { uid: 1000 }), ['unknown host.unsupported']],
    ['one that has ended, beside one that runs', ended(201, 'sshd', 1000, 1), ['fail ssh-access.one-factor']],
    [
      'one of which only the first thread has ended',
      ended(201, 'sshd', 1000, 2),
      ['fail ssh-access.one-factor', 'unknown host.unsupported'],
    ],
    [
      'one from elsewhere on the disk',
      process(200, 'sshd', 'sshd: /opt/sshd/sbin/sshd [listener] 0 of 10-100 startups\0'),
      ['unknown host.unsupported'],
    ],
    [
      'an option whose end cannot be told',
      process(200, 'sshd', 'sshd: /usr/sbin/sshd -o PermitRootLogin yes [listener] 0 of 10-100 startups\0'),
      ['unknown host.unsupported'],
    ],
    [
      'one in a container, beside nothing on the host',
      { ...process(200, 'sshd', title, { spaces: 2 }), '/proc/net/tcp': 'header\n' },
      ['not-applicable ssh-access.in-containers', 'not-applicable ssh-access.no-server'],
    ],
    [
      'only a connection, whose server is gone, and something on port 22',
      process(200, 'sshd', 'sshd: jan [priv]\0'),
      ['unknown ssh-access.unexplained-port'],
    ],
    ['none, and something on port 22', noServer, ['unknown ssh-access.unexplained-port']],
    [
      'none, and nothing on port 22',
      { ...noServer, '/proc/net/tcp': 'header\n' },
      ['not-applicable ssh-access.no-server'],
    ],
    ['processes that are hidden', without('/proc/1/status', '/proc/1/cmdline'), ['unknown host.refused']],
  ])('%s', async (_, files, expected) => {
    const hidden = expected[0] === 'unknown host.refused';
    if (!hidden) {
      expect(await codes({ files })).toEqual(expected);
      return;
    }
    const shown = Object.entries(host.files).filter(([path]) => !path.startsWith('/proc/1/'));
    const facts = await sshAccessCollector.collect(
      collecting(new RecordedHost({ ...host, files: Object.fromEntries(shown) }), { at }),
      {},
      [{ factors: 2 }],
    );
    expect(sshAccess.judge(read(facts), { factors: 2 }, at).map(({ code }) => code)).toEqual(['host.refused']);
  });

  test('two servers are asked each for itself', async () => {
    const other = 'sshd: /usr/sbin/sshd -D -f /etc/ssh/admin_config -p 2222 [listener] 0 of 10-100 startups\0';
    const strict = settingsText.replace('authenticationmethods any', 'authenticationmethods publickey,password');
    const ask = '/usr/sbin/sshd -T -f /etc/ssh/admin_config -p 2222';
    const facts = await collect({
      files: { ...process(201, 'sshd', other), '/etc/ssh/admin_config': '' },
      commands: {
        [ask]: { stdout: strict },
        [`${ask} -C user=root,host=192.0.2.1,addr=192.0.2.1`]: { stdout: strict },
        [`${ask} -C user=jan,host=192.0.2.1,addr=192.0.2.1`]: { stdout: strict },
      },
    });
    const reasons = sshAccess.judge(read(facts), { factors: 2 }, at);
    const bySubject = Object.groupBy(reasons, ({ subject = '' }) => subject);
    expect(bySubject['/etc/ssh/sshd_config']?.map(({ code }) => code)).toContain('ssh-access.one-factor');
    expect(bySubject['/etc/ssh/admin_config']?.map(({ code }) => code)).toContain('ssh-access.two-factors');
  });
});

describe('systemd in its place', () => {
  const running = { '/run/systemd/system/x': '' };
  const ask = 'systemctl show --property=ActiveState,Listen ssh.socket sshd.socket';

  test('reads the configuration anew for each connection', async () => {
    const shown = 'Listen=[::]:22 (Stream)\nActiveState=active\n\nActiveState=inactive\n';
    const changes = { files: { ...noServer, ...running }, commands: { [ask]: { stdout: shown } } };
    expect(await codes(changes)).toEqual(['fail ssh-access.one-factor']);
    const facts = JSON.stringify(await collect(changes));
    expect(facts).toContain('"readAt":"each","listens":[{"address":"::","port":22}]');
  });

  test.each([
    ['that does not answer', { exitCode: 1 }, 'unknown host.command-failed'],
    ['that names no address', { stdout: 'ActiveState=active\n' }, 'unknown host.unparsable'],
  ])('%s', async (_, answer, expected) => {
    expect(await codes({ files: { ...noServer, ...running }, commands: { [ask]: answer } })).toEqual([expected]);
  });
});

describe('a configuration', () => {
  const moment = (changed: string, started: string) => ({
    '/etc/ssh/sshd_config': new Date(changed),
    '/run/sshd.pid': new Date(started),
  });

  test.each([
    ['changed after the server read it', moment('2026-11-03T10:00:00Z', '2026-11-02T10:00:00Z'), 'not-reloaded'],
    ['from the future', moment('2026-12-03T10:00:00Z', '2026-12-04T10:00:00Z'), 'clock'],
  ])('%s', async (_, modifiedAt, expected) => {
    expect(await codes({ modifiedAt }, {}, { root: 'keys' })).toEqual([
      'pass ssh-access.root-by-key',
      `unknown ssh-access.${expected}`,
    ]);
  });

  const many = Array.from({ length: 70 }, (_, index) => `Match Address 10.0.${index}.0/24\n`).join('');
  const config = '/etc/ssh/sshd_config';

  test.each<[string, string, Recording]>([
    ['that may not be read', 'denied', { files: { [config]: unreadable('denied', config) } }],
    ['with a criterion that nobody knows', 'unsupported', { files: { [config]: 'Match Version OpenSSH_7*\n' } }],
    ['with addresses that are no range', 'unsupported', { files: { [config]: 'Match Address 10.*.0.1\n' } }],
    ['that tells too many apart', 'too-large', { files: { [config]: many } }],
    ['that includes itself', 'unparsable', { files: { [config]: `Include ${config}\n` } }],
    [
      'that sshd does not take',
      'command-failed',
      { commands: { '/usr/sbin/sshd -T': { exitCode: 255, stderr: 'jan?' } } },
    ],
    [
      'whose host keys sshd may not read',
      'refused',
      {
        files: { '/etc/ssh/ssh_host_rsa_key': unreadable('denied', '/etc/ssh/ssh_host_rsa_key') },
        commands: { '/usr/sbin/sshd -T': { exitCode: 1, stderr: 'sshd: no hostkeys available -- exiting.' } },
      },
    ],
    ['of which sshd says nothing', 'unparsable', { commands: { '/usr/sbin/sshd -T': { stdout: '\n' } } }],
  ])('%s is unknown (%s), and tells no name', async (_, code, changes) => {
    expect(await codes(changes)).toEqual([`unknown host.${code}`]);
    expect(JSON.stringify(await collect(changes))).not.toMatch(/jan/);
  });

  test('is asked for with -G where sshd would not start', async () => {
    const missing = { exitCode: 255, stderr: 'Missing privilege separation directory: /run/sshd' };
    const asGiven = Object.entries(host.commands);
    const commands = Object.fromEntries<{ stdout?: string; exitCode?: number }>([
      ...asGiven.map(([line]) => [line, missing] as const),
      ...asGiven.map(([line, answer]) => [line.replace('-T', '-G'), answer] as const),
    ]);
    expect(await codes({ commands })).toEqual(['fail ssh-access.one-factor']);
    const onlyOld = Object.fromEntries<{ exitCode: number }>(asGiven.map(([line]) => [line, missing] as const));
    expect(JSON.stringify(await collect({ commands: onlyOld }))).toContain('Missing privilege separation directory');
  });
});

test('accounts of a directory are not asked for', async () => {
  const files = { '/etc/nsswitch.conf': 'passwd: files sss\n' };
  expect(await codes({ files }, {}, { root: 'keys' })).toEqual([
    'pass ssh-access.root-by-key',
    'unknown ssh-access.directory',
  ]);
});

test('without management addresses nobody can tell from where', async () => {
  expect(await codes({}, {}, { addresses: 'management' })).toEqual(['unknown ssh-access.no-networks']);
});

test('networks that the agent did not know of are not judged', async () => {
  const facts = await collect({}, {}, { factors: 2 });
  const found = sshAccess.judge(read(facts), { addresses: ['10.8.0.0/24'] }, at);
  expect(found.map(({ code }) => code)).toEqual(['ssh-access.not-looked']);
});

test('a host key without its public half, and one that is short', async () => {
  expect(await codes({}, {}, { algorithms: 'strong' })).toEqual(['unknown host.missing']);
  const number = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const keyOf = (bits: number): string => {
    const modulus = Buffer.concat([Buffer.of(0), Buffer.alloc(bits / 8, 0xff)]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(modulus.length);
    return Buffer.concat([number(Buffer.from('ssh-rsa')), number(Buffer.of(1, 0, 1)), length, modulus]).toString(
      'base64',
    );
  };
  const files = (bits: number) => ({ '/etc/ssh/ssh_host_rsa_key.pub': `ssh-rsa ${keyOf(bits)} root@host\n` });
  expect(await codes({ files: files(1024) }, {}, { algorithms: 'strong' })).toEqual(['fail ssh-access.short-host-key']);
  expect(await codes({ files: files(3072) }, {}, { algorithms: 'strong' })).toEqual([
    'pass ssh-access.strong-algorithms',
  ]);
});
