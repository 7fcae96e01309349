import { RootedHost } from '../../../support/rooted-host.ts';
import type { CommandResult } from '../../../../agent/host/host.ts';
import type { Reading } from '../../../../policies/reading.ts';

/** A block device of sysfs, by its kernel name. */
export interface Device {
  /** `8:2`. */
  readonly number: string;
  /** The disk that it is a partition of. */
  readonly partOf?: string;
  readonly on?: readonly string[];
  /** Name and UUID of the device mapper. */
  readonly mapper?: readonly [name: string, uuid: string];
  readonly files?: Readonly<Record<string, string>>;
}

/** A line of mountinfo; what stands behind the dash in the order of the file. */
export function mountLine(device: string, point: string, type: string, source: string, options = 'rw'): string {
  return `30 1 ${device} / ${point} rw,relatime shared:1 - ${type} ${source} ${options}`;
}

export interface Machine {
  readonly devices?: Readonly<Record<string, Device>>;
  readonly mounts: readonly string[];
  /** Lines below the heading. */
  readonly swaps?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Where links lead, by their path. */
  readonly links?: Readonly<Record<string, string>>;
  readonly commands?: Readonly<Record<string, Partial<CommandResult> | Reading<never>>>;
}

/** Lays out a machine's sysfs and proc in a folder, links and all. */
export function machineIn(
  root: string,
  { devices = {}, mounts, swaps = [], files = {}, links = {}, commands }: Machine,
): RootedHost {
  const host = new RootedHost(root, commands);
  const placeOf = (name: string): string => {
    const disk = devices[name]?.partOf;
    return disk === undefined ? `/sys/devices/virtual/block/${name}` : `${placeOf(disk)}/${name}`;
  };
  for (const [name, { number, partOf, on = [], mapper, files: own = {} }] of Object.entries(devices)) {
    const place = placeOf(name);
    host.folder(place);
    host.link(`/sys/dev/block/${number}`, place);
    host.link(`/sys/class/block/${name}`, place);
    host.write(`/dev/${name}`, '');
    if (partOf === undefined) host.folder(`${place}/slaves`);
    else host.write(`${place}/partition`, '1\n');
    for (const below of on) host.link(`${place}/slaves/${below}`, placeOf(below));
    for (const [file, content] of Object.entries(own)) host.write(`${place}/${file}`, content);
    if (mapper === undefined) continue;
    host.write(`${place}/dm/name`, `${mapper[0]}\n`);
    host.write(`${place}/dm/uuid`, `${mapper[1]}\n`);
    host.link(`/dev/mapper/${mapper[0]}`, `/dev/${name}`);
  }
  host.write('/proc/1/mountinfo', mounts.map((line) => `${line}\n`).join(''));
  host.write('/proc/swaps', ['Filename\tType\tSize\tUsed\tPriority', ...swaps].map((line) => `${line}\n`).join(''));
  host.write('/etc/passwd', 'root:x:0:0::/root:/bin/bash\njan:x:1000:1000::/home/jan:/bin/bash\n');
  host.write('/etc/group', 'root:x:0:\njan:x:1000:\n');
  for (const [path, content] of Object.entries(files)) host.write(path, content);
  for (const [path, target] of Object.entries(links)) host.link(path, target);
  return host;
}
