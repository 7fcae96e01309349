import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { onLoopback, procNet } from '../proc-net.ts';

const modules = '/usr/lib/apache2/modules';

/** A web server of the test's own, ended with its block. */
export interface WebServer extends AsyncDisposable {
  /** This machine, on which nothing but this server listens and is configured. */
  readonly host: Host;
  readonly port: number;
}

/** Each `{folder}` and `{port}` of a configuration is filled in. */
function filled(text: string, folder: string, port: number): string {
  return text.replaceAll('{folder}', folder).replaceAll('{port}', String(port));
}

/** @param http what stands in nginx's `http` block; @param modules files of dynamic modules */
export async function startNginxWith(folder: string, http: string, loaded: readonly string[] = []): Promise<WebServer> {
  const port = await freePort();
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path tmp/${name};`,
  );
  const main = `${loaded.map((path) => `load_module ${path};`).join('\n')}
daemon off; master_process off; pid nginx.pid; error_log error.log;
events { worker_connections 64; }
http { access_log off; ${temporary.join(' ')}
${filled(http, folder, port)}
}
`;
  writeFileSync(join(folder, 'nginx.conf'), main);
  const options = ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'];
  return start('/usr/sbin/nginx', options, port, (file, args) =>
    file === 'nginx' ? ['nginx', [...options, ...args]] : undefined,
  );
}

export async function startApacheWith(folder: string, text: string, loaded: readonly string[]): Promise<WebServer> {
  const port = await freePort();
  const lines = ['mpm_event', 'authz_core', ...loaded].map(
    (name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`,
  );
  const base = `ServerRoot ${folder}\nPidFile pid\nErrorLog error.log\nServerName main.example\nListen 127.0.0.1:${port}\n`;
  writeFileSync(join(folder, 'apache2.conf'), `${base}${lines.join('\n')}\n${filled(text, folder, port)}\n`);
  const options = ['-f', join(folder, 'apache2.conf')];
  return start('/usr/sbin/apache2', [...options, '-D', 'FOREGROUND'], port, (file, args) =>
    file === 'apache2ctl' ? ['apache2', [...options, ...args]] : undefined,
  );
}

type Translate = (file: string, args: readonly string[]) => [file: string, args: string[]] | undefined;

async function start(file: string, args: readonly string[], port: number, translate: Translate): Promise<WebServer> {
  const server = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  server.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(server, 'exit');
  const host = alone(port, translate);
  for (;;) {
    if (server.exitCode !== null) throw new Error(`${file} ended: ${errors}`);
    const connection = await host.connect('127.0.0.1', port);
    if (connection.state === 'read') {
      connection.value.destroy();
      break;
    }
    await sleep(50);
  }
  return {
    host,
    port,
    async [Symbol.asyncDispose]() {
      if (server.exitCode === null) server.kill('SIGTERM');
      await ended;
    },
  };
}

/** This machine as if only 127.0.0.1:port listened and only one server were installed. */
function alone(port: number, translate: Translate): Host {
  const host = new LocalHost();
  const run = host.run.bind(host);
  const readText = host.readText.bind(host);
  return Object.assign(host, {
    run: ((command, signal) => {
      const own = translate(command.file, command.args);
      if (own === undefined) return Promise.resolve(unreadable('command-missing', command.file));
      return run({ ...command, file: own[0], args: own[1] }, signal);
    }) satisfies Host['run'],
    readText: ((path, options) => {
      if (path === '/proc/net/tcp') return Promise.resolve(read(procNet(onLoopback(port))));
      if (path === '/proc/net/tcp6') return Promise.resolve(unreadable('missing', path));
      return readText(path, options);
    }) satisfies Host['readText'],
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
