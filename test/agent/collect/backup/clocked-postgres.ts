import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../support/process.ts';
import { postgresPrograms } from '../../../support/servers/postgres.ts';
import { startServer, type Server } from '../../../support/servers/server.ts';
import { tool } from '../../../support/tools.ts';

const nobody = 65_534;
const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1');

/** Whether such a server can be started here: it takes root's rights to run it as somebody else. */
export const mayStartPostgres =
  process.getuid?.() === 0 && library !== undefined && tool('psql') !== undefined && postgresPrograms() !== undefined;

/** A PostgreSQL server whose clock a test sets; whatever runs beside it has the same clock and account. */
export interface ClockedPostgres extends Server {
  readonly port: number;
  readonly programs: string;
  /** @param moment ISO 8601 */
  setClock(moment: string): void;
  /** Its account, and the words that env(1) needs to run a program beside it. */
  readonly owner: { readonly uid: number; readonly gid: number; readonly cwd: string };
  command(file: string, ...args: readonly string[]): string[];
  /** Runs a program to its end and gives what it printed. */
  run(file: string, ...args: readonly string[]): string;
  /** A folder of the server's account. */
  makeFolder(name: string): string;
}

/** @param settingsOf what is set beside the place and the port, by the server's own folder */
export async function startClockedPostgres(
  moment: string,
  settingsOf: (folder: string, port: number) => readonly string[],
): Promise<ClockedPostgres> {
  const port = await freePort();
  const programs = postgresPrograms() ?? '';
  const owner = { uid: nobody, gid: nobody } as const;
  const clockOf = (folder: string): string[] => [
    `LD_PRELOAD=${library ?? ''}`,
    `FAKETIME_TIMESTAMP_FILE=${join(folder, 'clock')}`,
    'FAKETIME_NO_CACHE=1',
    `HOME=${folder}`,
    'TZ=UTC',
  ];
  const setClock = (folder: string, to: string): void => {
    const offset = (Date.parse(to) - Date.now()) / 1000;
    writeFileSync(join(folder, 'clock'), `${offset < 0 ? '' : '+'}${offset.toFixed(3)}\n`);
  };
  const server = await startServer({
    ports: [port],
    prepare(folder) {
      chownSync(folder, nobody, nobody);
      setClock(folder, moment);
      const data = join(folder, 'data');
      const initdb = ['-D', data, '-A', 'trust', '--no-sync', '--data-checksums', '-U', 'test'];
      execFileSync(join(programs, 'initdb'), initdb, { ...owner, cwd: folder, stdio: 'pipe' });
      const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`, 'fsync=off'];
      const args = [...settings, ...settingsOf(folder, port)].flatMap((setting) => ['-c', setting]);
      const command = [join(programs, 'postgres'), '-D', data, ...args];
      return { file: '/usr/bin/env', args: [...clockOf(folder), ...command], uid: nobody };
    },
  });
  const { folder } = server;
  // It listens before it has recovered.
  while (spawnSync(join(programs, 'pg_isready'), ['-h', folder, '-p', String(port)]).status !== 0) await sleep(50);
  return {
    ...server,
    port,
    programs,
    setClock: (to) => setClock(folder, to),
    owner: { ...owner, cwd: folder },
    command: (file, ...args) => [...clockOf(folder), file, ...args],
    run: (file, ...args) =>
      execFileSync('/usr/bin/env', [...clockOf(folder), file, ...args], {
        ...owner,
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    makeFolder(name) {
      const path = join(folder, name);
      mkdirSync(path);
      chownSync(path, nobody, nobody);
      return path;
    },
  };
}
