import { decodeEntry, type Entry } from '../entry.ts';
import { EvidenceError } from '../error.ts';
import { leafHash, type NodeReader } from '../merkle.ts';
import { decodeEntryBundle, maximumEntryLength, tilePath, tileWidth, widthOf } from '../tiles.ts';
import type { BundleFiles } from './files.ts';
import { Findings } from './findings.ts';
import { UnreadTile } from './tree.ts';

/** An entry as its file has it. */
export interface ReadEntry {
  readonly bytes: Buffer;
  /** Undefined where it is none, or is left out: whoever verifies it says which. */
  readonly entry: Entry | undefined;
}

/** Up to 256 entries in their order. */
export interface EntryTile {
  /** The index of the first. */
  readonly first: number;
  readonly width: number;
  /** Undefined where the file is not there, or not of its form. */
  readonly entries: readonly ReadEntry[] | undefined;
  /** What was wrong with the file, to be said when its turn comes. */
  readonly findings: Findings;
}

/** The files of entries, in their order. Nothing is verified yet. */
export function* readEntryTiles(files: BundleFiles, size: number): Iterable<EntryTile> {
  for (let index = 0; index * tileWidth < size; index += 1) {
    const width = widthOf(0, index, size);
    const findings = new Findings();
    const read = readEntryBundle(files.reportingTo(findings), { level: 'entries', index, width }, findings);
    yield { first: index * tileWidth, width, entries: read?.map(tryDecode), findings };
  }
}

const maximumEntryBundle = tileWidth * (2 + maximumEntryLength);

function readEntryBundle(
  files: BundleFiles,
  place: { readonly level: 'entries'; readonly index: number; readonly width: number },
  findings: Findings,
): Buffer[] | undefined {
  const path = tilePath(place);
  const why = `neither its ${place.width} entries nor any after them were verified`;
  const bytes = files.read(path, maximumEntryBundle, 'entries.missing', why);
  if (bytes === undefined) return undefined;
  try {
    const entries = decodeEntryBundle(bytes);
    if (entries.length === place.width) return entries;
    const message = `it holds ${entries.length} entries where the log has ${place.width}: some were added or removed`;
    findings.add('entries.count', path, message);
  } catch (error) {
    findings.addError(error, path);
  }
  return undefined;
}

function tryDecode(bytes: Buffer): ReadEntry {
  try {
    return { bytes, entry: decodeEntry(bytes) };
  } catch (error) {
    if (error instanceof EvidenceError) return { bytes, entry: undefined };
    throw error;
  }
}

/** Holds each entry against its leaf under the signed root. */
export function verifyLeaves(
  entries: readonly ReadEntry[],
  { first, width }: Pick<EntryTile, 'first' | 'width'>,
  tree: NodeReader,
  findings: Findings,
): void {
  try {
    for (const [offset, { bytes }] of entries.entries()) {
      // An entry that is left out has only its hash here; whether it may be is for the bundle's scope to say.
      if (bytes.length === 0 || tree.node(0, first + offset).equals(leafHash(bytes))) continue;
      const message =
        'this is not the entry that the log signed: it was changed, moved, added or put in place of another';
      findings.add('entry.changed', `entry ${first + offset}`, message);
    }
  } catch (error) {
    if (error instanceof UnreadTile) return;
    findings.addError(error, tilePath({ level: 0, index: first / tileWidth, width }));
  }
}
