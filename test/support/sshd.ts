import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningSshd extends AsyncDisposable {
  readonly config: string;
  readonly port: number;
  /** Its number, as its process file has it. */
  pid(): string;
  /** The methods that it offers to a user who comes from an address of 127.0.0.0/8. */
  offers(user: string, from?: string): string[];
}

/**
 * OpenSSH's own server on a free port of 127.0.0.1, with a configuration and host key of its own.
 * @param wrap makes another command line of its own, which has to become that one in the end (`unshare ... exec`)
 */
export async function startSshd(
  folder: string,
  lines: readonly string[],
  wrap: (command: readonly string[]) => readonly string[] = (command) => command,
): Promise<RunningSshd> {
  // sshd will not start without this empty folder; the package leaves it to systemd.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = join(folder, 'sshd_config');
  const key = join(folder, 'host_key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
  const port = await freePort();
  const own = [`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${key}`, `PidFile ${join(folder, 'pid')}`];
  writeFileSync(config, [...own, ...lines, ''].join('\n'));
  const [file = '', ...args] = wrap(['/usr/sbin/sshd', '-D', '-e', '-f', config]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit');
  const processFile = join(folder, 'pid');
  // It writes the file after it listens, and the number a moment after it made the file.
  for (let tries = 0; !(existsSync(processFile) && readFileSync(processFile, 'utf8').endsWith('\n')); tries++) {
    if (tries > 200 || child.exitCode !== null) {
      child.kill('SIGTERM');
      throw new Error(`sshd did not start: ${said}`);
    }
    await sleep(20);
  }
  return {
    config,
    port,
    pid: () => readFileSync(processFile, 'utf8').trim(),
    offers: (user, from = '127.0.0.1') => offered(user, from, port),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function offered(user: string, from: string, port: number): string[] {
  const quiet = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const asked = ['-o', 'PreferredAuthentications=none', '-o', 'BatchMode=yes', '-b', from, '-p', String(port)];
  const { stderr } = spawnSync('ssh', [...quiet, ...asked, `${user}@127.0.0.1`, 'true'], { encoding: 'utf8' });
  const [, methods = ''] = /Permission denied \(([^)]*)\)/.exec(stderr) ?? [];
  return methods.split(',').sort();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
