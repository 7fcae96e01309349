import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './sources.ts';
import { temporaryFolder } from './tools.ts';

const cache = join(root, 'node_modules/.cache/debian-roots');

export interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A small Debian of its own in a folder, without systemd, in namespaces of mounts and processes. */
export interface DebianRoot extends Disposable {
  /** Runs a line of shell in it, as root. */
  run(script: string): Told;
  /** As `run`, and throws where it does not end with 0; its standard output. */
  must(script: string): string;
  /** Copies a file of this machine into its /root. */
  give(path: string): void;
  /** Every path that lasts in it, and every account. */
  inventory(): string[];
}

/**
 * Whether a release of Debian is at hand, or can be fetched from the machine's mirror. Kept from one run to the next, as
 * it was installed.
 */
export function fetchRoot(suite: string): boolean {
  const folder = join(cache, suite);
  if (existsSync(folder)) return true;
  mkdirSync(cache, { recursive: true });
  const made = `${folder}.${process.pid}`;
  const words = ['--variant=minbase', '--include=adduser,libatomic1,libstdc++6', suite, made];
  if (spawnSync('debootstrap', words, { stdio: 'ignore', timeout: 240_000 }).status !== 0) {
    rmSync(made, { recursive: true, force: true });
    return false;
  }
  // No package starts a service in it (invoke-rc.d(8)).
  writeFileSync(join(made, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  renameSync(made, folder);
  return true;
}

/** A fresh copy of a release that `fetchRoot` has: what is changed in it goes with it. */
export async function openRoot(suite: string): Promise<DebianRoot> {
  const folder = temporaryFolder();
  const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => join(folder.path, name));
  for (const path of [upper, work, merged]) mkdirSync(path ?? '');
  const mounts = `
    mount -t overlay overlay -o lowerdir=${join(cache, suite)},upperdir=${upper ?? ''},workdir=${work ?? ''} ${merged ?? ''}
    mount -t proc proc ${merged ?? ''}/proc
    mount --rbind /dev ${merged ?? ''}/dev
    echo ready
    while sleep 3600 & wait $!; do :; done`;
  // Killing the first process of the namespace ends whatever was started in it. It is a shell that waits, because what is left
  // behind in a namespace becomes its child.
  const namespace = ['--mount', '--pid', '--fork', '--kill-child', '--propagation=private'];
  const keeper = spawn('unshare', [...namespace, 'sh', '-ec', mounts], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(keeper.stdout, 'data');
  const [inside = ''] = execFileSync('pgrep', ['-P', String(keeper.pid)], { encoding: 'utf8' }).split('\n');
  const enter = (script: string, input?: Buffer): Told => {
    const entered = ['--target', inside, '--mount', '--pid', 'chroot', merged ?? '', '/bin/sh', '-c', script];
    const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C' };
    return spawnSync('nsenter', entered, {
      env,
      cwd: '/',
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      input,
      timeout: 90_000,
    });
  };
  const run = (script: string): Told => enter(script);
  const must = (script: string): string => {
    const { status, stdout, stderr } = run(script);
    if (status !== 0) throw new Error(`${script}: ended with ${status ?? 'a signal'}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    run,
    must,
    give(path) {
      const { status, stderr } = enter(`cat > '/root/${basename(path)}'`, readFileSync(path));
      if (status !== 0) throw new Error(`${path} could not be copied: ${stderr}`);
    },
    inventory() {
      // adduser keeps the accounts as they were before, and apt what it did; /run is gone at the next start.
      const ofTools = [
        '/etc/passwd-',
        '/etc/shadow-',
        '/etc/group-',
        '/etc/gshadow-',
        '/var/cache',
        '/var/lib/apt',
        '/var/log',
      ];
      const left = ['/root', '/tmp', '/run', ...ofTools];
      const paths = must(`find / -xdev ${left.map((path) => `-path ${path} -prune -o`).join(' ')} -print`);
      const accounts = must('cat /etc/passwd /etc/group');
      return [...paths.split('\n'), ...accounts.split('\n')].sort();
    },
    [Symbol.dispose]() {
      keeper.kill('SIGKILL');
      // The mounts go with the namespace, and with them what is in their way.
      for (let left = 50; left > 0 && existsSync(`/proc/${inside}`); left--) spawnSync('sleep', ['0.1']);
      for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name), { recursive: true, force: true });
      folder[Symbol.dispose]();
    },
  };
}
