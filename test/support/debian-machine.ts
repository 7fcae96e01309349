import { execFile, execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache, environment, furnishRoot, isKept, type Told } from './debian-root.ts';
import { freePort } from './process.ts';
import { makeKey } from './ssh-server.ts';
import { temporaryFolder, tool } from './tools.ts';

/**
 * A Debian 12 with Debian's own kernel and systemd, emulated by QEMU: ten to twenty times slower than this machine. It
 * reaches no network; what is written in it goes with it.
 */
export interface DebianMachine extends AsyncDisposable {
  /** Runs a line of shell in it, as root. */
  run(script: string): Promise<Told>;
  /** As `run`, and throws where it does not end with 0; its standard output. */
  must(script: string): Promise<string>;
  /** Starts it anew, and waits until it is up. */
  reboot(): Promise<void>;
}

/** What a machine has beside what a root has. */
const essentials = ['linux-image-amd64', 'systemd-sysv', 'udev', 'dbus', 'iproute2', 'openssh-server'];

/** What only takes time here: what starts by itself and is not under test. */
const masked = ['e2scrub_reap.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'systemd-binfmt.service'];

/** Turns a root into a disk that QEMU starts from, without changing the root. Takes the root, and where it is put. */
const makeDisk = `
  root="$0" made="$1"
  mkdir "$made" "$made/upper" "$made/work" "$made/tree"
  tree="$made/tree"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$made/upper,workdir=$made/work" "$tree"
  rm -f "$tree/usr/sbin/policy-rc.d"
  echo machine > "$tree/etc/hostname"
  echo '127.0.0.1 localhost machine' > "$tree/etc/hosts"
  echo '/dev/vda / ext4 defaults,noatime 0 1' > "$tree/etc/fstab"
  printf '[Match]\\nName=en*\\n[Network]\\nAddress=10.0.2.15/24\\n' > "$tree/etc/systemd/network/wired.network"
  mkdir -p "$tree/etc/initramfs-tools/conf.d"
  echo MODULES=list > "$tree/etc/initramfs-tools/conf.d/modules"
  printf 'virtio_pci\\nvirtio_blk\\next4\\ncrc32c_generic\\n' > "$tree/etc/initramfs-tools/modules"
  mount -t proc proc "$tree/proc"
  chroot "$tree" update-initramfs -u -k all
  chroot "$tree" systemctl enable systemd-networkd.service
  chroot "$tree" systemctl mask ${masked.join(' ')}
  umount "$tree/proc"
  cp "$tree"/boot/vmlinuz-* "$made/vmlinuz"
  cp "$tree"/boot/initrd.img-* "$made/initrd"
  cp "$tree/etc/ssh/ssh_host_ed25519_key.pub" "$made/host_key.pub"
  mke2fs -q -F -t ext4 -d "$tree" "$made/disk.img" 6G
  umount "$tree"
  rm -r "$made/upper" "$made/work" "$tree"`;

/** Whether this system has what a machine needs, but for Debian's archive. */
export const canMakeMachines =
  process.getuid?.() === 0 &&
  process.arch === 'x64' &&
  ['qemu-system-x86_64', 'debootstrap', 'mke2fs', 'ssh', 'setpriv'].every((one) => tool(one) !== undefined);

/**
 * Whether a machine with these packages is at hand or can be made, for which Debian's archive is needed. Kept from one run
 * to the next under its name.
 */
export function furnishMachine(name: string, packages: readonly string[]): boolean {
  if (!furnishRoot('bookworm', `${name}-root`, [...essentials, ...packages])) return false;
  return isKept(name, (made) => {
    const namespace = ['--mount', '--pid', '--fork', '--kill-child', '--propagation=private'];
    const words = [...namespace, 'sh', '-ec', makeDisk, join(cache, `${name}-root`), made];
    return spawnSync('unshare', words, { env: environment, stdio: 'ignore', timeout: 480_000 }).status === 0;
  });
}

/** A disk that holds a folder's files, as a machine takes it; it is mounted there as `/dev/vdb` and so on. */
export function diskOf(folder: string, file: string): string {
  const size = Number(execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0]);
  execFileSync('/usr/sbin/mke2fs', ['-q', '-F', '-t', 'ext4', '-d', folder, file, `${String(size + 32)}M`]);
  return file;
}

