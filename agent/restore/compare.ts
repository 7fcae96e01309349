import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CopiedFile } from './restorer.ts';

/** What comparing showed. `files` and `bytes` count what was held against a recorded hash or the source. */
export interface Comparison {
  readonly files: number;
  readonly bytes: number;
  /** How many were held against the source too, because it is unchanged since. */
  readonly withSource: number;
  /** Paths of files that came out otherwise than they were copied. */
  readonly differing: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Holds restored files against what the copy says of them, and against their source where that was last written to when
 * the copy says and not since. What may have been written in the copy's own last seconds is not held against it.
 * @param isVerified whether the tool held their content against what it recorded
 * @param at the moment that the copy shows
 */
export async function compareFiles(
  files: readonly CopiedFile[],
  folder: string,
  { isVerified, at, signal }: { isVerified: boolean; at: Date; signal: AbortSignal },
): Promise<Comparison> {
  const found = { files: 0, bytes: 0, withSource: 0, differing: [] as string[], missing: [] as string[] };
  for (const file of files) {
    signal.throwIfAborted();
    const restored = join(folder, file.path);
    const status = await statusOf(restored);
    if (status === undefined) {
      found.missing.push(file.path);
      continue;
    }
    const source = await unchangedSource(file, at);
    const content = source === undefined ? 'unseen' : await compareContent(restored, source, signal);
    // Written to while it was read: it says nothing.
    const counts = content !== 'unseen' && (await unchangedSource(file, at)) !== undefined;
    if (status.size !== file.size || (counts && content === 'differs')) found.differing.push(file.path);
    if (counts) found.withSource += 1;
    if (counts || isVerified) {
      found.files += 1;
      found.bytes += file.size;
    }
  }
  return found;
}

/** Seconds before the copy's moment within which a file may have been written twice without showing it. */
const settled = 2;

async function unchangedSource({ source, modifiedAt }: CopiedFile, at: Date): Promise<string | undefined> {
  if (source === undefined) return undefined;
  const status = await statusOf(source);
  if (status === undefined || secondOf(status.mtime) !== secondOf(modifiedAt)) return undefined;
  return secondOf(modifiedAt) + settled <= secondOf(at) ? source : undefined;
}

function secondOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** Of a plain file that may be looked at; undefined for all else. */
async function statusOf(path: string): Promise<{ size: number; mtime: Date } | undefined> {
  try {
    const status = await lstat(path);
    return status.isFile() ? status : undefined;
  } catch {
    return undefined;
  }
}

/** `unseen` where one of them may not be read. */
async function compareContent(
  restored: string,
  source: string,
  signal: AbortSignal,
): Promise<'same' | 'differs' | 'unseen'> {
  try {
    return (await digestOf(restored, signal)) === (await digestOf(source, signal)) ? 'same' : 'differs';
  } catch {
    signal.throwIfAborted();
    return 'unseen';
  }
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}
