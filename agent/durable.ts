import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';

/** A file of a data folder is there and is not what was written into it. Nothing is guessed in its place: somebody has to look. */
export class DamagedError extends Error {
  readonly code = 'data.damaged';
  constructor(path: string, why: string) {
    super(`${path} is damaged (${why}); restore it, or move it away and enrol this host anew (waarborg enrol)`);
    this.name = 'DamagedError';
  }
}

/**
 * Replaces a file so that after a crash there is the old content or the new, never a mixture, and the new one once
 * this has returned. Readable by its owner only.
 */
export function writeDurably(path: string, content: string | Uint8Array): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.new`);
  makeFolder(folder);
  try {
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeAll(file, Buffer.from(content));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Makes a folder, for its owner only, with those above it; all of them are there after a crash too. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made !== dirname(first); made = dirname(made)) syncFolder(dirname(made));
}

/** Moves a file to another folder of the same file system so that after a crash it is in one of them. */
export function moveDurably(path: string, target: string): void {
  makeFolder(dirname(target));
  renameSync(path, target);
  syncFolder(dirname(target));
  syncFolder(dirname(path));
}

/** Removes a file so that it stays removed after a crash. */
export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** A file's text, or undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * JSON that was kept in a file, or undefined where there is no file.
 * @throws DamagedError
 */
export function readStored<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DamagedError(path, 'it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DamagedError(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
}

function writeAll(file: number, content: Buffer): void {
  for (let written = 0; written < content.length;) written += writeSync(file, content, written);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
