import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { loginEvent, mailLoginEvent } from '../../../../agent/collect/anomalies/login-records.ts';
import { readNew } from '../../../../agent/collect/anomalies/login-source.ts';
import type { TimedRecord } from '../../../../agent/collect/anomalies/records.ts';
import { readAppended } from '../../../../agent/collect/anomalies/tail.ts';
import { readTerminalLogins } from '../../../../agent/collect/anomalies/wtmp.ts';
import type { Command, CommandResult } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { freePort } from '../../../support/process.ts';
import { startDovecot } from '../../../support/servers/dovecot.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot || !tool('sshd') || !tool('ssh'))('what the real sshd writes', () => {
  test('tells a login and a refused password apart', async () => {
    using folder = temporaryFolder();
    const path = (name: string): string => join(folder.path, name);
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    for (const key of ['host', 'own'])
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path(key)]);
    writeFileSync(path('authorized'), readFileSync(path('own.pub')));
    const port = await freePort();
    const lines = [`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${path('host')}`, 'PidFile none', 'UsePAM no'];
    const more = [
      'PermitRootLogin yes',
      'StrictModes no',
      `AuthorizedKeysFile ${path('authorized')}`,
      'PasswordAuthentication yes',
    ];
    writeFileSync(path('config'), [...lines, ...more, ''].join('\n'));
    writeFileSync(path('askpass'), '#!/bin/sh\necho wrong\n');
    chmodSync(path('askpass'), 0o755);
    const server = spawn('/usr/sbin/sshd', ['-D', '-f', path('config'), '-E', path('log')], { stdio: 'ignore' });
    const ended = once(server, 'exit');
    const said = (): string => (existsSync(path('log')) ? readFileSync(path('log'), 'utf8') : '');
    try {
      for (let tries = 0; tries < 200 && !said().includes('Server listening'); tries += 1) await sleep(20);
      const common = [
        '-F',
        'none',
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        'UserKnownHostsFile=/dev/null',
        '-p',
        String(port),
      ];
      spawnSync('ssh', [...common, '-i', path('own'), 'root@127.0.0.1', 'true'], { timeout: 10_000 });
      const asked = [
        '-o',
        'PreferredAuthentications=password',
        '-o',
        'PubkeyAuthentication=no',
        '-o',
        'NumberOfPasswordPrompts=1',
      ];
      const env = { ...process.env, SSH_ASKPASS: path('askpass'), SSH_ASKPASS_REQUIRE: 'force' };
      spawnSync('ssh', [...common, ...asked, 'stranger@127.0.0.1', 'true'], { timeout: 10_000, env });
      for (let tries = 0; tries < 200 && !said().includes('Failed password'); tries += 1) await sleep(20);
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
    const events = said()
      .split(/\r?\n/)
      .flatMap((line) => loginEvent('sshd', line) ?? []);
    expect(events).toEqual([
      { event: 'accepted', isRoot: true, account: 'root', address: '127.0.0.1' },
      { event: 'failed', service: 'sshd', count: 1 },
    ]);
  }, 30_000);
});

describe.skipIf(!isRoot || !tool('dovecot') || !tool('openssl'))('what the real Dovecot writes', () => {
  test('tells of a refused login', async () => {
    using folder = temporaryFolder();
    const order = { name: 'mx', key: 'rsa:2048', validSeconds: 86_400, names: ['mx.example.nl'] };
    const certificate = makeCertificate(folder.path, order);
    const ports = { imap: await freePort(), pop3: await freePort(), lmtp: await freePort(), sieve: await freePort() };
    const users = join(folder.path, 'users');
    writeFileSync(users, 'jan:{PLAIN}right\n');
    chmodSync(folder.path, 0o755);
    const passwords = `passdb {\ndriver = passwd-file\nargs = ${users}\nresult_failure = return-fail\n}`;
    const settings = ['disable_plaintext_auth = no', 'auth_failure_delay = 0', passwords];
    await using server = await startDovecot({ ...certificate, ports, ssl: 'no', settings });
    const socket = connect(ports.imap, '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    const answered = async (tag: string): Promise<void> => {
      for (let tries = 0; tries < 500 && !answers.includes(tag); tries += 1) await sleep(20);
    };
    await answered('* OK');
    socket.write('a1 LOGIN "stranger" "wrong"\r\n');
    await answered('a1 NO');
    socket.end();
    const said = (): string => readFileSync(join(server.folder, 'log'), 'utf8');
    for (let tries = 0; tries < 500 && !said().includes('auth failed'); tries += 1) await sleep(20);
    // Into a file it writes the level, which syslog has elsewhere.
    const messages = said()
      .split('\n')
      .map((line) => line.replace(/^\w{3} \d\d \d\d:\d\d:\d\d (\S+): \w+: /, '$1: '));
    const events = messages.flatMap((message) => mailLoginEvent('dovecot', message) ?? []);
    expect(events).toEqual([{ event: 'failed', service: 'imap', count: 1 }]);
  }, 30_000);
});

