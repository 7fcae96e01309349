import { EvidenceError } from './error.ts';
import { hashLength, rootOf, Tree, type NodeReader } from './merkle.ts';
import { hashesAt, tilesOf, tileWidth, widthOf } from './tiles.ts';

/** Where tiles are kept: a table, a folder, an export. */
export interface TileStore {
  /** The tile's hashes, 32 bytes each; undefined where there is no such tile. A partial tile may be wider than asked for. */
  read(level: number, index: number): Uint8Array | undefined;
}

/** A tile as it must now be kept; it replaces what was kept of it. */
export interface ChangedTile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256 of 32 bytes each, one after the other. */
  readonly hashes: Buffer;
}

/** One tile covers eight levels of the tree: 256 = 2^8. */
const levelsOfTile = 8;

/** Full tiles kept expanded, about 20 kB each: proofs for old leaves come in runs that share their tiles. */
const rememberedTiles = 256;

/**
 * An append-only tree over tiles that are kept elsewhere. Appended leaves count at once, for roots and proofs; whoever
 * keeps the tiles writes `changedTiles()` and then calls `settle()`, or `rollback()` where the writing came to nothing.
 *
 * A tile is itself a tree of 256 leaves, so each is held as one; the root of a full tile is a leaf of the tile above.
 */
export class TileTree implements NodeReader {
  readonly #store: TileStore;
  #size: number;
  #settledSize: number;
  /** Tiles that are partial or not settled: what the store cannot be asked for. */
  readonly #open = new Map<string, Tree>();
  /** Full and settled ones, the least recently used first. */
  readonly #remembered = new Map<string, Tree>();

  /**
   * @param size in leaves, of the tree that the store holds
   * @throws EvidenceError `tile.missing` or `tile.malformed` where a tile of the right edge is not as the size says
   */
  constructor(size: number, store: TileStore) {
    this.#store = store;
    this.#size = size;
    this.#settledSize = size;
    this.#openEdge();
  }

  /** In leaves, with those not settled. */
  get size(): number {
    return this.#size;
  }

  /** @param leaf a leaf's hash, not its entry */
  append(leaf: Uint8Array): void {
    let complete = leaf;
    for (let level = 0; ; level += 1) {
      const tile = this.#edge(level);
      tile.append(complete);
      if (tile.size < tileWidth) break;
      complete = tile.root();
    }
    this.#size += 1;
  }

  root(): Buffer {
    return rootOf(this.#size, this);
  }

  /**
   * @throws RangeError where the tree has no such complete subtree
   * @throws EvidenceError `tile.missing`, `tile.malformed` or `tile.mismatch` where the store does not hold what was put into it
   */
  node(level: number, index: number): Buffer {
    if ((index + 1) * 2 ** level > this.#size) {
      throw new RangeError(`a tree of ${this.#size} leaves has no complete subtree ${index} at level ${level}`);
    }
    const tileLevel = Math.floor(level / levelsOfTile);
    const within = level % levelsOfTile;
    const nodesInTile = tileWidth / 2 ** within;
    return this.#tile(tileLevel, Math.floor(index / nodesInTile)).node(within, index % nodesInTile);
  }

  /** Every tile that has grown since the last `settle()`, with all its hashes. */
  changedTiles(): ChangedTile[] {
    const changed: ChangedTile[] = [];
    for (let level = 0; hashesAt(level, this.#size) > hashesAt(level, this.#settledSize); level += 1) {
      const first = Math.floor(hashesAt(level, this.#settledSize) / tileWidth);
      for (let index = first; widthOf(level, index, this.#size) > 0; index += 1) {
        changed.push({ level, index, hashes: hashesOf(this.#tile(level, index)) });
      }
    }
    return changed;
  }

  /** The store now holds all that changed. */
  settle(): void {
    this.#settledSize = this.#size;
    for (const [key, tile] of this.#open) {
      if (tile.size < tileWidth) continue;
      this.#open.delete(key);
      this.#remember(key, tile);
    }
  }

  /**
   * Forgets what was appended since the last `settle()`. A store that kept some of it all the same does no harm: of a
   * wider tile only the settled hashes are taken.
   * @throws EvidenceError as the constructor
   */
  rollback(): void {
    this.#size = this.#settledSize;
    this.#openEdge();
  }

  #openEdge(): void {
    this.#open.clear();
    for (const [level, { full, partial }] of tilesOf(this.#size).entries()) {
      if (partial > 0) this.#open.set(keyOf(level, full), this.#load(level, full, partial));
    }
  }

  /** The tile that the next hash of a level goes into. */
  #edge(level: number): Tree {
    const key = keyOf(level, Math.floor(hashesAt(level, this.#size) / tileWidth));
    const tile = this.#open.get(key) ?? new Tree();
    this.#open.set(key, tile);
    return tile;
  }

  #tile(level: number, index: number): Tree {
    const key = keyOf(level, index);
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const tile = this.#remembered.get(key) ?? this.#loadFull(level, index);
    this.#remember(key, tile);
    return tile;
  }

  /** A full tile's root stands in the tile above, which stands under the signed head: so a damaged one is found here. */
  #loadFull(level: number, index: number): Tree {
    const tile = this.#load(level, index, tileWidth);
    if (!tile.root().equals(this.node((level + 1) * levelsOfTile, index))) {
      throw new EvidenceError(
        'tile.mismatch',
        `tile ${index} of level ${level} was altered: its root is not the hash that the tile above holds`,
      );
    }
    return tile;
  }

  #load(level: number, index: number, width: number): Tree {
    const bytes = this.#store.read(level, index);
    if (bytes === undefined) {
      throw new EvidenceError('tile.missing', `tile ${index} of level ${level} is not there; expected ${width} hashes`);
    }
    if (bytes.length % hashLength !== 0 || bytes.length < width * hashLength || bytes.length > tileWidth * hashLength) {
      throw new EvidenceError(
        'tile.malformed',
        `tile ${index} of level ${level} has ${bytes.length} bytes; expected ${width} to ${tileWidth} hashes of ${hashLength}`,
      );
    }
    const tile = new Tree();
    for (let at = 0; at < width; at += 1) tile.append(bytes.subarray(at * hashLength, (at + 1) * hashLength));
    return tile;
  }

  #remember(key: string, tile: Tree): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, tile);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= rememberedTiles) break;
      this.#remembered.delete(oldest);
    }
  }
}

function hashesOf(tile: Tree): Buffer {
  return Buffer.concat(Array.from({ length: tile.size }, (_, index) => tile.node(0, index)));
}

function keyOf(level: number, index: number): string {
  return `${level}/${index}`;
}
