import * as fs from 'node:fs';
import type { Stats } from 'node:fs';
import { promisify } from 'node:util';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { fileObstacle } from './errors.ts';
import { closeFile, openFile, readOpen, statOpen } from './files.ts';

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
    descriptor = await openFile(path, O_PATH);
    const held = `/proc/self/fd/${descriptor}`;
    const status = await statOpen(descriptor);
    // At once: the kernel answers out of its memory, and need not ask where the thing itself lies.
    const place = fs.readlinkSync(held);
    const isWithin = within.some((folder) => place === folder || place.startsWith(`${folder.replace(/\/$/, '')}/`));
    return isWithin ? await look({ path: held, status }) : unreadable('outside', path);
  } catch (error) {
    return fileObstacle(error, path);
  } finally {
    if (descriptor !== undefined) closeFile(descriptor);
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
    const descriptor = await openFile(held.path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const length = limit + (beyond === 'cut' ? 0 : 1);
      const bytes = await readOpen(descriptor, { offset, length, expected: Math.max(held.status.size - offset, 0) });
      return beyond === 'too-large' && bytes.length > limit ? unreadable('too-large', path) : read(bytes);
    } finally {
      closeFile(descriptor);
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
