import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder, tool } from './tools.ts';

/** Whether this process may mount a file system in a mount namespace of its own. */
export const maySmallDisk = process.getuid?.() === 0 && tool('unshare') !== undefined;

/** Runs `on-small-disk.ts` in a folder on a tmpfs of so many KiB, which nobody else sees and which ends with it. */
export async function onSmallDisk(what: 'spool' | 'collector', kibibytes: number): Promise<unknown> {
  using folder = temporaryFolder();
  const script = resolve(import.meta.dirname, 'on-small-disk.ts');
  const mount = `mount -t tmpfs -o size=${kibibytes}k tmpfs "$3" && exec "$0" "$@"`;
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', mount, process.execPath, script, what, folder.path];
  const { stdout } = await promisify(execFile)('unshare', args);
  return JSON.parse(stdout);
}
