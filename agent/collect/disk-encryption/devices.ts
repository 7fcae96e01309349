import { basename, dirname } from 'node:path';
import type { Layer, Leg } from '../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readCryptTables } from './crypt-tables.ts';

/** Devices stand on others at most this many deep: RAID, LUKS, volume group, thin pool, and loop devices between them. */
const maximumDepth = 24;

/** How it goes on below what sysfs shows. */
export interface Onward {
  /** By the path of a loop device's file, to the file system that holds it. */
  readonly file: Follow;
  /** By the kernel's name of a volume of ZFS (`zd16`), to its pool. */
  readonly volume: Follow;
}
type Follow = (name: string, above: readonly Layer[], depth: number) => Promise<Reading<Leg[]>>;

/**
 * Walks from a block device down to the disks, as the kernel shows it in sysfs: which devices a device stands on
 * (`slaves`), what made it (`dm/uuid`), the file of a loop device (Linux, ABI/testing/sysfs-block and sysfs-block-dm).
 */
export class DeviceWalk {
  readonly #context: CollectContext;
  readonly #onward: Onward;

  constructor(context: CollectContext, onward: Onward) {
    this.#context = context;
    this.#onward = onward;
  }

  /** @param link such as `/sys/dev/block/8:1` or `/sys/class/block/sda1` */
  async legsBelow(link: string, above: readonly Layer[] = [], depth = 0): Promise<Reading<Leg[]>> {
    const folder = await this.#context.host.realPath(link);
    return folder.state === 'unreadable' ? folder : this.#walk(folder.value, above, depth);
  }

  /** @param path of a device in /dev, without links, or of a file that stands for one */
  legsOf(path: string, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    return path.startsWith('/dev/')
      ? this.legsBelow(`/sys/class/block/${basename(path)}`, above, depth)
      : this.#onward.file(path, above, depth);
  }

  async #walk(folder: string, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    const { host } = this.#context;
    const name = basename(folder);
    if (depth > maximumDepth) return unreadable('unsupported', name, 'devices stand on each other too deep');
    // What a disk stands on its partitions do.
    if ((await host.status(`${folder}/partition`)).state === 'read') return this.#walkPartition(folder, above, depth);
    const own = await this.#layerOf(folder);
    if (own?.state === 'unreadable') return own;
    const layers = own === undefined ? above : [...above, own.value];
    const slaves = await host.list(`${folder}/slaves`);
    if (slaves.state === 'unreadable' && slaves.obstacle.code !== 'missing') return slaves;
    const below = slaves.state === 'read' ? slaves.value : [];
    if (below.length > 0) {
      return joined(
        await Promise.all(below.map((slave) => this.legsBelow(`${folder}/slaves/${slave}`, layers, depth + 1))),
      );
    }
    return this.#bottom(folder, name, layers, depth);
  }

  async #walkPartition(folder: string, above: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    const legs = await this.#walk(dirname(folder), above, depth + 1);
    if (legs.state === 'unreadable') return legs;
    const disk = basename(dirname(folder));
    // A partition of a bare disk is known by its own name.
    return read(legs.value.map((leg) => (leg.device === disk ? { ...leg, device: basename(folder) } : leg)));
  }

  async #bottom(folder: string, name: string, layers: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    const { host } = this.#context;
    const leg = { device: name.slice(0, 256), layers: layers.slice(0, 16) };
    const file = await host.readText(`${folder}/loop/backing_file`);
    if (file.state === 'read') return this.#onward.file(file.value.replace(/\n$/, ''), layers, depth + 1);
    if (file.obstacle.code !== 'missing') return file;
    if (/^zram\d+$/.test(name)) return this.#memory(folder, layers, depth);
    if (/^zd\d+$/.test(name)) return this.#onward.volume(name, layers, depth + 1);
    if (/^ram\d+$/.test(name)) return read([{ ...leg, medium: 'memory' }]);
    // A device that maps others and shows none of them hides where the bytes go.
    if (/^(dm-|md)\d/.test(name)) return unreadable('unsupported', name, 'it does not show what it stands on');
    return read([{ ...leg, medium: 'disk' }]);
  }

  /** zram writes to a disk where it was given one (Linux, admin-guide/blockdev/zram, writeback). */
  async #memory(folder: string, layers: readonly Layer[], depth: number): Promise<Reading<Leg[]>> {
    const backing = await this.#context.host.readText(`${folder}/backing_dev`);
    if (backing.state === 'unreadable' && backing.obstacle.code !== 'missing') return backing;
    const path = backing.state === 'read' ? backing.value.trim() : 'none';
    if (path === 'none' || path === '') {
      return read([{ device: basename(folder), medium: 'memory', layers: layers.slice(0, 16) }]);
    }
    return this.legsOf(path, layers, depth + 1);
  }

  /** What a device itself encrypts with; undefined where it does not. Names and UUIDs prove nothing, the table does. */
  async #layerOf(folder: string): Promise<Reading<Layer> | undefined> {
    const { host } = this.#context;
    const name = await host.readText(`${folder}/dm/name`);
    if (name.state === 'unreadable') return name.obstacle.code === 'missing' ? undefined : name;
    const uuid = await host.readText(`${folder}/dm/uuid`);
    const format = /^CRYPT-(?!VERITY|INTEGRITY)([A-Z0-9]+)-/.exec(uuid.state === 'read' ? uuid.value : '')?.[1];
    const tables = await readCryptTables(this.#context);
    if (tables.state === 'read') {
      const cipher = tables.value.cipherOf(name.value.trim());
      return cipher && read({ by: 'dm-crypt', format: (format ?? 'unnamed').slice(0, 32), cipher });
    }
    // Without the table a volume group is told from an encrypted device by what made it.
    return format === undefined ? undefined : read({ by: 'dm-crypt', format: format.slice(0, 32), cipher: tables });
  }
}

/** All legs, sorted by device; the obstacle where one of them could not be followed to its end. */
export function joined(readings: readonly Reading<Leg[]>[]): Reading<Leg[]> {
  const legs: Leg[] = [];
  for (const reading of readings) {
    if (reading.state === 'unreadable') return reading;
    legs.push(...reading.value);
  }
  const sorted = legs
    .map((leg) => [JSON.stringify(leg), leg] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return read([...new Map(sorted).values()].slice(0, 256));
}
