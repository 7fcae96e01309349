import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { bundleFiles, type BundleManifest, type BundleSource } from '../evidence/bundle.ts';
import { maximumPartSize } from '../evidence/exchange.ts';
import { logSigner } from '../evidence/note.ts';
import { vkeyOf } from '../evidence/vkey.ts';
import { StoreError } from './store/database.ts';
import { evidenceForReading, Store } from './store/store.ts';

/** The folder for a bundle holds something already. */
export class ExportError extends Error {
  readonly code = 'export.folder';
}

/**
 * Writes all evidence of a collector's data folder as a bundle, as of one moment, while the collector goes on.
 * @throws ExportError, StoreError
 */
export function exportBundle(
  data: string,
  folder: string,
  onProgress: (files: number) => void,
): { files: number; manifest: BundleManifest } {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) {
    throw new ExportError(`${folder} is not empty: a bundle holds only what belongs to it; give a new folder`);
  }
  const database = evidenceForReading(data);
  try {
    // All reads see the database as it was at the first one.
    database.exec('BEGIN');
    const source = sourceOf(database, data);
    let files = 0;
    for (const { path, bytes } of bundleFiles(source)) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes, { flag: 'wx' });
      files++;
      if (files % 100 === 0) onProgress(files);
    }
    return { files, manifest: source };
  } finally {
    database.close();
  }
}

function sourceOf(database: DatabaseSync, data: string): BundleSource {
  const store = new Store(database);
  const head = database.prepare('SELECT origin, size, checkpoint FROM head').get();
  if (head === undefined) throw new StoreError('store.damaged', `the database in ${data} holds no log yet`);
  const origin = String(head.origin);
  const entry = database.prepare('SELECT bytes FROM entries WHERE idx = ?');
  const tile = database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?');
  const key = createPrivateKey(readFileSync(join(data, 'log.key')));
  return {
    v: 1,
    origin,
    logKey: vkeyOf(logSigner(origin, key).key),
    size: Number(head.size),
    checkpoint: String(head.checkpoint),
    entry: (index) => bytesOf(entry.get(index)?.bytes, `entry ${index}`),
    tile: (level, index) => bytesOf(tile.get(level, index)?.hashes, `tile ${index} of level ${level}`),
    *parts() {
      for (const { commitment, salt, zstd } of store.parts()) {
        yield { commitment, salt, bytes: zstdDecompressSync(zstd, { maxOutputLength: maximumPartSize }) };
      }
    },
    policies: () => store.policies(),
  };
}

/** A bundle with a hole would look as if its exporter had hidden something: rather none. */
function bytesOf(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new StoreError('store.damaged', `${what} is not in the database: restore it from a backup, then export again`);
}
