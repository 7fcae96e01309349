import {
  checkpointPath,
  decodeManifest,
  decodeSalts,
  manifestPath,
  readmePath,
  readmeText,
  saltsPath,
  tilePlaces,
} from './bundle.ts';
import { openCheckpoint, type OpenCheckpoint } from './checkpoint.ts';
import { decodeUtf8 } from './encoding.ts';
import { EvidenceError } from './error.ts';
import { Findings, type Finding } from './findings.ts';
import { leafHash, rootOf, Tree } from './merkle.ts';
import { decodeEntryBundle, tilePath, tileWidth } from './tiles.ts';
import { EntryVerifier, type Proven } from './verify-entries.ts';
import { parseLogKey, type LogKey } from './vkey.ts';

/** A bundle's files, wherever they lie. */
export interface BundleReader {
  /** Paths of all files, with forward slashes. */
  list(): readonly string[];
  /** A file's bytes; undefined where there is none. */
  read(path: string): Uint8Array | undefined;
}

export interface VerifyOptions {
  /** The log's verification key, had from elsewhere; without it the bundle's own is used, which proves less. */
  readonly logKey?: string;
  /** A checkpoint of an earlier bundle, as its signed note: the log must be a continuation of it. */
  readonly since?: string;
  /** Told how many entries have been verified. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface Verification {
  /** `sound` only where everything there is has been verified. */
  readonly outcome: 'sound' | Finding['kind'];
  /** The first hundred; `total` counts all. */
  readonly findings: readonly Finding[];
  readonly total: number;
  readonly log: { readonly origin: string; readonly key: string; readonly size: number; readonly root: string } | null;
  /** Whether the key came from the verifier, or from the bundle itself. */
  readonly keyFrom: 'given' | 'bundle';
  readonly proven: Proven | null;
}

/**
 * Verifies a bundle from its own files alone: head, tree, every entry's signature and number, every commitment, and
 * every verdict, judged again from its facts. Never throws for what is in the bundle: that becomes a finding.
 * @throws EvidenceError `vkey.malformed` where the key given is none, or those of `openCheckpoint` for `since`
 */
export function verifyBundle(files: BundleReader, options: VerifyOptions = {}): Verification {
  const findings = new Findings();
  const givenKey = options.logKey === undefined ? undefined : parseLogKey(options.logKey);
  const keyFrom = givenKey === undefined ? 'bundle' : 'given';
  const head = verifyHead(files, givenKey, findings);
  if (head === undefined) {
    return {
      outcome: findings.outcome,
      findings: findings.listed,
      total: findings.total,
      log: null,
      keyFrom,
      proven: null,
    };
  }
  const { key, checkpoint } = head;
  const entries = readEntries(files, checkpoint.size, findings);
  const tree = new Tree();
  for (const entry of entries) tree.append(leafHash(entry));
  const isWhole = verifyTree(files, tree, checkpoint, findings);
  if (options.since !== undefined) verifySince(options.since, key, tree, findings);
  const verifier = new EntryVerifier(files, checkpoint.origin, tree, saltsOf(files, findings), findings);
  for (const [index, entry] of entries.entries()) {
    verifier.verify(index, entry);
    if (index % 256 === 255) options.onProgress?.(index + 1, entries.length);
  }
  verifyNothingElse(files, checkpoint.size, verifier, findings);
  options.onProgress?.(entries.length, entries.length);
  return {
    outcome: findings.outcome,
    findings: findings.listed,
    total: findings.total,
    log: {
      origin: checkpoint.origin,
      key: head.keyText,
      size: checkpoint.size,
      root: checkpoint.root.toString('base64'),
    },
    keyFrom,
    proven: isWhole ? verifier.proven() : null,
  };
}

interface Head {
  readonly key: LogKey;
  readonly keyText: string;
  readonly checkpoint: OpenCheckpoint;
}

/** The signed head comes first: nothing else is believed before its signature has been checked. */
function verifyHead(files: BundleReader, givenKey: LogKey | undefined, findings: Findings): Head | undefined {
  const manifestText = textOf(files, manifestPath);
  const note = textOf(files, checkpointPath);
  if (manifestText === undefined || note === undefined) {
    const missing = manifestText === undefined ? manifestPath : checkpointPath;
    findings.add('nothing', 'bundle.empty', missing, 'this is no bundle: the file is not there');
    return undefined;
  }
  try {
    const manifest = decodeManifest(manifestText);
    const ownKey = parseLogKey(manifest.logKey);
    if (givenKey !== undefined && (givenKey.name !== ownKey.name || givenKey.id !== ownKey.id)) {
      const message = `the bundle is of the log key ${manifest.logKey}, which is not the key that was given`;
      findings.add('nothing', 'bundle.unknown-key', manifestPath, message);
      return undefined;
    }
    // The two may share name and key id (4 bytes) and still differ: the one given decides.
    const checkpoint = openCheckpoint(note, [givenKey ?? ownKey]);
    if (checkpoint.origin !== manifest.origin || checkpoint.size !== manifest.size) {
      findings.add(
        'tampered',
        'bundle.manifest',
        manifestPath,
        'it names another log or size than the signed checkpoint',
      );
    }
    if (checkpoint.size === 0) {
      findings.add(
        'nothing',
        'bundle.no-entries',
        checkpointPath,
        'the log has no entries: nothing can be shown by it',
      );
      return undefined;
    }
    return { key: givenKey ?? ownKey, keyText: manifest.logKey, checkpoint };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const where = error.code === 'bundle.malformed' || error.code === 'vkey.malformed' ? manifestPath : checkpointPath;
    findings.add('tampered', error.code, where, error.message);
    return undefined;
  }
}

