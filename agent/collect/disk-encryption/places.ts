import { dirname } from 'node:path';
import type { Layer, Leg, Place } from '../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { isBelow, mountOf, unescapeMount, type Mount } from '../mounts.ts';
import { DeviceWalk } from './devices.ts';
import { btrfsLegs, volumeOf, zfsLegs } from './spanning.ts';

const elsewhere = /^(nfs4?|cifs|smb3|smbfs|ceph|afs|9p|virtiofs|lustre|beegfs|orangefs|fuse(\..+)?)$/;
/** Programs that show what the kernel knows, or what lies on other mounts. */
const views = ['fuse.lxcfs', 'fuse.portal', 'fuse.gvfsd-fuse'];
const inMemory = ['tmpfs', 'ramfs'];
/** Images that are read-only by their nature: what a package or a CD holds is no data of this host. */
const images = ['squashfs', 'iso9660', 'erofs', 'cramfs', 'udf', 'romfs'];
/** What a machine boots from holds a kernel, and must be readable before a key is there. */
const bootFolders = ['/boot', '/efi'];

/** A place before its paths are freed of names: `where` is a mount point, or the path of a swap area. */
export interface FoundPlace extends Place {
  /** As mounts have it; empty for swap. */
  readonly device: string;
}

/** Looks where mounts and swap areas keep their bytes. */
export class PlaceReader {
  readonly #context: CollectContext;
  readonly #mounts: readonly Mount[];
  readonly #walk: DeviceWalk;

