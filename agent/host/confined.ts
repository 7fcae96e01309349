import * as fs from 'node:fs';
import type { Stats } from 'node:fs';
import { promisify } from 'node:util';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { fileObstacle } from './errors.ts';

// The functions of node:fs/promises take twice the processor time, and there may be thousands of files.
const open = promisify(fs.open);
const readInto = promisify(fs.read);
const close = promisify(fs.close);
const fstat = promisify(fs.fstat);
const readlink = promisify(fs.readlink);
const readdir = promisify(fs.readdir);

/** open(2): gets hold of what a path leads to without opening it, so that no device is set off. Node has no name for it. */
const O_PATH = 0o10_000_000;

/** Something on a file system that is held, so that nobody can put another thing in its place while it is looked at. */
interface Held {
  /** Leads to it, whatever becomes of the path that it was found by. */
  readonly path: string;
  readonly status: Stats;
}

/**
 * Does something with what a path leads to, if that really lies in one of some folders after all links have been
 * followed. What counts is where the thing lies that is held, not where it lay a moment before.
 *
 * @param within paths without links in them
 */
async function hold<T>(
  path: string,
  within: readonly string[],
  look: (held: Held) => Promise<Reading<T>>,
): Promise<Reading<T>> {
  if (process.platform !== 'linux') return unreadable('unsupported', path, `reading in folders on ${process.platform}`);
  let descriptor: number | undefined;
  try {
    descriptor = await open(path, O_PATH);
    const held = `/proc/self/fd/${descriptor}`;
    const [status, place] = await Promise.all([fstat(descriptor), readlink(held)]);
    const isWithin = within.some((folder) => place === folder || place.startsWith(`${folder.replace(/\/$/, '')}/`));
    return isWithin ? await look({ path: held, status }) : unreadable('outside', path);
  } catch (error) {
    return fileObstacle(error, path);
  } finally {
    if (descriptor !== undefined) await close(descriptor);
  }
}

/** The bytes of a file from `offset` on; beyond `limit` of them it is `too-large`, or cut there. */
export function readConfined(
  path: string,
  within: readonly string[],
  { offset = 0, limit, beyond }: { offset?: number; limit: number; beyond: 'too-large' | 'cut' },
): Promise<Reading<Uint8Array>> {
  return hold(path, within, async (held) => {
    if (!held.status.isFile()) return unreadable('not-a-file', path);
    if (beyond === 'too-large' && held.status.size > limit) return unreadable('too-large', path);
    const descriptor = await open(held.path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      // One byte more tells whether the file grew since.
      const wanted = Math.min(limit, Math.max(held.status.size - offset, 0)) + (beyond === 'cut' ? 0 : 1);
      const buffer = Buffer.allocUnsafe(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await readInto(descriptor, buffer, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      if (beyond === 'too-large' && filled > limit) return unreadable('too-large', path);
      return read(buffer.subarray(0, filled));
    } finally {
      await close(descriptor);
    }
  });
}

export function listConfined(path: string, within: readonly string[]): Promise<Reading<string[]>> {
  return hold(path, within, async (held) =>
    held.status.isDirectory() ? read(await readdir(held.path)) : unreadable('missing', path),
  );
}

export function statusConfined(path: string, within: readonly string[]): Promise<Reading<Stats>> {
  return hold(path, within, ({ status }) => Promise.resolve(read(status)));
}
