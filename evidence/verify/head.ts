import {
  checkpointPath,
  decodeManifest,
  manifestPath,
  maximumHeadFile,
  readmePath,
  readmeText,
  type BundleManifest,
} from '../bundle.ts';
import { openCheckpoint, type OpenCheckpoint } from '../checkpoint.ts';
import { EvidenceError } from '../error.ts';
import { openNote } from '../note.ts';
import { parseLogKey, vkeyOf, type LogKey } from '../vkey.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';

/** The signed head of the log, and the key that it was verified with. */
export interface Head {
  readonly key: LogKey;
  readonly checkpoint: OpenCheckpoint;
  readonly manifest: BundleManifest;
}

/**
 * The signed head comes first: nothing else is believed before its signature has been checked.
 * @param givenKey the log's key, had from elsewhere; else the bundle's own has to do
 * @returns undefined where there is nothing to go by
 */
export function openHead(files: BundleFiles, givenKey: LogKey | undefined, findings: Findings): Head | undefined {
  const why = 'without it this is no bundle';
  const manifestFile = files.read(manifestPath, maximumHeadFile, 'bundle.none', why);
  const note = files.read(checkpointPath, maximumHeadFile, 'bundle.none', why);
  if (manifestFile === undefined || note === undefined) return undefined;
  const manifest = openManifest(manifestFile, findings);
  if (manifest === undefined) return undefined;
  if (givenKey !== undefined && vkeyOf(givenKey) !== vkeyOf(manifest.key)) {
    const message = `the bundle is of a log with the key ${vkeyOf(manifest.key)}, which is not the key that was given`;
    findings.add('bundle.unknown-key', manifestPath, message);
    return undefined;
  }
  const checkpoint = openSigned(note, manifest.key, findings);
  if (checkpoint === undefined) return undefined;
  if (checkpoint.origin !== manifest.origin || checkpoint.size !== manifest.size) {
    findings.add('bundle.manifest', manifestPath, 'it names another log or size than the signed checkpoint');
  }
  if (checkpoint.size > 0) return { key: manifest.key, checkpoint, manifest };
  findings.add('bundle.no-entries', checkpointPath, 'the log has no entries: nothing can be shown by it');
  return undefined;
}

function openManifest(bytes: Uint8Array, findings: Findings): (BundleManifest & { key: LogKey }) | undefined {
  try {
    const manifest = decodeManifest(bytes);
    return { ...manifest, key: parseLogKey(manifest.logKey) };
  } catch (error) {
    findings.addError(error, manifestPath);
    return undefined;
  }
}

function openSigned(note: Uint8Array, key: LogKey, findings: Findings): OpenCheckpoint | undefined {
  try {
    const checkpoint = openCheckpoint(note, [key]);
    const { length } = openNote(note, [key]).unknown;
    if (length > 0) {
      const message = `${length} of its signatures are by keys that are not known here, so they were not verified`;
      findings.add('checkpoint.unknown-signature', checkpointPath, message);
    }
    return checkpoint;
  } catch (error) {
    findings.addError(error, checkpointPath);
    return undefined;
  }
}

/** Nobody verifies by what the README says, but a changed one could send its reader elsewhere. */
export function verifyReadme(files: BundleFiles, manifest: BundleManifest, findings: Findings): void {
  const readme = files.read(readmePath, maximumHeadFile, 'readme.missing', 'every bundle has this one');
  if (readme === undefined || Buffer.from(readmeText(manifest)).equals(readme)) return;
  findings.add('readme.changed', readmePath, `its text is not that of a bundle of version ${manifest.v}`);
}

/**
 * Opens a checkpoint that was kept from an earlier bundle.
 * @returns undefined where another key signed it: then it is of another log
 * @throws EvidenceError where it is no checkpoint, or its signature is not over its text
 */
export function openEarlier(since: string, key: LogKey, findings: Findings): OpenCheckpoint | undefined {
  try {
    return openCheckpoint(since, [key]);
  } catch (error) {
    const isOther = error instanceof EvidenceError && otherLog.has(error.code);
    if (!isOther) throw error;
    const message = `the earlier checkpoint that was given is not signed with the key of this bundle, ${key.name} (${key.id})`;
    findings.add('since.unknown-key', checkpointPath, message);
    return undefined;
  }
}

const otherLog = new Set<EvidenceError['code']>(['note.no-known-signature', 'checkpoint.origin']);
