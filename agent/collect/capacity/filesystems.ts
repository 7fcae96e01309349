import type { Filesystem } from '../../../policies/checks/capacity/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { findBtrfs } from '../btrfs-sysfs.ts';
import type { CollectContext } from '../collector.ts';
import { readFstab } from '../fstab.ts';
import type { Mount } from '../mounts.ts';

/** Full by their nature, and read-only. */
const images = ['squashfs', 'iso9660', 'erofs', 'cramfs', 'udf', 'romfs'];
/** File systems in memory that stop programs when they are full; others come and go with sessions and containers. */
const watchedInMemory = ['/tmp', '/run', '/dev/shm', '/var/tmp'];
const spanning = ['btrfs', 'zfs'];
const dfArguments = ['-l', '-B1', '--output=size,used,avail,itotal,iused,iavail,fstype,target'];

/** A file system as it is now; bytes. */
export interface FoundFilesystem {
  readonly mount: string;
  readonly type: string;
  readonly state: Filesystem['state'];
  readonly space: Reading<Space>;
  readonly metadata: Filesystem['metadata'];
}

export interface Space {
  readonly used: number;
  /** What ordinary users may still use. */
  readonly available: number;
  readonly inodesUsed: number;
  /** 0 where the file system makes them as it needs them. */
  readonly inodes: number;
}

/**
 * The file systems of this host's own disks, and those in memory that matter, each once by its shortest mount point. How
 * full they are df(1) of coreutils tells, for all of them at once; others' servers (`-l`) are not asked.
 */
export async function readFilesystems(
  context: CollectContext,
  mounts: readonly Mount[],
): Promise<Reading<FoundFilesystem[]>> {
  const { host, signal } = context;
  const answer = await host.run({ file: 'df', args: dfArguments }, signal);
  if (answer.state === 'unreadable') return answer;
  const spaces = parseDf(answer.value.stdout);
  // df ends with 1 where it may not look at one of many mounts: those it prints are sound.
  if (spaces === undefined) {
    return unreadable('command-failed', 'df', answer.value.stderr.trim().split('\n')[0] ?? '');
  }
  const fstab = await readFstab(context);
  if (fstab.state === 'unreadable') return fstab;
  const writable = new Set(fstab.value.filter(({ options }) => !options.includes('ro')).map(({ point }) => point));
  const groups = Map.groupBy(mounts.filter(isWatched), ({ device }) => device);
  return read(
    await Promise.all(
      [...groups.values()].map(async (group): Promise<FoundFilesystem> => {
        const mount = group.reduce((shortest, one) => (one.point.length < shortest.point.length ? one : shortest));
        const seen = group.flatMap(({ point }) => spaces.get(point) ?? [])[0];
        return {
          mount: mount.point,
          type: mount.type,
          state: stateOf(group, writable),
          space: seen === undefined ? unreadable('denied', `df ${mount.point}`) : read(seen),
          metadata: mount.type === 'btrfs' ? await readMetadata(context, mount.source) : null,
        };
      }),
    ),
  );
}

function isWatched({ device, type, point }: Mount): boolean {
  if (images.includes(type)) return false;
  if (type === 'tmpfs') return watchedInMemory.includes(point);
  return !device.startsWith('0:') || spanning.includes(type) || (type === 'overlay' && point === '/');
}

/** A line a mount: six figures, the type, and the point, which may hold spaces; undefined for what is no such list. */
export function parseDf(text: string): Map<string, Space> | undefined {
  const [heading = '', ...lines] = text.split('\n');
  if (!/1B-blocks.*Mounted on$/.test(heading)) return undefined;
  const spaces = new Map<string, Space>();
  for (const line of lines) {
    const match = /^\s*(\d+|-)\s+(\d+|-)\s+(\d+|-)\s+(\d+|-)\s+(\d+|-)\s+(\d+|-)\s+\S+\s+(\/.*)$/.exec(line);
    const [, , used, available, inodes, inodesUsed, , point] = match ?? [];
    const figures = [used, available, inodes, inodesUsed].map((figure) => Number(figure === '-' ? 0 : figure));
    const [usedBytes = 0, availableBytes = 0, inodeCount = 0, inodesInUse = 0] = figures;
    if (point === undefined || !figures.every(Number.isFinite)) continue;
    const isWhole = used !== '-' && available !== '-';
    const space = { used: usedBytes, available: availableBytes, inodes: inodeCount, inodesUsed: inodesInUse };
    if (isWhole) spaces.set(point, space);
  }
  return spaces;
}

/**
 * The mount stays `rw` when the kernel gives up: the file system's own options then say `ro` (errors=remount-ro), or
 * since Linux 6.15 `emergency_ro`, and `shutdown` of one that was stopped (ext4(5), xfs(5)).
 */
function stateOf(mounts: readonly Mount[], writable: ReadonlySet<string>): Filesystem['state'] {
  const superOptions = mounts.flatMap((mount) => mount.superOptions);
  if (superOptions.includes('emergency_ro') || superOptions.includes('shutdown')) return 'failed';
  const isMountedWritable = mounts.some(({ options }) => options.includes('rw'));
  if (superOptions.includes('ro')) {
    if (isMountedWritable) return 'failed';
    return mounts.some(({ point }) => writable.has(point)) ? 'remounted' : 'read-only';
  }
  if (isMountedWritable) return 'writable';
  return mounts.some(({ point }) => writable.has(point)) ? 'remounted' : 'read-only';
}

/**
 * Percent of all that metadata could get: what it has, and its share of what no chunk has taken yet. Null where it lies
 * among the data, and so is full when that is.
 */
async function readMetadata({ host }: CollectContext, source: string): Promise<Reading<number> | null> {
  const found = await findBtrfs(host, source);
  if (found.state === 'unreadable') return found;
  const { path, devices } = found.value;
  if ((await host.status(`${path}/allocation/mixed`)).state === 'read') return null;
  const kinds = ['data', 'metadata', 'system'].map((kind) => `allocation/${kind}/disk_total`);
  const own = ['bytes_used', 'total_bytes', 'disk_total'].map((name) => `allocation/metadata/${name}`);
  const files = [...own, ...kinds, ...devices.map((device) => `devices/${device}/size`)];
  const texts = await Promise.all(files.map((file) => host.readText(`${path}/${file}`)));
  const figures: number[] = [];
  for (const text of texts) {
    if (text.state === 'unreadable') return text;
    const figure = Number(text.value.trim());
    if (!Number.isSafeInteger(figure)) return unreadable('unparsable', path, text.value.slice(0, 64));
    figures.push(figure);
  }
  const [used = 0, total = 0, onDisk = 0, data = 0, metadata = 0, system = 0, ...sectors] = figures;
  const size = sectors.reduce((sum, count) => sum + count, 0) * 512;
  const copies = total === 0 ? 1 : onDisk / total;
  const unallocated = Math.max(size - data - metadata - system, 0) / copies;
  const most = total + unallocated;
  return read(most === 0 ? 100 : Math.min(Math.ceil((100 * used) / most), 100));
}
