import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import ssh2, { type Connection, type Session } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { connectSsh, type SshTarget } from '../../../../agent/host/ssh/connection.ts';
import { execute } from '../../../../agent/host/ssh/execute.ts';
import { RemoteFiles } from '../../../../agent/host/ssh/files.ts';
import { Sftp } from '../../../../agent/host/ssh/sftp.ts';
import { SshHost } from '../../../../agent/host/ssh/ssh.ts';
import { makeKey, startSshServer } from '../../../support/ssh-server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

/** An SSH server of our own, that lets everybody in and then does as it is told. */
async function startServer(folder: string, serve: (connection: Connection) => void): Promise<SshTarget & Disposable> {
  const keyFile = join(folder, 'own_key');
  makeKey(keyFile);
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [readFileSync(keyFile)] }, (connection) => {
    connections.add(connection);
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    connection.on('ready', () => serve(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const knownHosts = join(folder, 'own_known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${readFileSync(`${keyFile}.pub`, 'utf8')}`);
  return {
    address: { user: 'root', host: '127.0.0.1', port },
    trust: { by: 'known-hosts', file: knownHosts },
    identityFiles: [keyFile],
    [Symbol.dispose]() {
      for (const connection of connections) connection.end();
      server.close();
    },
  };
}

/** Runs what it is asked to, as a server does. */
function runCommands(session: Session, change = (line: string): string => line): void {
  session.on('exec', (accept, _, { command }) => {
    const channel = accept();
    const child = spawn('sh', ['-c', change(command)], { stdio: ['pipe', 'pipe', 'pipe'] });
    channel.pipe(child.stdin);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.on('close', (code) => {
      channel.exit(code ?? 1);
      channel.end();
    });
  });
}

describe.skipIf(tool('ssh-keygen') === undefined)('nobody waits for ever for a server that', () => {
  test.concurrent.each<[string, (connection: Connection) => void, string]>([
    ['opens no channel', (connection) => connection.on('session', () => undefined), 'unreachable'],
    [
      'answers no request to run something',
      (connection) => connection.on('session', (accept) => accept().on('exec', () => undefined)),
      'unreachable',
    ],
    [
      'has a file server that says nothing',
      (connection) =>
        connection.on('session', (accept) => {
          const session = accept();
          runCommands(session);
          // ssh2 takes an open subsystem of this name for its own; one of another name it leaves alone.
          session.on('subsystem', (open) => open());
        }),
      'unsupported',
    ],
  ])('%s', async (_, serve, code) => {
    using folder = temporaryFolder();
    using server = await startServer(folder.path, serve);
    await using host = await SshHost.open(server);
    expect(host.lost?.obstacle.code).toBe(code);
  });

  test.concurrent('is a jump host, and lets nobody through', async () => {
    using folder = temporaryFolder();
    using jump = await startServer(folder.path, (connection) => connection.on('tcpip', () => undefined));
    const target = { ...jump, address: { ...jump.address, port: 1 }, jumps: [jump.address], jumpTrust: jump.trust };
    await using host = await SshHost.open(target);
    expect(host.lost?.obstacle.detail).toMatch(/did not answer in time/);
  });
});

const sftpServer = '/usr/lib/openssh/sftp-server';

test.skipIf(tool('ssh-keygen') === undefined || !existsSync(sftpServer)).each([
  ['sixty-five bytes', 'x'.repeat(65)],
  ['what a terminal would obey', String.raw`\033]0;host\007`],
])('a host is not called by %s', async (_, name) => {
  using folder = temporaryFolder();
  using server = await startServer(folder.path, (connection) =>
    connection.on('session', (accept) => {
      const session = accept();
      runCommands(session, (line) => (line.endsWith('uname -n') ? `printf '${name}'` : line));
      session.on('subsystem', (open) => {
        const channel = open();
        const child = spawn(sftpServer, { stdio: ['pipe', 'pipe', 'ignore'] });
        channel.pipe(child.stdin);
        child.stdout.pipe(channel);
      });
    }),
  );
  await using host = await SshHost.open(server);
  expect(host.lost?.obstacle).toMatchObject({ code: 'unparsable', what: 'uname -n' });
});

/** A file server that answers each request as it is told: by the type of the request and what follows its number. */
function fileServer(respond: (type: number, rest: Buffer) => { type: number; body: Buffer }): Duplex {
  let received = Buffer.alloc(0);
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _, done) {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
        const request = received.subarray(4, 4 + received.readUInt32BE(0));
        received = received.subarray(4 + request.length);
        const type = request.readUInt8(0);
        const answer = type === 1 ? { type: 2, body: Buffer.of(0, 0, 0, 3) } : respond(type, request.subarray(5));
        const id = type === 1 ? Buffer.alloc(0) : request.subarray(1, 5);
        stream.push(
          Buffer.concat([words(1 + id.length + answer.body.length), Buffer.of(answer.type), id, answer.body]),
        );
      }
      done();
    },
  });
  return stream;
}