/** Entries in their order, up to the first that is not there. */
function readEntries(files: BundleReader, size: number, findings: Findings): Buffer[] {
  const entries: Buffer[] = [];
  for (let index = 0; index * tileWidth < size; index++) {
    const width = Math.min(size - index * tileWidth, tileWidth);
    const path = tilePath({ level: 'entries', index, width });
    const bytes = files.read(path);
    if (bytes === undefined) {
      findings.add('incomplete', 'entries.missing', path, `${width} entries are not in the bundle`);
      return entries;
    }
    try {
      const bundle = decodeEntryBundle(bytes);
      if (bundle.length !== width) {
        findings.add('tampered', 'entries.count', path, `it holds ${bundle.length} entries where the log has ${width}`);
        return entries;
      }
      entries.push(...bundle);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      findings.add('tampered', error.code, path, error.message);
      return entries;
    }
  }
  return entries;
}

/** @returns whether every entry stands under the signed root */
function verifyTree(files: BundleReader, tree: Tree, checkpoint: OpenCheckpoint, findings: Findings): boolean {
  for (const { level, index, width } of tilePlaces(tree.size)) {
    const path = tilePath({ level, index, width });
    const stored = files.read(path);
    if (stored === undefined) {
      // A log that was read short has other partial tiles: what it lacks has been said.
      if (tree.size === checkpoint.size)
        findings.add('incomplete', 'tile.missing', path, 'the tile is not in the bundle');
      continue;
    }
    const nodes = Array.from({ length: width }, (_, offset) => tree.node(level * 8, index * tileWidth + offset));
    const first = nodes.findIndex((node, offset) => !node.equals(stored.subarray(offset * 32, offset * 32 + 32)));
    if (first === -1 && stored.length === width * 32) continue;
    const which = first === -1 ? 'its length is wrong' : `hash ${first} is not that of the entries`;
    const entry =
      level === 0 && first !== -1 ? ` (entry ${index * tileWidth + first} was changed, moved or removed)` : '';
    findings.add('tampered', 'tile.mismatch', path, `${which}${entry}`);
  }
  if (tree.size !== checkpoint.size) return false;
  if (tree.root().equals(checkpoint.root)) return true;
  findings.add(
    'tampered',
    'log.root',
    checkpointPath,
    'the entries do not give the signed root: they are not those of the log',
  );
  return false;
}

function verifySince(since: string, key: LogKey, tree: Tree, findings: Findings): void {
  const earlier = openCheckpoint(since, [key]);
  if (earlier.size > tree.size) {
    const message = `the earlier checkpoint has ${earlier.size} entries, this bundle ${tree.size}: the end was cut off`;
    findings.add('tampered', 'log.cut', checkpointPath, message);
  } else if (earlier.size > 0 && !rootOf(earlier.size, tree).equals(earlier.root)) {
    const message = `the first ${earlier.size} entries are not those of the earlier checkpoint: history was rewritten`;
    findings.add('tampered', 'log.rewritten', checkpointPath, message);
  }
}

function saltsOf(files: BundleReader, findings: Findings): ReadonlyMap<string, Buffer> {
  const text = textOf(files, saltsPath);
  if (text === undefined) {
    findings.add('incomplete', 'salts.missing', saltsPath, 'the file is not in the bundle');
    return new Map();
  }
  try {
    return decodeSalts(text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    findings.add('tampered', error.code, saltsPath, error.message);
    return new Map();
  }
}

/** What no entry speaks of does not belong in a bundle: it would be taken for verified. */
function verifyNothingElse(files: BundleReader, size: number, verifier: EntryVerifier, findings: Findings): void {
  const expected = new Set([manifestPath, checkpointPath, saltsPath, readmePath, ...verifier.paths()]);
  for (const { level, index, width } of tilePlaces(size)) {
    expected.add(tilePath({ level, index, width }));
    if (level === 0) expected.add(tilePath({ level: 'entries', index, width }));
  }
  for (const path of files.list()) {
    if (!expected.has(path))
      findings.add('tampered', 'bundle.stray-file', path, 'no entry of the log speaks of this file');
  }
  const readme = textOf(files, readmePath);
  if (readme === undefined) findings.add('incomplete', 'readme.missing', readmePath, 'the file is not in the bundle');
  else if (readme !== readmeText) findings.add('tampered', 'readme.changed', readmePath, 'its text was changed');
}

function textOf(files: BundleReader, path: string): string | undefined {
  const bytes = files.read(path);
  if (bytes === undefined) return undefined;
  // What is not UTF-8 is none of our texts: it then fails as one that was changed.
  return decodeUtf8(bytes) ?? '\uFFFD';
}
