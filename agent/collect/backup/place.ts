import type { FileSystem, Location } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const mountTable = '/proc/self/mountinfo';

/**
 * Where a folder lies: the file system that holds it, found by its device number, so that symbolic links and bind
 * mounts lead to the real one. Asked before the mount table is read: the asking itself may mount it (autofs).
 */
export async function locatePath(host: Host, path: string): Promise<Location> {
  return { kind: 'path', path, fileSystem: await fileSystemOf(host, path) };
}

async function fileSystemOf(host: Host, path: string): Promise<Reading<FileSystem>> {
  const status = await host.status(path);
  if (status.state === 'unreadable') return status;
  const table = await host.readText(mountTable);
  if (table.state === 'unreadable') return table;
  const wanted = deviceName(status.value.device);
  const mounts = parseMounts(table.value).filter(({ device }) => device === wanted);
  const mount = mounts.find(({ mountPoint }) => isBelow(path, mountPoint)) ?? mounts[0];
  // A btrfs subvolume has a device number of its own that the table does not hold.
  if (mount === undefined) return unreadable('unsupported', mountTable, `no mount with device ${wanted} for ${path}`);
  const { type, mountPoint, source } = mount;
  const server = serverOfSource(source);
  return read({ type, mountPoint, ...(server === undefined ? {} : { server }) });
}

interface Mount {
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
}

/** Lines of /proc/self/mountinfo, the longest mount point first; see proc_pid_mountinfo(5). */
function parseMounts(table: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of table.split('\n')) {
    const [left, right] = line.split(' - ');
    const [, , device, , mountPoint] = left?.split(' ') ?? [];
    const [type, source] = right?.split(' ') ?? [];
    if (device === undefined || mountPoint === undefined || type === undefined) continue;
    mounts.push({ device, mountPoint: unescape(mountPoint), type, source: unescape(source ?? '') });
  }
  return mounts.sort((a, b) => b.mountPoint.length - a.mountPoint.length || (a.mountPoint < b.mountPoint ? -1 : 1));
}

/** The table writes blanks and backslashes as octal numbers. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** `major:minor` as the mount table has it, from the number that stat(2) gives (glibc's makedev(3)). */
function deviceName(device: number): string {
  const number = BigInt(device);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major.toString()}:${minor.toString()}`;
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** The host in `host:/export`, `[::1]:/export`, `user@host:folder` or `//host/share`. */
function serverOfSource(source: string): string | undefined {
  const match = /^(?:[^/@]*@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^/:@[\]]+)):/.exec(source);
  return match?.groups?.v6 ?? match?.groups?.host ?? /^\/\/([^/]+)\//.exec(source)?.[1];
}