function words(...numbers: readonly number[]): Buffer {
  return Buffer.from(numbers.flatMap((number) => [number >>> 24, number >>> 16, number >>> 8, number]));
}

function string(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([words(bytes.length), bytes]);
}

const handle = { type: 102, body: string('h') };
const end = { type: 101, body: Buffer.concat([words(1), string(''), string('')]) };

/** Files of a server that says of each path that it is a regular file of that size, and answers the rest as it is told. */
async function filesOf(size: number, respond: (type: number, rest: Buffer) => { type: number; body: Buffer }) {
  const attributes = { type: 105, body: words(5, 0, size, 0o100_644) };
  const sftp = await Sftp.open(
    fileServer((type, rest) => (type === 17 ? attributes : type === 3 || type === 11 ? handle : respond(type, rest))),
  );
  return new RemoteFiles(sftp, () => Promise.resolve(sftp));
}

describe('a file server is not believed that', () => {
  test('gives more of a file than it was asked for', async () => {
    const files = await filesOf(4, () => ({ type: 103, body: string('x'.repeat(100_000)) }));
    expect(await files.part('/f', { offset: 0, length: 4 })).toMatchObject({ state: 'unreadable' });
    const others = await filesOf(4, () => ({ type: 103, body: string('x'.repeat(100_000)) }));
    expect(await others.bytes('/f', 10)).toMatchObject({ state: 'unreadable' });
  });

  test.each([
    ['is a path', 'a/b'],
    ['is longer than any', 'x'.repeat(5000)],
    ['has a zero byte', 'a\0b'],
    ['is none', ''],
  ])('tells of a name that %s', async (_, name) => {
    const names = Buffer.concat([words(1), string(name), string(''), words(0)]);
    const answers = [{ type: 104, body: names }];
    const files = await filesOf(0, () => answers.shift() ?? end);
    expect(await files.list('/d')).toMatchObject({
      state: 'unreadable',
      obstacle: { detail: 'the file server told of a name that no file can have' },
    });
  });

  test('tells of more names than a folder may have', async () => {
    const one = Buffer.concat([string('n'), string(''), words(0)]);
    const many = Buffer.concat([words(20_000), ...Array.from({ length: 20_000 }, () => one)]);
    const files = await filesOf(0, () => ({ type: 104, body: many }));
    expect(await files.list('/d')).toMatchObject({ state: 'unreadable', obstacle: { code: 'too-large' } });
  });

  test.each([
    ['counts more names than it tells', { type: 104, body: words(0xffff_ffff) }],
    ['answers with a kind of message that nobody asked for', { type: 105, body: words(0) }],
    ['says that nothing went wrong, and nothing else', { type: 101, body: words(0) }],
    ['is cut off', { type: 104, body: Buffer.of(0) }],
  ])('%s', async (_, answer) => {
    const files = await filesOf(0, () => answer);
    expect(await files.list('/d')).toMatchObject({ state: 'unreadable' });
  });

  test('is at the end of a folder at once, whose names are then none', async () => {
    const files = await filesOf(0, () => end);
    expect(await files.list('/d')).toEqual({ state: 'read', value: [] });
  });
});

test.skipIf(tool('sshd') === undefined || process.getuid?.() !== 0)(
  'a command line that is too long in bytes is not sent, for what came of it would look like an answer',
  async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    const connection = await connectSsh(server.target);
    const line = `true ${'é'.repeat(100_000)}`;
    const answer = await execute(connection, { what: 'true', line, timeout: 10, maximumOutput: 1000 });
    expect(answer).toMatchObject({ state: 'unreadable', obstacle: { code: 'too-large' } });
    await connection.close();
  },
);
