import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectContext } from '../../../../agent/collect/collector.ts';
import { eximReader } from '../../../../agent/collect/discovery/exim.ts';
import type { Command, Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { isPrivileged, privilegedCommands } from '../../../../agent/host/ssh/privileged.ts';
import { SshHost } from '../../../../agent/host/ssh/ssh.ts';
import { sudoersFor } from '../../../../agent/host/ssh/sudoers.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { readSource, sourceFiles } from '../../../support/sources.ts';
import { startSshServer, type SshServer } from '../../../support/ssh-server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const isPossible = tool('sshd') !== undefined && tool('sudo') !== undefined && process.getuid?.() === 0;
const user = 'waarborg';

test('every command that is run as root is one that a collector asks for', () => {
  const collectors = sourceFiles().filter((path) => path.startsWith('agent/'));
  const text = collectors
    .filter((path) => !path.endsWith('privileged.ts'))
    .map(readSource)
    .join('\n');
  for (const { file, args } of privilegedCommands) {
    const stem = file.replace(/-(nft|legacy)?-?save$/, '').replace(/^ip6?tables$/, 'tables');
    expect(text, file).toContain(stem);
    for (const word of args.filter((one) => one !== '*')) expect(text, `${file} ${word}`).toContain(word);
  }
});

describe('a command is run as root', () => {
  test.each([
    ['nft', ['-j', '-s', 'list', 'ruleset']],
    ['/usr/sbin/sshd', ['-T', '-C', 'user=root']],
    ['iptables-save', []],
    ['sshd', ['-T']],
  ])('%s %j', (file, args) => {
    expect(isPrivileged({ file, args })).toBe(true);
  });

  test.each([
    ['nft', ['-j', '-s', 'flush', 'ruleset']],
    ['nft', ['-j', '-s', 'list', 'ruleset', 'more']],
    ['/tmp/nft', ['-j', '-s', 'list', 'ruleset']],
    ['iptables-save', ['-M', '/tmp/evil']],
    ['exim4', ['-bP', 'tls_certificate', '-be', '${run{/bin/sh -c id}}']],
    ['lvs', ['--reportformat', 'json', '--config', 'log{file="/etc/cron.d/x"}']],
    ['sh', ['-c', 'id']],
  ])('but not %s %j', (file, args) => {
    expect(isPrivileged({ file, args })).toBe(false);
  });
});

test('what Exim is asked for is what the rules allow', async () => {
  const asked: Command[] = [];
  const host = {
    run(command: Command) {
      asked.push(command);
      return Promise.resolve(unreadable('command-missing', command.file));
    },
  } as unknown as Host;
  await eximReader.read({ host, signal: AbortSignal.timeout(1000) } as CollectContext);
  expect(asked.map((command) => [command.file, isPrivileged(command)])).toEqual([
    ['exim4', true],
    ['exim', true],
  ]);
});

test.skipIf(tool('visudo') === undefined)('sudo itself finds no fault with the rules', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'waarborg');
  writeFileSync(file, sudoersFor(user), { mode: 0o440 });
  const { status, stdout, stderr } = spawnSync('visudo', ['-cf', file], { encoding: 'utf8' });
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('parsed OK') as unknown]);
});

