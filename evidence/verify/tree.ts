import { checkpointPath } from '../bundle.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { EvidenceError } from '../error.ts';
import { hashLength, leafHash, rootOf, type NodeReader } from '../merkle.ts';
import { TileTree } from '../tile-tree.ts';
import { decodeEntryBundle, maximumEntryLength, tilePath, tileWidth, widthOf } from '../tiles.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';

/**
 * The tree under the signed root, read from the bundle's tiles. Each tile is held against the one above it when it is
 * read, and the topmost against the root here, so whatever this tree answers is what the log signed.
 */
export function openTree(files: BundleFiles, checkpoint: Checkpoint, findings: Findings): TileTree | undefined {
  let path = '';
  const unread = new Set<string>();
  const read = (level: number, index: number): Uint8Array => {
    const width = widthOf(level, index, checkpoint.size);
    path = tilePath({ level, index, width });
    if (unread.has(path)) throw new UnreadTile();
    const bytes = files.read(path, tileWidth * hashLength, 'tile.missing', 'what lies under it cannot be verified');
    if (bytes === undefined) {
      unread.add(path);
      throw new UnreadTile();
    }
    if (bytes.length === width * hashLength) return bytes;
    const message = `it has ${bytes.length} bytes; expected ${width} hashes of ${hashLength}`;
    throw new EvidenceError('tile.malformed', message);
  };
  try {
    const tree = new TileTree(checkpoint.size, { read });
    if (tree.root().equals(checkpoint.root)) return tree;
    const message = 'the hashes in the tiles do not give the signed root: they are not those of the log';
    findings.add('log.root', checkpointPath, message);
  } catch (error) {
    if (!(error instanceof UnreadTile)) findings.addError(error, path);
  }
  return undefined;
}

/** What stood in the way of reading a tile has been found. */
class UnreadTile extends Error {}

/** The entries in their order, each held against its leaf under the signed root. Ends before the first that is not there. */
export function* readEntries(files: BundleFiles, size: number, tree: NodeReader, findings: Findings): Iterable<Buffer> {
  for (let index = 0; index * tileWidth < size; index += 1) {
    const width = widthOf(0, index, size);
    const entries = readEntryBundle(files, { level: 'entries', index, width }, findings);
    if (entries === undefined) return;
    verifyLeaves(entries, index * tileWidth, tree, tilePath({ level: 0, index, width }), findings);
    yield* entries;
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

function verifyLeaves(
  entries: readonly Buffer[],
  first: number,
  tree: NodeReader,
  path: string,
  findings: Findings,
): void {
  try {
    for (const [offset, entry] of entries.entries()) {
      // An entry that is left out has only its hash here; whether it may be is for the bundle's scope to say.
      if (entry.length === 0 || tree.node(0, first + offset).equals(leafHash(entry))) continue;
      const message =
        'this is not the entry that the log signed: it was changed, moved, added or put in place of another';
      findings.add('entry.changed', `entry ${first + offset}`, message);
    }
  } catch (error) {
    if (!(error instanceof UnreadTile)) findings.addError(error, path);
  }
}

/** The root that the log had at an earlier size; undefined where tiles stand in the way, which has then been found. */
export function rootAt(size: number, tree: NodeReader, where: string, findings: Findings): Buffer | undefined {
  try {
    return rootOf(size, tree);
  } catch (error) {
    if (!(error instanceof UnreadTile)) findings.addError(error, where);
    return undefined;
  }
}

/** That the log continues what an earlier checkpoint promised. */
export function verifyContinues(
  earlier: Checkpoint,
  checkpoint: Checkpoint,
  tree: NodeReader | undefined,
  findings: Findings,
): void {
  if (earlier.size > checkpoint.size) {
    const message = `the earlier checkpoint has ${earlier.size} entries, this bundle ${checkpoint.size}: the end was cut off`;
    findings.add('log.cut', checkpointPath, message);
    return;
  }
  if (earlier.size === checkpoint.size) {
    if (earlier.root.equals(checkpoint.root)) return;
    const message = `the log signed two heads of ${earlier.size} entries with different contents: its history was forked`;
    findings.add('log.forked', checkpointPath, message);
    return;
  }
  const root = tree && rootAt(earlier.size, tree, checkpointPath, findings);
  if (root === undefined) {
    findings.add(
      'log.not-compared',
      checkpointPath,
      'tiles are missing: it cannot be held against the earlier checkpoint',
    );
  } else if (!root.equals(earlier.root)) {
    const message = `the first ${earlier.size} entries are not those of the earlier checkpoint: history was rewritten`;
    findings.add('log.rewritten', checkpointPath, message);
  }
}
