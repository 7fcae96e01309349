import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSshServer, type SshServer } from './ssh-server.ts';

/** A machine like this one, reached over SSH: it sees this one's files, and what it changes is its own and vanishes. */
export interface ClonedMachine extends SshServer {
  /** Runs a line of shell on it, as root; its standard output. */
  run(script: string): string;
}

/** Whether this machine lets tests mount things. */
export function canClone(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0;
}

/** @param prepare shell, run on it before it is reached */
export async function cloneMachine(folder: string, prepare = ':'): Promise<ClonedMachine> {
  const layers = join(folder, 'layers');
  mkdirSync(layers);
  const root = join(layers, 'root');
  const server = await startSshServer(folder, [], (command) => [
    ...['unshare', '--mount', '--uts', 'sh', '-ec'],
    `mount -t tmpfs layers ${layers}
    mkdir ${layers}/upper ${layers}/work ${root}
    mount -t overlay overlay -o lowerdir=/,upperdir=${layers}/upper,workdir=${layers}/work ${root}
    for shared in /proc /dev /sys; do mount --rbind $shared ${root}$shared; done
    mount --bind ${folder} ${root}${folder}
    chroot ${root} sh -ec '${prepare}'
    exec chroot ${root} ${command.join(' ')}`,
  ]);
  return {
    ...server,
    run: (script) =>
      execFileSync('nsenter', ['--target', server.pid(), '--mount', '--uts', 'chroot', root, 'sh', '-ec', script], {
        encoding: 'utf8',
        cwd: '/',
      }),
  };
}
