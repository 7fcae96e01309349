import { checkpointPath, maximumHeadFile, partPath, policyPath } from '../../evidence/bundle.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { hashLength, rootOf } from '../../evidence/merkle.ts';
import { maximumPartSize } from '../../evidence/exchange.ts';
import { TileTree } from '../../evidence/tile-tree.ts';
import { decodeEntryBundle, maximumEntryLength, tilePath, tileWidth, widthOf } from '../../evidence/tiles.ts';
import { verifyBundle, type BundleReader, type Verification, type VerifyOptions } from '../../evidence/verify.ts';
import type { PlacedEntry, ReportedEvidence } from './evidence.ts';

/** What a bundle gives: evidence, or only what stands in the way of any. */
export interface OpenedBundle {
  readonly verification: Verification;
  /** Undefined where the bundle was tampered with, holds nothing, or lacks entries: no report can rest on it. */
  readonly evidence: ReportedEvidence | undefined;
}

/**
 * Verifies a bundle, and gives its evidence where a report can rest on it. What was not there or did not hold counts as
 * not shown.
 * @throws EvidenceError as `verifyBundle`
 */
export function bundledEvidence(reader: BundleReader, options: VerifyOptions): OpenedBundle {
  const verification = verifyBundle(reader, options);
  const { outcome, log, proven, keyFrom, total } = verification;
  const isUsable = (outcome === 'sound' || outcome === 'incomplete') && log !== null && proven !== null;
  if (!isUsable) return { verification, evidence: undefined };
  const evidence: ReportedEvidence = {
    log: {
      origin: log.origin,
      key: log.key,
      size: log.size,
      root: log.root,
      checkpoint: Buffer.from(expectFile(reader, checkpointPath, maximumHeadFile)).toString(),
      lastReceivedAt: proven.lastReceivedAt,
    },
    verification: { outcome, keyFrom, findings: total },
    entries: () => entriesOf(reader, log.size),
    part: (commitment) => file(reader, partPath(commitment), maximumPartSize),
    rootAt(size) {
      const read = (level: number, index: number): Uint8Array | undefined =>
        file(reader, tilePath({ level, index, width: widthOf(level, index, log.size) }), tileWidth * hashLength);
      return rootOf(size, new TileTree(log.size, { read }));
    },
    document(digest) {
      const bytes = file(reader, policyPath(digest), maximumPolicyFile);
      return bytes && Buffer.from(bytes).toString();
    },
  };
  return { verification, evidence };
}

/** Bytes: a document has at most 2^20 characters. */
const maximumPolicyFile = 3 * 2 ** 20;

const maximumEntryBundle = tileWidth * (2 + maximumEntryLength);

/** Entries that the bundle leaves out, or of a kind that is not known here, are passed over: the verification has told of them. */
function* entriesOf(reader: BundleReader, size: number): Iterable<PlacedEntry> {
  for (let tile = 0; tile * tileWidth < size; tile += 1) {
    const path = tilePath({ level: 'entries', index: tile, width: widthOf(0, tile, size) });
    const bytes = expectFile(reader, path, maximumEntryBundle);
    for (const [offset, entryBytes] of decodeEntryBundle(bytes).entries()) {
      const entry = entryBytes.length === 0 ? undefined : knownEntry(entryBytes);
      if (entry !== undefined) yield { index: tile * tileWidth + offset, entry };
    }
  }
}

function knownEntry(bytes: Uint8Array): PlacedEntry['entry'] | undefined {
  try {
    return decodeEntry(bytes);
  } catch (error) {
    if (error instanceof EvidenceError) return undefined;
    throw error;
  }
}

function file(reader: BundleReader, path: string, limit: number): Uint8Array | undefined {
  const reading = reader.read(path, limit);
  return reading.state === 'read' ? reading.value : undefined;
}

/** @throws EvidenceError `bundle.malformed` where what was verified a moment ago is gone */
function expectFile(reader: BundleReader, path: string, limit: number): Uint8Array {
  const bytes = file(reader, path, limit);
  if (bytes !== undefined) return bytes;
  throw new EvidenceError('bundle.malformed', `${path} was there when the bundle was verified and cannot be read now`);
}
