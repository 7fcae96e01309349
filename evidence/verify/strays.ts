import {
  checkpointPath,
  commitmentOfPartPath,
  digestOfPolicyPath,
  manifestPath,
  readmePath,
  saltsPath,
} from '../bundle.ts';
import { parseTilePath, widthOf } from '../tiles.ts';
import type { EntryVerifier } from './entries.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';

const fixedPaths = new Set([manifestPath, checkpointPath, saltsPath, readmePath]);

/**
 * What no entry speaks of does not belong in a bundle: it would be taken for verified.
 * @param entries once it has verified every entry
 */
export function verifyNothingElse(files: BundleFiles, size: number, entries: EntryVerifier, findings: Findings): void {
  entries.bodies.verifyNoStraySalts();
  for (const path of files.list()) {
    if (fixedPaths.has(path) || isTileOf(size, path)) continue;
    const commitment = commitmentOfPartPath(path);
    if (commitment !== undefined && entries.bodies.absences.isErased(commitment)) {
      findings.add('part.not-erased', path, 'an entry of the log says that it was erased, and it is still here');
      continue;
    }
    if (commitment !== undefined && entries.bodies.isKnown(commitment)) continue;
    const digest = digestOfPolicyPath(path);
    if (digest !== undefined && entries.documents.isKnown(digest)) continue;
    findings.add('file.stray', path, 'no entry of the log speaks of this file: it was put in later, or by mistake');
  }
}

function isTileOf(size: number, path: string): boolean {
  const place = parseTilePath(path);
  if (place === undefined) return false;
  return place.width === widthOf(place.level === 'entries' ? 0 : place.level, place.index, size);
}
