import { basename } from 'node:path';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';

/** A btrfs file system as the kernel shows it in sysfs (Linux, filesystems/btrfs). */
export interface BtrfsFolder {
  /** `/sys/fs/btrfs/UUID`. */
  readonly path: string;
  /** The kernel's names of its devices. */
  readonly devices: readonly string[];
}

/** @param source the device that it was mounted from; any of several */
export async function findBtrfs(host: Host, source: string): Promise<Reading<BtrfsFolder>> {
  const device = await host.realPath(source);
  if (device.state === 'unreadable') return device;
  const systems = await host.list('/sys/fs/btrfs');
  if (systems.state === 'unreadable') return systems;
  for (const uuid of systems.value) {
    const path = `/sys/fs/btrfs/${uuid}`;
    const devices = await host.list(`${path}/devices`);
    if (devices.state === 'read' && devices.value.includes(basename(device.value))) {
      return read({ path, devices: devices.value });
    }
  }
  return unreadable('unsupported', source, 'no btrfs file system lists it');
}