/**
 * Starts a machine that `furnishMachine` has, and waits until it is up.
 * @param disks files that are further disks of it; what it writes to them goes with it too
 */
export async function startMachine(name: string, disks: readonly string[] = []): Promise<DebianMachine> {
  const folder = temporaryFolder();
  const image = join(cache, name);
  const port = await freePort();
  const key = join(folder.path, 'key');
  makeKey(key);
  const hostKey = readFileSync(join(image, 'host_key.pub'), 'utf8');
  writeFileSync(join(folder.path, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  const drives = [join(image, 'disk.img'), ...disks];
  const console = join(folder.path, 'console');
  // systemd.system-credentials(7): the image holds nobody's key.
  const credential = `io.systemd.credential.binary:ssh.authorized_keys.root=${readFileSync(`${key}.pub`).toString('base64')}`;
  const qemu = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none'],
      // Emulated everywhere: where /dev/kvm is there, that says nothing of whether it works within a virtual machine.
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '2048'],
      ...['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'initrd')],
      ...['-append', 'root=/dev/vda rw console=ttyS0 quiet mitigations=off'],
      ...drives.flatMap((file) => ['-drive', `file=${file},format=raw,if=virtio,snapshot=on,cache=unsafe`]),
      ...['-netdev', `user,id=wire,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...['-device', 'virtio-net-pci,netdev=wire,romfile=', '-device', 'virtio-rng-pci'],
      ...['-smbios', `type=11,value=${credential}`, '-serial', `file:${console}`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...environment, TMPDIR: folder.path } },
  );
  let complaint = '';
  qemu.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const why = (): string => complaint + (existsSync(console) ? readFileSync(console, 'utf8').slice(-2000) : '');
  const run = shellOn(port, folder.path);
  const end = (): void => {
    qemu.kill('SIGKILL');
    folder[Symbol.dispose]();
  };
  try {
    await untilUp(run, qemu, why);
  } catch (error) {
    end();
    throw error;
  }
  const must = async (script: string): Promise<string> => {
    const { status, stdout, stderr } = await run(script);
    if (status !== 0) throw new Error(`${script}: ended with ${status ?? 'a signal'}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    run,
    must,
    async reboot() {
      const before = await must(bootId);
      // The connection ends with it, sooner or later.
      await run('systemctl reboot');
      await untilUp(run, qemu, why, before);
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => qemu.once('close', resolve));
      if (qemu.exitCode === null) {
        qemu.kill('SIGKILL');
        await ended;
      }
      end();
    },
  };
}

const bootId = 'cat /proc/sys/kernel/random/boot_id';

/** A shell in it, over one connection that stays. */
function shellOn(port: number, folder: string): DebianMachine['run'] {
  const options = {
    ControlMaster: 'auto',
    ControlPath: join(folder, 'ssh'),
    ControlPersist: '60',
    UserKnownHostsFile: join(folder, 'known_hosts'),
    IdentitiesOnly: 'yes',
    BatchMode: 'yes',
    ConnectTimeout: '60',
    ServerAliveInterval: '15',
    LogLevel: 'ERROR',
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const login = [...words, '-F', 'none', '-i', join(folder, 'key'), '-p', String(port), 'root@127.0.0.1'];
  return (script) =>
    new Promise((resolve) => {
      execFile('ssh', [...login, script], { maxBuffer: 2 ** 27 }, (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ status, stdout, stderr });
      });
    });
}

/** Ten minutes, which it takes only where the processor is wanted by many others. */
const patience = 600_000;

/** Waits until systemd has started what it starts. */
async function untilUp(
  run: DebianMachine['run'],
  qemu: ChildProcess,
  why: () => string,
  before?: string,
): Promise<void> {
  const giveUpAt = Date.now() + patience;
  while (Date.now() < giveUpAt && qemu.exitCode === null && qemu.signalCode === null) {
    const { status, stdout } = await run(bootId);
    if (status === 0 && stdout !== before) {
      await run('systemctl is-system-running --wait');
      return;
    }
    await sleep(1000);
  }
  throw new Error(`the machine did not come up: ${why()}`);
}
