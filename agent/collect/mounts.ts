import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import type { CollectContext } from './collector.ts';

/** A mount as proc_pid_mountinfo(5) tells of it. */
export interface Mount {
  /** `8:1`; of file systems that span devices, or have none, the first number is 0. */
  readonly device: string;
  /** What of the file system is mounted: `/` is all of it. */
  readonly root: string;
  readonly point: string;
  /** Of this mount alone. */
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Of the file system itself, however often it is mounted. */
  readonly superOptions: readonly string[];
}

/**
 * What is mounted, in the order in which it was, read once a run. The mounts are those of process 1: a service of
 * systemd has a view of its own, in which folders are read-only that are not. Without the right to look there, the
 * agent's own.
 */
export function readMounts(context: CollectContext): Promise<Reading<Mount[]>> {
  return context.once('mounts', () => listMounts(context.host));
}

async function listMounts(host: Host): Promise<Reading<Mount[]>> {
  const first = await host.readText('/proc/1/mountinfo');
  const hidden = first.state === 'unreadable' && ['denied', 'missing'].includes(first.obstacle.code);
  const text = hidden ? await host.readText('/proc/self/mountinfo') : first;
  return text.state === 'unreadable' ? text : parseMounts(text.value);
}

/** Of several mounts on one point only the last is seen, and so is kept. */
export function parseMounts(text: string): Reading<Mount[]> {
  const byPoint = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [own = '', rest = ''] = line.split(' - ');
    const [, , device, root, point, options] = own.split(' ');
    const [type, source, superOptions] = rest.split(' ');
    if (device === undefined || root === undefined || point === undefined || options === undefined) return odd(line);
    if (type === undefined || source === undefined || superOptions === undefined) return odd(line);
    const path = unescapeMount(point);
    byPoint.delete(path);
    byPoint.set(path, {
      device,
      root: unescapeMount(root),
      point: path,
      options: options.split(','),
      type,
      source: unescapeMount(source),
      superOptions: superOptions.split(','),
    });
  }
  const mounts = [...byPoint.values()];
  return mounts.length > 0 ? read(mounts) : odd('it is empty');
}

function odd(line: string): Reading<never> {
  return unreadable('unparsable', '/proc/1/mountinfo', line.slice(0, 120));
}

/** Space, tab, newline and backslash stand there as octal numbers, in fstab(5) and /proc/swaps too. */
export function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/**
 * The mount in which a path lies.
 * @param path without links in it
 */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const holding = mounts.filter(({ point }) => isBelow(path, point));
  return holding.reduce<Mount | undefined>(
    (longest, mount) => (mount.point.length >= (longest?.point.length ?? 0) ? mount : longest),
    undefined,
  );
}

/** Whether a path is a folder, or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
