import { checkpointPath } from '../bundle.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { EvidenceError } from '../error.ts';
import { hashLength, rootOf, type NodeReader } from '../merkle.ts';
import { TileTree } from '../tile-tree.ts';
import { tilePath, tileWidth, widthOf } from '../tiles.ts';
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
export class UnreadTile extends Error {}

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
