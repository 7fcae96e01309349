import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { temporaryFolder } from './tools.ts';

/** Beside the sources and not within: whole systems are nothing that tools should walk, or `npm ci` remove. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'waarborg/debian-roots');

/** Of programs in a root. */
export const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C',
};

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

/** Releases of Ubuntu. Their keyring comes from Debian's archive, and so is one that this machine trusts. */
const ubuntu = ['noble'];

/**
 * Whether a release of Debian or Ubuntu is at hand, or can be fetched from the machine's mirror. Kept from one run to the
 * next, as it was installed.
 */
export function fetchRoot(suite: string): boolean {
  return isKept(suite, (made) => {
    const own = ubuntu.includes(suite) ? ubuntuWords() : { options: [], origin: [] };
    if (own === undefined) return false;
    const include = '--include=adduser,libatomic1,libstdc++6';
    const words = ['--variant=minbase', include, ...own.options, suite, made, ...own.origin];
    // What it mounts goes with it: what a failed one left is removed, and this machine's own /proc must not be in there.
    const apart = ['--mount', '--pid', '--fork', '--kill-child', '--propagation=private', 'debootstrap', ...words];
    if (spawnSync('unshare', apart, { stdio: 'ignore', timeout: 240_000 }).status !== 0) return false;
    // No package starts a service in it (invoke-rc.d(8)).
    writeFileSync(join(made, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    return true;
  });
}

/** The same with more packages of that release, which is kept under a name of its own. */
export function furnishRoot(suite: string, name: string, packages: readonly string[]): boolean {
  if (!fetchRoot(suite)) return false;
  return isKept(name, (made) => {
    execFileSync('cp', ['-a', join(cache, suite), made]);
    const namespace = ['--mount', '--pid', '--fork', '--kill-child', '--propagation=private'];
    const install = `
      mount -t proc proc "$0/proc"
      mount --rbind /dev "$0/dev"
      cp /etc/resolv.conf "$0/etc/resolv.conf"
      chroot "$0" apt-get update -qq
      chroot "$0" apt-get install -y -qq --no-install-recommends "$@"
      chroot "$0" apt-get clean`;
    const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive' };
    const words = [...namespace, 'sh', '-ec', install, made, ...packages];
    return spawnSync('unshare', words, { env, stdio: 'ignore', timeout: 480_000 }).status === 0;
  });
}

/** Whether something is in the cache, or can be made. It is made under another name first: what is half made is not kept. */
export function isKept(name: string, make: (made: string) => boolean): boolean {
  const folder = join(cache, name);
  if (existsSync(folder)) return true;
  mkdirSync(cache, { recursive: true });
  const made = `${folder}.${process.pid}`;
  const isMade = make(made);
  // Another test may have made it meanwhile.
  if (isMade && !existsSync(folder)) renameSync(made, folder);
  else rmSync(made, { recursive: true, force: true });
  return isMade;
}

/** How debootstrap(8) is told of Ubuntu; undefined where its keyring cannot be had. Not every debootstrap knows each release: they are made alike. */
function ubuntuWords(): { options: string[]; origin: string[] } | undefined {
  const keyring = join(cache, 'ubuntu-archive-keyring.gpg');
  if (!existsSync(keyring) && !fetchUbuntuKeyring(keyring)) return undefined;
  const options = [`--keyring=${keyring}`, '--components=main,universe'];
  return { options, origin: ['http://archive.ubuntu.com/ubuntu', 'gutsy'] };
}

/** From the package ubuntu-keyring of Debian 13, with an apt that has folders of its own. */
function fetchUbuntuKeyring(keyring: string): boolean {
  using folder = temporaryFolder();
  const lists = join(folder.path, 'sources.list');
  const state = join(folder.path, 'state');
  const unpacked = join(folder.path, 'unpacked');
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  writeFileSync(lists, `deb ${signed} http://deb.debian.org/debian trixie main\n`);
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  const own = { 'Etc::SourceList': lists, 'Etc::SourceParts': '/dev/null', State: state, Cache: join(state, 'cache') };
  const settings = [...Object.entries(own), ['State::Status', '/dev/null']].map(
    ([name, path]) => `Dir::${name}=${path}`,
  );
  const options = [...settings, 'APT::Sandbox::User=root'].flatMap((setting) => ['-o', setting]);
  const apt = (...words: string[]): boolean =>
    spawnSync('apt-get', ['-qq', ...options, ...words], { cwd: folder.path, stdio: 'ignore', timeout: 120_000 })
      .status === 0;
  if (!apt('update') || !apt('download', 'ubuntu-keyring')) return false;
  const archive = readdirSync(folder.path).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return false;
  execFileSync('dpkg-deb', ['-x', archive, unpacked], { cwd: folder.path });
  copyFileSync(join(unpacked, 'usr/share/keyrings/ubuntu-archive-keyring.gpg'), keyring);
  return true;
}

/**
 * A fresh copy of a release that `fetchRoot` has, by its name: what is changed in it goes with it.
 * @param shows folders of this machine that are seen in it at the same place, and cannot be changed there
 */
export async function openRoot(name: string, shows: readonly string[] = []): Promise<DebianRoot> {
  const folder = temporaryFolder();
  const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => join(folder.path, name));
  for (const path of [upper, work, merged]) mkdirSync(path ?? '');
  const mounts = `
    mount -t overlay overlay -o lowerdir=${join(cache, name)},upperdir=${upper ?? ''},workdir=${work ?? ''} ${merged ?? ''}
    mount -t proc proc ${merged ?? ''}/proc
    mount --rbind /dev ${merged ?? ''}/dev
    for shown in ${shows.join(' ')}; do
      mkdir -p ${merged ?? ''}$shown
      mount --bind $shown ${merged ?? ''}$shown
      mount -o remount,bind,ro ${merged ?? ''}$shown
    done
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
    return spawnSync('nsenter', entered, {
      env: environment,
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
