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
import { openKeyHistory, type KeyHistory } from '../handover.ts';
import { openNote } from '../note.ts';
import { vkeyOf, type LogKey } from '../vkey.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';

/** The signed head of the log, and the key that it was verified with. */
export interface Head {
  readonly key: LogKey;
  /** How the log came to that key. */
  readonly history: KeyHistory;
  readonly checkpoint: OpenCheckpoint;
  readonly manifest: BundleManifest;
}

/**
 * The signed head comes first: nothing else is believed before its signature has been checked.
 * @param givenKey one of the log's keys, had from elsewhere: each signed for the next, so an older one does as well. Else
 *   the bundle's own has to do
 * @returns undefined where there is nothing to go by
 */
export function openHead(files: BundleFiles, givenKey: LogKey | undefined, findings: Findings): Head | undefined {
  const why = 'without it this is no bundle';
  const manifestFile = files.read(manifestPath, maximumHeadFile, 'bundle.none', why);
  const note = files.read(checkpointPath, maximumHeadFile, 'bundle.none', why);
  if (manifestFile === undefined || note === undefined) return undefined;
  const opened = openManifest(manifestFile, findings);
  if (opened === undefined) return undefined;
  const { manifest, history } = opened;
  const [key] = history.keys.slice(-1);
  if (key === undefined) return undefined;
  if (givenKey !== undefined && !history.keys.some((known) => vkeyOf(known) === vkeyOf(givenKey))) {
    const message = `the bundle is of a log with the key ${vkeyOf(key)}, which is not the key that was given`;
    findings.add('bundle.unknown-key', manifestPath, message);
    return undefined;
  }
  const checkpoint = openSigned(note, key, history, findings);
  if (checkpoint === undefined) return undefined;
  if (checkpoint.origin !== manifest.origin || checkpoint.size !== manifest.size) {
    findings.add('bundle.manifest', manifestPath, 'it names another log or size than the signed checkpoint');
  }
  if (checkpoint.size > 0) return { key, history, checkpoint, manifest };
  findings.add('bundle.no-entries', checkpointPath, 'the log has no entries: nothing can be shown by it');
  return undefined;
}

function openManifest(
  bytes: Uint8Array,
  findings: Findings,
): { manifest: BundleManifest; history: KeyHistory } | undefined {
  try {
    const manifest = decodeManifest(bytes);
    return { manifest, history: openKeyHistory(manifest.handovers ?? [], manifest.logKey) };
  } catch (error) {
    findings.addError(error, manifestPath);
    return undefined;
  }
}

/** The key in force must have signed it. An older one may have, for those who know no other yet. */
function openSigned(
  note: Uint8Array,
  key: LogKey,
  { keys }: KeyHistory,
  findings: Findings,
): OpenCheckpoint | undefined {
  try {
    const checkpoint = openCheckpoint(note, [key]);
    const { length } = openNote(note, keys).unknown;
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
 * @param keys of the bundle's log, each that it ever had
 * @returns undefined where another key signed it: then it is of another log
 * @throws EvidenceError where it is no checkpoint, or its signature is not over its text
 */
export function openEarlier(since: string, { keys }: KeyHistory, findings: Findings): OpenCheckpoint | undefined {
  try {
    return openCheckpoint(since, keys);
  } catch (error) {
    const isOther = error instanceof EvidenceError && otherLog.has(error.code);
    if (!isOther) throw error;
    const own = keys.map(({ name, id }) => `${name} (${id})`).join(', ');
    const message = `the earlier checkpoint that was given is not signed with the key of this bundle, ${own}`;
    findings.add('since.unknown-key', checkpointPath, message);
    return undefined;
  }
}

const otherLog = new Set<EvidenceError['code']>(['note.no-known-signature', 'checkpoint.origin']);
