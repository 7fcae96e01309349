import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './tools.ts';

/** One `server` block. */
export interface NginxServer {
  /** Servers with the same key share a port, and are told apart by name. */
  readonly at: string;
  readonly names?: readonly string[];
  /** Several: one for each kind of key. */
  readonly certificates?: readonly { readonly certificate: string; readonly key: string }[];
  /** `TLSv1.2 TLSv1.3` unless said. Without certificates the server speaks plain HTTP. */
  readonly protocols?: string;
  /** OpenSSL's cipher string. */
  readonly ciphers?: string;
  /** Further directives, each with its semicolon. */
  readonly directives?: readonly string[];
}

export interface Nginx extends AsyncDisposable {
  /** The port on 127.0.0.1 of the servers with this key. */
  port(at: string): number;
  /** Access and error logs, and the configuration, are here. */
  readonly folder: string;
}

/**
 * Starts nginx on free ports of 127.0.0.1, in a folder of its own; ends it with its block:
 * `await using nginx = await startNginx({ servers: [{ at: 'web', certificates: [...] }] });`
 */
export async function startNginx({
  servers,
  hasMaster = false,
}: {
  readonly servers: readonly NginxServer[];
  /** With a master process, which alone can reload. */
  readonly hasMaster?: boolean;
}): Promise<Nginx> {
  const folder = temporaryFolder();
  const keys = [...new Set(servers.map(({ at }) => at))];
  const freePorts = await findFreePorts(keys.length);
  const ports = new Map(keys.map((key, index) => [key, freePorts[index] ?? 0]));
  const blocks = servers.map((server) => serverBlock(server, ports.get(server.at) ?? 0));
  mkdirSync(join(folder.path, 'tmp'));
  writeFileSync(join(folder.path, 'nginx.conf'), configuration(blocks, hasMaster));
  const nginx = spawn('/usr/sbin/nginx', ['-p', folder.path, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  nginx.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(nginx, 'exit');
  for (const port of freePorts)
    await untilListening(
      port,
      () => nginx.exitCode === null,
      () => errors,
    );
  return {
    folder: folder.path,
    port: (at) => ports.get(at) ?? 0,
    async [Symbol.asyncDispose]() {
      if (nginx.exitCode === null) nginx.kill('SIGTERM');
      await ended;
      folder[Symbol.dispose]();
    },
  };
}

function serverBlock(server: NginxServer, port: number): string {
  const certificates = server.certificates ?? [];
  const isTls = certificates.length > 0 || server.protocols !== undefined;
  const lines = [
    `listen 127.0.0.1:${port}${isTls ? ' ssl' : ''};`,
    ...(server.names === undefined ? [] : [`server_name ${server.names.join(' ')};`]),
    ...certificates.flatMap(({ certificate, key }) => [
      `ssl_certificate ${certificate};`,
      `ssl_certificate_key ${key};`,
    ]),
    ...(isTls ? [`ssl_protocols ${server.protocols ?? 'TLSv1.2 TLSv1.3'};`] : []),
    ...(server.ciphers === undefined ? [] : [`ssl_ciphers ${server.ciphers};`]),
    ...(server.directives ?? []),
    'location / { return 200 "hello"; }',
  ];
  return `server { ${lines.join('\n    ')} }`;
}

function configuration(blocks: readonly string[], hasMaster: boolean): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path tmp/${kind};`,
  );
  const processes = hasMaster ? 'user root; worker_processes 1;' : 'master_process off;';
  return `daemon off; ${processes} pid nginx.pid; error_log error.log;
events { worker_connections 256; }
http {
  access_log access.log;
  ${temporary.join('\n  ')}
  ${blocks.join('\n  ')}
}
`;
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function untilListening(port: number, isAlive: () => boolean, errors: () => string): Promise<void> {
  for (;;) {
    if (!isAlive()) throw new Error(`nginx ended: ${errors()}`);
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (opened) return;
    await sleep(20);
  }
}
