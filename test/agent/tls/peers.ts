import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../../../agent/tls/dial.ts';
import { LocalHost } from '../../../agent/host/local.ts';

export interface Peer extends AsyncDisposable {
  readonly port: number;
}

export interface KeyFiles {
  readonly certificate: string;
  readonly key: string;
}

/** `openssl s_server`, which serves one connection at a time. */
export function opensslServer({ certificate, key }: KeyFiles, ...options: readonly string[]): Promise<Peer> {
  return startPeer('/usr/bin/openssl', (port) => [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-cert',
    certificate,
    '-key',
    key,
    '-quiet',
    ...options,
  ]);
}

export function gnutlsServer({ certificate, key }: KeyFiles, ...options: readonly string[]): Promise<Peer> {
  return startPeer('/usr/bin/gnutls-serv', (port) => [
    `--port=${port}`,
    `--x509certfile=${certificate}`,
    `--x509keyfile=${key}`,
    '--quiet',
    ...options,
  ]);
}

async function startPeer(file: string, options: (port: number) => readonly string[]): Promise<Peer> {
  const port = await freePort();
  const peer = spawn(file, options(port), { stdio: ['pipe', 'ignore', 'pipe'] });
  let errors = '';
  peer.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(peer, 'exit');
  for (let attempt = 0; !(await isOpen(port)); attempt++) {
    if (peer.exitCode !== null || attempt === 250) throw new Error(`${file} does not listen: ${errors}`);
    await sleep(20);
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      if (peer.exitCode === null) peer.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return opened;
}

/** A line to a port of this machine. */
export function lineTo(port: number, options: { stepSeconds?: number; signal?: AbortSignal } = {}): Line {
  const { stepSeconds = 3, signal = new AbortController().signal } = options;
  return { host: new LocalHost(), address: '127.0.0.1', port, signal, stepSeconds };
}