describe.skipIf(!isPossible)('a host that is read by an ordinary user with sudo', () => {
  const local = new LocalHost();
  let folder: ReturnType<typeof temporaryFolder>;
  let server: SshServer;
  let plain: SshHost;
  let remote: SshHost;

  beforeAll(async () => {
    folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    // An account and rules that only the server's own view of the file system has.
    const own = (name: string, content: string, mode: number): string => {
      const path = join(folder.path, name);
      writeFileSync(path, content, { mode });
      return path;
    };
    const passwd = own('passwd', `${readFileSync('/etc/passwd', 'utf8')}${user}:x:4242:4242::/:/bin/sh\n`, 0o644);
    const shadow = own('shadow', `${readFileSync('/etc/shadow', 'utf8')}${user}:*:19000:0:99999:7:::\n`, 0o640);
    const sudoers = own('sudoers', `root ALL=(ALL:ALL) ALL\n${sudoersFor(user)}`, 0o440);
    const programs = join(folder.path, 'programs');
    mkdirSync(programs);
    for (const name of ['exim4', 'lvs', 'sshd']) {
      writeFileSync(join(programs, name), '#!/bin/sh\nid -u\n', { mode: 0o755 });
    }
    const mounts = [
      [passwd, '/etc/passwd'],
      [shadow, '/etc/shadow'],
      [sudoers, '/etc/sudoers'],
      // Whatever is allowed of these would say who it runs as.
      [programs, '/usr/local/sbin'],
    ].map(([from, to]) => `mount --bind ${from} ${to}`);
    server = await startSshServer(folder.path, [], (command) => [
      ...['unshare', '--mount', 'sh', '-ec'],
      `${mounts.join('\n')}\nexec ${command.join(' ')}`,
    ]);
    const target = { ...server.target, address: { ...server.target.address, user } };
    plain = await SshHost.open(target);
    remote = await SshHost.open({ ...target, sudo: true });
  });

  afterAll(async () => {
    await remote[Symbol.asyncDispose]();
    await plain[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('is read as root: files, their status, folders', async () => {
    expect(remote.lost).toBeUndefined();
    expect(remote.readOver.sudo).toBe(true);
    const secret = join(folder.path, 'secret');
    writeFileSync(secret, 'for root alone', { mode: 0o600 });
    for (const path of [secret, '/etc/gshadow']) {
      expect(await plain.readText(path)).toMatchObject({ obstacle: { code: 'denied' } });
      expect(await remote.readText(path)).toEqual(await local.readText(path));
      expect(await remote.status(path)).toEqual(await local.status(path));
    }
    expect(await remote.list('/root')).toEqual(await local.list('/root'));
    expect(await plain.list('/root')).toMatchObject({ obstacle: { code: 'denied' } });
  });

  test('runs the commands of the list as root, and all others as who it is', async () => {
    // A path without a capital E, which the rules refuse.
    const config = `/var/tmp/waarborg-test-${process.pid}`;
    copyFileSync(server.config, config);
    using _ = { [Symbol.dispose]: () => rmSync(config) };
    const sshd = { file: '/usr/sbin/sshd', args: ['-T', '-f', config] };
    expect(await remote.run(sshd)).toMatchObject({ value: { exitCode: 0 } });
    expect(await plain.run(sshd)).not.toMatchObject({ value: { exitCode: 0 } });
    expect(await remote.run({ file: 'id', args: ['-u'] })).toMatchObject({ value: { stdout: '4242\n' } });
    expect(await remote.run({ file: 'auditctl', args: ['-D'] })).not.toMatchObject({ value: { exitCode: 0 } });
  });

  test('says that a command is missing which is on the list', async () => {
    const missing = { file: 'cagefsctl', args: ['--cagefs-status'] };
    expect(await remote.run(missing)).toEqual(await local.run(missing));
  });

  const asUser = (command: string): number | null =>
    spawnSync('ssh', [
      ...['-F', 'none', '-i', server.keyFile, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
      ...['-o', 'LogLevel=ERROR', '-p', String(server.port), `${user}@127.0.0.1`, command],
    ]).status;

  test.each([
    ['sshd -T', 0],
    ['sshd -T -f /etc/ssh/sshd_config -C user=root,host=web1,addr=192.0.2.1', 0],
    ['sshd -T -E /etc/cron.d/x', 1],
    ['sshd -T -f /etc/ssh/sshd_config -4E/etc/cron.d/x', 1],
    ['sshd -G -C user=root -E /etc/cron.d/x', 1],
    ['lvs --reportformat json -o vg_name,lv_name,lv_attr,data_percent,metadata_percent', 0],
    [`lvs --reportformat json -o lv_name --config 'log{file="/etc/cron.d/x"}'`, 1],
    ['exim4 -bP tls_certificate -C /tmp/own', 1],
    [`exim4 -bP tls_certificate -be '\${run{/bin/sh -c id}}'`, 1],
  ])('%s: %i is what sudo ends with', (words, status) => {
    expect(asUser(`sudo -n /usr/local/sbin/${words}`)).toBe(status);
  });

  test('says that a command is denied, whatever sudo says of it', async () => {
    const log = join(folder.path, 'LOG');
    expect(await remote.run({ file: '/usr/local/sbin/sshd', args: ['-T', '-E', log] })).toMatchObject({
      state: 'unreadable',
      obstacle: { code: 'denied' },
    });
  });

  test('lets nobody write by the rules, nor run what is not in them', () => {
    expect(asUser('sudo -n /usr/lib/openssh/sftp-server -R </dev/null')).toBe(0);
    expect(asUser('sudo -n /usr/lib/openssh/sftp-server </dev/null')).not.toBe(0);
    expect(asUser('sudo -n sh -c id')).not.toBe(0);
    expect(asUser('sudo -n nft flush ruleset')).not.toBe(0);
  });

  test('and is no host at all where the rules are missing', async () => {
    using own = temporaryFolder();
    chmodSync(own.path, 0o755);
    const passwd = join(own.path, 'passwd');
    writeFileSync(passwd, execFileSync('sed', [`$a ${user}:x:4242:4242::/:/bin/sh`, '/etc/passwd']));
    await using other = await startSshServer(own.path, [], (command) => [
      ...['unshare', '--mount', 'sh', '-ec', `mount --bind ${passwd} /etc/passwd\nexec ${command.join(' ')}`],
    ]);
    const target = { ...other.target, address: { ...other.target.address, user }, sudo: true };
    await using host = await SshHost.open(target);
    expect(host.lost?.obstacle.code).toMatch(/denied|unsupported|command-failed/);
    expect(await host.readText('/etc/passwd')).toEqual(host.lost);
  });
});
