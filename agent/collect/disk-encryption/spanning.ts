import type { Layer, Leg } from '../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { findBtrfs } from '../btrfs-sysfs.ts';
import type { CollectContext } from '../collector.ts';
import { commandOutput } from '../discovery/command.ts';
import type { Host } from '../../host/host.ts';
import type { Mount } from '../mounts.ts';
import { joined, type DeviceWalk } from './devices.ts';

/** The disks of a btrfs file system, each of which must be encrypted: the kernel lists them in sysfs by its UUID. */
export async function btrfsLegs(
  { host }: CollectContext,
  walk: DeviceWalk,
  mount: Mount,
  above: readonly Layer[],
  depth: number,
): Promise<Reading<Leg[]>> {
  const found = await findBtrfs(host, mount.source);
  if (found.state === 'unreadable') return found;
  const links = found.value.devices.map((name) => `${found.value.path}/devices/${name}`);
  return joined(await Promise.all(links.map((link) => walk.legsBelow(link, above, depth + 1))));
}

/**
 * What OpenZFS encrypts a dataset with (zfs-load-key(8)), a file system or a volume; of one that is not encrypted, the
 * disks of its pool, which may be. Encryption belongs to each dataset: a child may be without that of its parent.
 */
export async function zfsLegs(
  context: CollectContext,
  walk: DeviceWalk,
  dataset: string,
  above: readonly Layer[],
  depth: number,
): Promise<Reading<Leg[]>> {
  const args = ['get', '-Hp', '-o', 'name,value', '-t', 'filesystem,volume', 'encryption'];
  const properties = await context.once('zfs get encryption', () => commandOutput(context, { file: 'zfs', args }));
  if (properties === undefined) return unreadable('command-missing', 'zfs');
  if (properties.state === 'unreadable') return properties;
  const line = properties.value.split('\n').find((row) => row.split('\t')[0] === dataset);
  const value = line?.split('\t')[1];
  if (value === undefined) return unreadable('unparsable', 'zfs get encryption', `no line for ${dataset}`);
  const bits = /^aes-(128|192|256)-/.exec(value)?.[1];
  if (bits !== undefined) {
    const cipher = read({ name: value.slice(0, 256), keyBits: Number(bits) });
    const layers: Layer[] = [...above, { by: 'zfs', format: 'zfs', cipher }];
    return read([{ device: dataset.slice(0, 256), medium: 'disk', layers: layers.slice(0, 16) }]);
  }
  // `-` stands for a pool without the feature.
  if (value !== 'off' && value !== '-') return unreadable('unparsable', 'zfs get encryption', value);
  return poolLegs(context, walk, dataset.split('/')[0] ?? '', above, depth);
}

/** Below the folder of volumes: pool, datasets, and the volume itself. */
const maximumVolumeDepth = 12;

/**
 * The volume behind a block device such as zd16: the kernel does not show it, udev's links do (zfs(8), volumes under
 * /dev/zvol).
 */
export async function volumeOf(host: Host, device: string, folder = '/dev/zvol', depth = 0): Promise<Reading<string>> {
  const unknown = unreadable('unsupported', device, 'no link in /dev/zvol tells which volume of ZFS it is');
  const names = await host.list(folder);
  if (names.state === 'unreadable') return depth === 0 && names.obstacle.code === 'missing' ? unknown : names;
  for (const name of names.value) {
    const path = `${folder}/${name}`;
    const real = await host.realPath(path);
    if (real.state === 'read' && real.value === `/dev/${device}`) return read(path.slice('/dev/zvol/'.length));
    const isFolder = real.state === 'read' && real.value === path;
    if (!isFolder || depth >= maximumVolumeDepth) continue;
    const below = await volumeOf(host, device, path, depth + 1);
    if (below.state === 'read' || below.obstacle.code !== 'unsupported') return below;
  }
  return unknown;
}

async function poolLegs(
  context: CollectContext,
  walk: DeviceWalk,
  pool: string,
  above: readonly Layer[],
  depth: number,
): Promise<Reading<Leg[]>> {
  const args = ['list', '-vHLP', '-o', 'name', pool];
  const listed = await context.once(`zpool ${args.join(' ')}`, () => commandOutput(context, { file: 'zpool', args }));
  if (listed === undefined) return unreadable('command-missing', 'zpool');
  if (listed.state === 'unreadable') return listed;
  // Each disk has a line of its own, indented by a tab, as do the files that may stand for disks.
  const paths = [...listed.value.matchAll(/^\t(\/[^\t\n]+)/gm)].map(([, path]) => path ?? '');
  if (paths.length === 0) return unreadable('unsupported', `pool ${pool}`, 'it names no disks');
  return joined(await Promise.all(paths.map((path) => walk.legsOf(path, above, depth + 1))));
}
