import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshTarget } from '../../agent/host/ssh/connection.ts';
import { startSshd, type RunningSshd } from './sshd.ts';

/** This machine over its own sshd: where it listens, a key that it takes, and a known_hosts file that has its key. */
export interface SshServer extends RunningSshd {
  readonly target: SshTarget;
  readonly keyFile: string;
  readonly knownHosts: string;
  readonly url: string;
}

/** Starts OpenSSH's own server that lets this user in with a key made for it. */
export async function startSshServer(
  folder: string,
  lines: readonly string[] = [],
  wrap?: Parameters<typeof startSshd>[2],
): Promise<SshServer> {
  const keyFile = join(folder, 'login_key');
  makeKey(keyFile);
  const allowed = join(folder, 'authorized_keys');
  writeFileSync(allowed, readFileSync(`${keyFile}.pub`), { mode: 0o644 });
  const sshd = await startSshd(
    folder,
    [
      ...lines,
      `AuthorizedKeysFile ${allowed}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      // Else bash reads this user's .bashrc before each command, whatever that does.
      'SetEnv SHLVL=1',
      ...(lines.some((line) => line.startsWith('Subsystem')) ? [] : ['Subsystem sftp /usr/lib/openssh/sftp-server']),
    ],
    wrap,
  );
  const user = userInfo().username;
  const text = `[127.0.0.1]:${sshd.port} ${readFileSync(join(folder, 'host_key.pub'), 'utf8')}`;
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, text);
  return {
    ...sshd,
    keyFile,
    knownHosts,
    url: `ssh://${user}@127.0.0.1:${sshd.port}`,
    target: {
      address: { user, host: '127.0.0.1', port: sshd.port },
      trust: { by: 'known-hosts', file: knownHosts },
      identityFiles: [keyFile],
    },
  };
}

export function makeKey(file: string): void {
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
}
