import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { BundleReader } from '../evidence/verify.ts';
import { read, unreadable, type Reading } from '../policies/reading.ts';
import { UsageError } from './subcommand.ts';

/** A bundle's folders are nested less deep than this (tile paths of nine groups of digits); what lies deeper is none of it. */
const maximumDepth = 12;

/**
 * The files of a bundle in a folder. Links are not followed, so that a bundle stands on its own, and pipes and devices
 * not opened.
 * @throws UsageError where there is no such folder
 */
export function folderReader(folder: string): BundleReader {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${folder} is not a folder; expected a bundle that waarborg export wrote`);
  }
  return {
    list: () => walk(folder, '', 0),
    read: (path, limit) => readWithin(join(folder, path), limit),
  };
}

/** Everything that is no folder, and every folder that cannot be looked into. */
function* walk(folder: string, path: string, depth: number): Iterable<string> {
  const entries = depth > maximumDepth ? undefined : entriesOf(join(folder, path));
  if (entries === undefined) {
    yield path;
    return;
  }
  for (const entry of entries) {
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, below, depth + 1);
    else yield below;
  }
}

function entriesOf(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

function readWithin(file: string, limit: number): Reading<Uint8Array> {
  let descriptor: number;
  try {
    // Opening a pipe would otherwise wait for whoever writes into it.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return whyUnreadable(file, error);
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return unreadable('not-a-file', file, 'it is no regular file');
    if (status.size > limit) return unreadable('too-large', file);
    return read(readExactly(descriptor, status.size));
  } catch (error) {
    return whyUnreadable(file, error);
  } finally {
    closeSync(descriptor);
  }
}

/** As many bytes as the file said that it has: one that grows meanwhile is none that was exported. */
function readExactly(descriptor: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const count = readSync(descriptor, bytes, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function whyUnreadable(file: string, error: unknown): Reading<never> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return unreadable('missing', file);
  if (code === 'ELOOP' || code === 'EMLINK')
    return unreadable('not-a-file', file, 'it is a link, and no file of its own');
  return unreadable('denied', file, code);
}
