import { basename } from 'node:path';
import type { Layer, Leg } from '../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { findBtrfs } from '../btrfs-sysfs.ts';
import type { CollectContext } from '../collector.ts';
import { commandOutput } from '../discovery/command.ts';
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
 * What OpenZFS encrypts a mounted dataset with (zfs-load-key(8)); of one that is not encrypted, the disks of its pool,
 * which may be. Encryption belongs to each dataset: a child may be without that of its parent.
 */
export async function zfsLegs(
  context: CollectContext,
  walk: DeviceWalk,
  mount: Mount,
  above: readonly Layer[],
  depth: number,
): Promise<Reading<Leg[]>> {
  const properties = await context.once('zfs get encryption', () =>
    commandOutput(context, { file: 'zfs', args: ['get', '-Hp', '-o', 'name,value', '-t', 'filesystem', 'encryption'] }),
  );
  if (properties === undefined) return unreadable('command-missing', 'zfs');
  if (properties.state === 'unreadable') return properties;
  const line = properties.value.split('\n').find((row) => row.split('\t')[0] === mount.source);
  const value = line?.split('\t')[1];
  if (value === undefined) return unreadable('unparsable', 'zfs get encryption', `no line for ${mount.source}`);
  const bits = /^aes-(128|192|256)-/.exec(value)?.[1];
  if (bits !== undefined) {
    const cipher = read({ name: value.slice(0, 256), keyBits: Number(bits) });
    const layers: Layer[] = [...above, { by: 'zfs', format: 'zfs', cipher }];
    return read([{ device: mount.source.slice(0, 256), medium: 'disk', layers: layers.slice(0, 16) }]);
  }
  // `-` stands for a pool without the feature.
  if (value !== 'off' && value !== '-') return unreadable('unparsable', 'zfs get encryption', value);
  return poolLegs(context, walk, mount.source.split('/')[0] ?? '', above, depth);
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
  const devices = [...listed.value.matchAll(/^\s*(\/dev\/\S+)/gm)].map(([, path]) => path ?? '');
  if (devices.length === 0) return unreadable('unsupported', `pool ${pool}`, 'it names no disks');
  const links = devices.map((path) => `/sys/class/block/${basename(path)}`);
  return joined(await Promise.all(links.map((link) => walk.legsBelow(link, above, depth + 1))));
}
