import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleFiles, type BundleManifest } from '../evidence/bundle.ts';
import type { Scope } from '../evidence/scope.ts';
import { bundleSource } from './export/source.ts';
import { verificationKeyOf } from './log/keys.ts';
import { StoreError } from './store/database.ts';
import { evidenceForReading } from './store/store.ts';

/** The folder for a bundle holds something already. */
export class ExportError extends Error {
  readonly code = 'export.folder';
}

/**
 * Writes evidence of a collector's data folder as a bundle, as of one moment, while the collector goes on.
 * @param scope what to show; left out: all there is
 * @throws ExportError, StoreError, ScopeError
 */
export function exportBundle(
  data: string,
  folder: string,
  onProgress: (files: number) => void,
  scope?: Scope,
): { files: number; manifest: BundleManifest } {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) {
    throw new ExportError(`${folder} is not empty: a bundle holds only what belongs to it; give a new folder`);
  }
  const database = evidenceForReading(data);
  try {
    // All reads see the database as it was at the first one.
    database.exec('BEGIN');
    const origin = database.prepare('SELECT origin FROM head').get()?.origin;
    if (origin === undefined) throw new StoreError('store.damaged', `the database in ${data} holds no log yet`);
    const logKey = verificationKeyOf(data, String(origin), database);
    const source = bundleSource({ database, logKey, scope: scope ?? null });
    let files = 0;
    for (const { path, bytes } of bundleFiles(source)) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes, { flag: 'wx' });
      files++;
      if (files % 100 === 0) onProgress(files);
    }
    return { files, manifest: source.manifest };
  } finally {
    database.close();
  }
}
