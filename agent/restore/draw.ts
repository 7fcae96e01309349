import { createHash } from 'node:crypto';
import type { CopiedFile } from './restorer.ts';

/**
 * Draws files at random, and the same ones again for the same seed and list: those whose SHA-256 with the seed before
 * their path is lowest. The order of the list does not matter.
 */
export function drawFiles(files: readonly CopiedFile[], count: number, seed: string): CopiedFile[] {
  const lots = files.map((file) => ({
    file,
    lot: createHash('sha256').update(`${seed}\0${file.path}`).digest('hex'),
  }));
  return lots
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, count)
    .map(({ file }) => file);
}
