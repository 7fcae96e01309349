import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { bundleFiles, type BundleManifest, type BundleSource } from '../evidence/bundle.ts';
import { maximumPartSize } from '../evidence/exchange.ts';
import { logSigner } from '../evidence/note.ts';
import { vkeyOf } from '../evidence/vkey.ts';
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

function sourceOf(database: ReturnType<typeof evidenceForReading>, data: string): BundleSource {
  const store = new Store(database);
  const head = database.prepare('SELECT origin, size, checkpoint FROM head').get();
  const entry = database.prepare('SELECT bytes FROM entries WHERE idx = ?');
  const tile = database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?');
  const origin = String(head?.origin);
  const key = createPrivateKey(readFileSync(join(data, 'log.key')));
  return {
    v: 1,
    origin,
    logKey: vkeyOf(logSigner(origin, key).key),
    size: Number(head?.size),
    checkpoint: String(head?.checkpoint),
    entry: (index) => entry.get(index)?.bytes as Uint8Array,
    tile: (level, index) => tile.get(level, index)?.hashes as Uint8Array,
    *parts() {
      for (const { commitment, salt, zstd } of store.parts()) {
        yield { commitment, salt, bytes: zstdDecompressSync(zstd, { maxOutputLength: maximumPartSize }) };
      }
    },
    policies: () => store.policies(),
  };
}