describe.skipIf(!tool('utmpdump'))('wtmp as utmpdump makes it', () => {
  test('gives the terminals of people from elsewhere', async () => {
    const entry = (type: number, line: string, host: string, moment: string): string =>
      `[${type}] [00042] [ts/0] [jan     ] [${line.padEnd(12)}] [${host.padEnd(20)}] [0.0.0.0        ] [${moment}]\n`;
    const input =
      entry(2, '~', '6.1.0-1-amd64', '2026-11-20T06:00:00,000000+00:00') +
      entry(7, 'pts/0', '192.0.2.7', '2026-11-20T08:00:00,000000+00:00') +
      entry(7, 'tty1', '', '2026-11-20T09:00:00,000000+00:00') +
      entry(7, 'pts/1', 'tmux(7).%0', '2026-11-20T09:30:00,000000+00:00') +
      entry(7, 'pts/2', 'pc.example.nl', '2026-11-20T10:00:00,000000+00:00') +
      entry(8, 'pts/0', '', '2026-11-20T11:00:00,000000+00:00');
    const wtmp = execFileSync('utmpdump', ['-r'], { input, stdio: 'pipe' });
    const found = await readTerminalLogins(new RecordedHost({ files: { '/var/log/wtmp': wtmp } }));
    expect(found).toEqual({
      state: 'read',
      value: [new Date('2026-11-20T08:00:00Z'), new Date('2026-11-20T10:00:00Z')],
    });
    expect(await readTerminalLogins(new RecordedHost({}))).toEqual({ state: 'read', value: null });
    const half = new RecordedHost({ files: { '/var/log/wtmp': wtmp.subarray(1) } });
    expect(await readTerminalLogins(half)).toMatchObject({ obstacle: { code: 'unparsable' } });
  });
});

describe.skipIf(!isRoot || !tool('logrotate'))('a log that logrotate rotates', () => {
  test.each([
    ['by renaming', 'create\nnodelaycompress\nnocompress', false],
    ['by copying', 'copytruncate\nnocompress', false],
    ['and packs at once', 'create\ncompress', true],
  ])('%s is read on, or said to be broken', async (_how, directives, isBroken) => {
    using folder = temporaryFolder();
    const log = join(folder.path, 'auth.log');
    const context = collecting(new LocalHost());
    const line = (text: string): string => `2026-11-20T08:00:00+00:00 web1 sshd[7]: ${text}\n`;
    writeFileSync(log, line('one'));
    let lines: string[] = [];
    const take = (text: string): void => void lines.push(text);
    const first = await readAppended(context, log, undefined, take);
    if (first.state === 'unreadable') throw new Error(first.obstacle.code);
    expect(lines).toEqual([]);
    appendFileSync(log, line('two'));
    writeFileSync(join(folder.path, 'conf'), `${log} {\nrotate 3\n${directives}\n}\n`);
    execFileSync('logrotate', ['-f', '-s', join(folder.path, 'state'), join(folder.path, 'conf')], { stdio: 'pipe' });
    appendFileSync(log, `${line('three')}half a line`);
    const second = await readAppended(context, log, first.value.position, take);
    if (second.state === 'unreadable') throw new Error(second.obstacle.code);
    const expected = isBroken ? [line('three')] : [line('two'), line('three')];
    expect(lines.map((text) => `${text}\n`)).toEqual(expected);
    expect(second.value.isBroken).toBe(isBroken);
    appendFileSync(log, ' and the rest\n');
    lines = [];
    const third = await readAppended(context, log, second.value.position, take);
    expect(third).toMatchObject({ value: { isBroken: false } });
    expect(lines).toEqual(['half a line and the rest']);
  });
});

const remote = '/lib/systemd/systemd-journal-remote';

describe.skipIf(!tool('journalctl') || !existsSync(remote))('the journal, by the real journalctl', () => {
  class JournalHost extends LocalHost {
    readonly #folder: string;
    constructor(folder: string) {
      super();
      this.#folder = folder;
    }
    override run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
      return super.run({ ...command, args: [...command.args, `--directory=${this.#folder}`] }, signal);
    }
  }

  test('is read on behind the last record, and without a log file only', async () => {
    using folder = temporaryFolder();
    let sequence = 0;
    const entry = (text: string, facility = 10): string =>
      `__REALTIME_TIMESTAMP=${Date.parse('2026-11-20T08:00:00Z') * 1000 + (sequence += 1)}\n__MONOTONIC_TIMESTAMP=${sequence}\n_BOOT_ID=${'0'.repeat(31)}1\nSYSLOG_FACILITY=${facility}\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=${text}\n\n`;
    const add = (text: string): void =>
      void execFileSync(remote, ['-o', join(folder.path, 'system.journal'), '-'], { input: text, stdio: 'pipe' });
    const context = collecting(new JournalHost(folder.path));
    const asked = { files: [join(folder.path, 'absent.log')], facilities: 'auth,authpriv', zone: 'Etc/UTC' };
    add(entry('one'));
    const messages: string[] = [];
    const take = ({ message }: TimedRecord): void => void messages.push(message);
    const first = await readNew(context, asked, undefined, take);
    if (first.state === 'unreadable') throw new Error(JSON.stringify(first.obstacle));
    expect(first.value).toMatchObject({ source: 'journal', isBroken: true });
    expect(messages).toEqual([]);
    add(entry('two') + entry('mail', 2) + entry('three'));
    const second = await readNew(context, asked, first.value.place, take);
    if (second.state === 'unreadable') throw new Error(JSON.stringify(second.obstacle));
    expect(second.value.isBroken).toBe(false);
    expect(messages).toEqual(['two', 'three']);
    expect(await readNew(context, asked, second.value.place, take)).toMatchObject({ value: { isBroken: false } });
    expect(messages).toEqual(['two', 'three']);
    // The journal was emptied in the meantime.
    rmSync(join(folder.path, 'system.journal'));
    add(entry('four'));
    expect(await readNew(context, asked, second.value.place, take)).toMatchObject({ value: { isBroken: true } });
    expect(messages).toEqual(['two', 'three', 'four']);
  });
});