  constructor(context: CollectContext, mounts: readonly Mount[]) {
    this.#context = context;
    this.#mounts = mounts;
    this.#walk = new DeviceWalk(context, {
      file: (path, above, depth) => this.#legsOfFile(path, above, depth),
      volume: (name, above, depth) => this.#legsOfVolume(name, above, depth),
    });
  }

  /**
   * Each file system once, by the shortest of its mount points: those that hold data unless somebody says otherwise, and
   * those on listed devices.
   */
  files(listedDevices: ReadonlySet<string>): Promise<FoundPlace[]> {
    // All mounts of one file system have one device number, whatever they show of it; so do subvolumes of btrfs.
    const byDevice = Map.groupBy(this.#mounts.filter(holdsFiles), ({ device }) => device);
    const wanted = [...byDevice].filter(([device, mounts]) => listedDevices.has(device) || mounts.some(isUsual));
    return Promise.all(wanted.map(([, mounts]) => this.#placeOf(mounts)));
  }

  /** The swap areas in use, as proc_swaps(5) lists them. */
  async swap(): Promise<Reading<FoundPlace[]>> {
    const text = await this.#context.host.readText('/proc/swaps');
    // A kernel without swap has no such file.
    if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? read([]) : text;
    const places: FoundPlace[] = [];
    for (const line of text.value.split('\n').slice(1)) {
      const [path, type] = line.trim().split(/\s+/);
      if (path === undefined || type === undefined || path === '') continue;
      const where = unescapeMount(path);
      const legs = await this.#legsOfSwap(where, type);
      const kind = 'devices' as const;
      const isUsual = false;
      places.push({ where, device: '', use: 'swap', type: type.slice(0, 256), kind, legs, hasFscrypt: false, isUsual });
    }
    return read(places);
  }

  async #legsOfSwap(where: string, type: string): Promise<Reading<Leg[]>> {
    if (type === 'file') return this.#legsOfFile(where, [], 0);
    const real = await this.#context.host.realPath(where);
    if (real.state === 'unreadable') return real;
    return this.#walk.legsBelow(`/sys/class/block/${real.value.slice('/dev/'.length)}`);
  }

  async #placeOf(mounts: readonly Mount[]): Promise<FoundPlace> {
    const mount = mounts.reduce((shortest, one) => (one.point.length < shortest.point.length ? one : shortest));
    const { point, type, device } = mount;
    const kind = kindOf(mount);
    const legs = kind === 'devices' ? await this.#legsOfMount(mount, [], 0) : null;
    const fscrypt = kind === 'devices' ? await this.#context.host.status(`${point.replace(/\/$/, '')}/.fscrypt`) : null;
    const hasFscrypt = fscrypt?.state === 'read';
    return { where: point, device, use: 'files', type, kind, legs, hasFscrypt, isUsual: mounts.some(isUsual) };
  }

  async #legsOfFile(path: string, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    if (depth > 24) return unreadable('unsupported', path, 'devices stand on each other too deep');
    const mount = mountOf(path, this.#mounts);
    if (mount === undefined) return unreadable('missing', path);
    // A loop device may hold a file that is deleted, or seen from another container.
    if (path.endsWith(' (deleted)')) return unreadable('unsupported', path, 'its file is deleted');
    const status = await this.#context.host.status(path);
    if (status.state === 'unreadable') return status;
    if (kindOf(mount) === 'memory') return read([{ device: mount.type, medium: 'memory', layers: above.slice(0, 16) }]);
    if (kindOf(mount) !== 'devices') return unreadable('unsupported', path, `it lies on ${mount.type}`);
    return this.#legsOfMount(mount, above, depth + 1);
  }

  async #legsOfVolume(device: string, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    if (depth > 24) return unreadable('unsupported', device, 'devices stand on each other too deep');
    const volume = await volumeOf(this.#context.host, device);
    if (volume.state === 'unreadable') return volume;
    return zfsLegs(this.#context, this.#walk, volume.value, above, depth + 1);
  }

  async #legsOfMount(mount: Mount, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    if (mount.type === 'ecryptfs') return this.#legsBelowEcryptfs(mount, above, depth);
    if (mount.type === 'zfs') return zfsLegs(this.#context, this.#walk, mount.source, above, depth);
    if (mount.type === 'btrfs') return btrfsLegs(this.#context, this.#walk, mount, above, depth);
    if (!mount.device.startsWith('0:')) return this.#walk.legsBelow(`/sys/dev/block/${mount.device}`, above, depth);
    return unreadable('unsupported', mount.type, 'it shows no disk');
  }

  /** It stands on a folder of another file system, and tells its cipher among its options (Linux, filesystems/ecryptfs). */
  async #legsBelowEcryptfs(mount: Mount, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    const option = (name: string): string | undefined =>
      mount.superOptions.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
    const [name, bytes] = [option('ecryptfs_cipher'), Number(option('ecryptfs_key_bytes') ?? Number.NaN)];
    const hasCipher = name !== undefined && Number.isInteger(bytes);
    const passesPlain = mount.superOptions.includes('ecryptfs_passthrough');
    const layer: Layer = {
      by: 'ecryptfs',
      format: 'ecryptfs',
      cipher: hasCipher
        ? read({ name: `ecryptfs:${name.slice(0, 200)}`, keyBits: bytes * 8 })
        : unreadable('unparsable', 'eCryptfs', 'no cipher among its options'),
    };
    const below = mountOf(dirname(mount.source), this.#mounts);
    if (below === undefined || below === mount) return unreadable('unsupported', 'ecryptfs', 'nothing to stand on');
    return this.#legsOfMount(below, passesPlain ? above : [...above, layer], depth + 1);
  }
}

function kindOf({ type }: Mount): Place['kind'] {
  if (inMemory.includes(type)) return 'memory';
  if (type === 'overlay' || type === 'aufs') return 'overlay';
  return elsewhere.test(type) ? 'elsewhere' : 'devices';
}

/** Whether a mount holds data of this host, unless somebody says where that lies. */
function isUsual(mount: Mount): boolean {
  if (mount.point === '/') return true;
  if (bootFolders.some((folder) => isBelow(mount.point, folder)) || images.includes(mount.type)) return false;
  return holdsFiles(mount) && kindOf(mount) !== 'overlay' && kindOf(mount) !== 'memory';
}

/** Whether files are kept there at all: proc, sysfs and their like make up what they show. */
export function holdsFiles(mount: Mount): boolean {
  if (views.includes(mount.type)) return false;
  if (!mount.device.startsWith('0:')) return true;
  return ['btrfs', 'zfs', 'ecryptfs'].includes(mount.type) || kindOf(mount) !== 'devices';
}
