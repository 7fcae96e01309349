import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type Server } from './server.ts';

export interface PostgresOrder {
  readonly port: number;
  /** Left out: it offers no TLS. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
  /** `name=value`. */
  readonly settings?: readonly string[];
}

/** The folder of the newest version that Debian installed; undefined where there is none. */
export function postgresPrograms(): string | undefined {
  try {
    const [newest] = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : `/usr/lib/postgresql/${newest}/bin`;
  } catch {
    return undefined;
  }
}

/** A fresh cluster that trusts whoever connects from this machine. It refuses to run as root, so it runs as `nobody`. */
export async function startPostgres({ port, certificate, settings: more = [] }: PostgresOrder): Promise<Server> {
  const server = await startServer({
    ports: [port],
    prepare(folder) {
      const programs = postgresPrograms() ?? '';
      const data = join(folder, 'data');
      execFileSync('chown', [String(nobody), folder]);
      const owner = { uid: nobody, gid: nobody, cwd: folder, stdio: 'pipe' } as const;
      execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '--no-sync', '-U', 'test'], owner);
      const settings = [
        'listen_addresses=127.0.0.1',
        `port=${port}`,
        `unix_socket_directories=${folder}`,
        'fsync=off',
        ...more,
      ];
      if (certificate !== undefined) {
        // It takes no key that others may read.
        copyFileSync(certificate.certificate, join(data, 'server.crt'));
        copyFileSync(certificate.key, join(data, 'server.key'));
        execFileSync('chown', [String(nobody), join(data, 'server.crt'), join(data, 'server.key')]);
        execFileSync('chmod', ['600', join(data, 'server.key')]);
        settings.push('ssl=on');
      }
      const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
      return { file: join(programs, 'postgres'), args, uid: nobody };
    },
  });
  await untilReady(server, port);
  return server;
}

/** It listens before it lets anybody in. */
async function untilReady({ folder }: Server, port: number): Promise<void> {
  const isReady = join(postgresPrograms() ?? '', 'pg_isready');
  while (spawnSync(isReady, ['--quiet', `--host=${folder}`, `--port=${port}`]).status !== 0) await sleep(20);
}

const nobody = 65_534;
