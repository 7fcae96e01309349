import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootOf,
  Tree,
  verifyConsistency,
  verifyInclusion,
} from '../../evidence/merkle.ts';
import { TileTree, type TileStore } from '../../evidence/tile-tree.ts';
import { tilesOf } from '../../evidence/tiles.ts';
import { evidenceError } from './errors.ts';

class MemoryStore implements TileStore {
  readonly tiles = new Map<string, Buffer>();
  reads = 0;

  read(level: number, index: number): Buffer | undefined {
    this.reads += 1;
    return this.tiles.get(`${level}/${index}`);
  }

  keep(tree: TileTree): void {
    for (const { level, index, hashes } of tree.changedTiles()) this.tiles.set(`${level}/${index}`, hashes);
  }
}

/** The largest crosses two borders of level 1: 65,536 leaves make its first full tile. */
const largest = 70_000;
const leaves: Buffer[] = [];
const reference = new Tree();

/** Sizes on both sides of the borders of tiles. */
const borders = [0, 1, 2, 254, 255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_281, 65_535, 65_536, 65_537, 65_793];

beforeAll(() => {
  const entry = Buffer.alloc(4);
  for (let index = 0; index < largest; index += 1) {
    entry.writeUInt32BE(index);
    leaves.push(leafHash(entry));
    reference.append(leaves[index] ?? entry);
  }
});

function appendUpTo(tree: TileTree, size: number): void {
  for (const leaf of leaves.slice(tree.size, size)) tree.append(leaf);
}

function appendOther(tree: TileTree, count: number): void {
  for (let index = 0; index < count; index += 1) tree.append(leafHash(Buffer.from(`other ${index}`)));
}

/** A store of the first leaves, written in transactions of `step` leaves. */
function grown(size: number, step = 256): [TileTree, MemoryStore] {
  const store = new MemoryStore();
  const tree = new TileTree(0, store);
  while (tree.size < size) {
    appendUpTo(tree, Math.min(tree.size + step, size));
    store.keep(tree);
    tree.settle();
  }
  return [tree, store];
}

test('the root is that of the whole tree after every leaf that touches a border', { timeout: 60_000 }, () => {
  const tree = new TileTree(0, new MemoryStore());
  for (const size of [...borders, largest]) {
    appendUpTo(tree, size);
    expect(tree.size).toBe(size);
    expect(tree.root(), `${size} leaves`).toEqual(rootOf(size, reference));
  }
});

test('the store holds exactly the tiles of the size, each of its width', () => {
  const [, store] = grown(largest, 1000);
  const expected = new Map<string, number>();
  for (const [level, { full, partial }] of tilesOf(largest).entries()) {
    for (let index = 0; index < full; index += 1) expected.set(`${level}/${index}`, 256 * 32);
    if (partial > 0) expected.set(`${level}/${full}`, partial * 32);
  }
  expect(new Map([...store.tiles].map(([key, hashes]) => [key, hashes.length]))).toEqual(expected);
});

describe('at every border', () => {
  let store: MemoryStore;
  beforeAll(() => {
    [, store] = grown(largest);
  });

  test.each([...borders, largest])('a tree of %d leaves opened from its tiles gives roots and proofs', (size) => {
    // The store is ahead of the size: of each tile only the part that belongs to it may count.
    const tree = new TileTree(size, store);
    expect(tree.root()).toEqual(rootOf(size, reference));
    for (const index of [...borders, size - 1, Math.floor(size / 2)]) {
      if (index < 0 || index >= size) continue;
      const proof = inclusionProof(index, size, tree);
      expect(proof).toEqual(inclusionProof(index, size, reference));
      const leaf = leaves[index] ?? Buffer.alloc(0);
      expect(verifyInclusion({ index, size, leaf, proof, root: tree.root() })).toBe(true);
    }
    for (const oldSize of borders) {
      if (oldSize === 0 || oldSize > size) continue;
      const proof = consistencyProof(oldSize, size, tree);
      const claim = { oldSize, newSize: size, oldRoot: rootOf(oldSize, tree), newRoot: tree.root() };
      expect(verifyConsistency({ ...claim, proof })).toBe(true);
    }
  });

  test('any pair of sizes, and any leaf, has the proofs of the whole tree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largest }), fc.nat(), fc.nat(), (size, first, second) => {
        const tree = new TileTree(size, store);
        const [index, oldSize] = [first % size, 1 + (second % size)];
        expect(inclusionProof(index, size, tree)).toEqual(inclusionProof(index, size, reference));
        expect(consistencyProof(oldSize, size, tree)).toEqual(consistencyProof(oldSize, size, reference));
      }),
    );
  });

  test('there is no node beyond the size, though the store has it', () => {
    const tree = new TileTree(300, store);
    expect(() => tree.node(0, 300)).toThrow(RangeError);
    expect(() => tree.node(8, 1)).toThrow(RangeError);
    expect(() => tree.node(0, 2 ** 20)).toThrow(RangeError);
    expect(tree.node(8, 0)).toEqual(reference.node(8, 0));
  });

  test('leaves appended to a tree that was opened continue it', () => {
    for (const size of borders) {
      const tree = new TileTree(size, store);
      appendUpTo(tree, size + 300);
      expect(tree.root(), `${size} leaves and 300 more`).toEqual(rootOf(size + 300, reference));
    }
  });
});

describe('changed tiles', () => {
  test('are those that grew, whole, however many leaves a transaction has', () => {
    const [tree] = grown(255);
    expect(tree.changedTiles()).toEqual([]);
    appendUpTo(tree, 257);
    expect(tree.changedTiles()).toEqual([
      { level: 0, index: 0, hashes: Buffer.concat(leaves.slice(0, 256)) },
      { level: 0, index: 1, hashes: leaves[256] },
      { level: 1, index: 0, hashes: reference.node(8, 0) },
    ]);
  });

  test('leave the same tiles behind for every size of transaction', () => {
    const [, expected] = grown(1100, 1100);
    for (const step of [1, 7, 255, 256, 257]) expect(grown(1100, step)[1].tiles).toEqual(expected.tiles);
  });

  test('are none for a new tree', () => {
    expect(new TileTree(0, new MemoryStore()).changedTiles()).toEqual([]);
  });
});

describe('rolling back', () => {
  test.each(borders.filter((size) => size < 1000))('%d leaves are as before what came to nothing', (size) => {
    const [tree] = grown(size);
    appendOther(tree, 300);
    expect(tree.root()).not.toEqual(rootOf(size, reference));
    tree.rollback();
    expect(tree.size).toBe(size);
    expect(tree.root()).toEqual(rootOf(size, reference));
    expect(tree.changedTiles()).toEqual([]);
    appendUpTo(tree, size + 300);
    expect(tree.root()).toEqual(rootOf(size + 300, reference));
    for (const index of [0, size, size + 299]) {
      expect(inclusionProof(index, size + 300, tree)).toEqual(inclusionProof(index, size + 300, reference));
    }
  });

  test('what a failed transaction left in the store does not count', () => {
    const [tree, store] = grown(200);
    appendOther(tree, 100);
    store.keep(tree);
    tree.rollback();
    expect(tree.root()).toEqual(rootOf(200, reference));
    expect(new TileTree(200, store).root()).toEqual(rootOf(200, reference));
  });
});

describe('a store that lost or changed something', () => {
  test('a missing tile is named, at the edge when the tree is opened, elsewhere when it is read', () => {
    const [, store] = grown(1000);
    store.tiles.delete('0/1');
    const tree = new TileTree(1000, store);
    expect(() => inclusionProof(300, 1000, tree)).toThrow(evidenceError('tile.missing'));
    store.tiles.delete('0/3');
    expect(() => new TileTree(1000, store)).toThrow(evidenceError('tile.missing'));
  });

  test('a tile cut short, or not made of hashes, is refused', () => {
    const [, store] = grown(1000);
    const edge = store.tiles.get('0/3') ?? Buffer.alloc(0);
    for (const hashes of [edge.subarray(32), edge.subarray(1), Buffer.concat([edge, Buffer.alloc(32 * 256)])]) {
      store.tiles.set('0/3', hashes);
      expect(() => new TileTree(1000, store), `${hashes.length} bytes`).toThrow(evidenceError('tile.malformed'));
    }
  });

  test('an altered full tile gives no proof, because the tile above says otherwise', () => {
    const [, store] = grown(1000);
    const altered = Buffer.from(store.tiles.get('0/1') ?? []);
    altered.writeUInt8(altered.readUInt8(99) ^ 1, 99);
    store.tiles.set('0/1', altered);
    const tree = new TileTree(1000, store);
    expect(() => inclusionProof(300, 1000, tree)).toThrow(evidenceError('tile.mismatch'));
    expect(inclusionProof(600, 1000, tree)).toEqual(inclusionProof(600, 1000, reference));
  });

  test('an altered tile at the edge gives another root, which the signed head does not have', () => {
    const [, store] = grown(1000);
    const altered = Buffer.from(store.tiles.get('0/3') ?? []);
    altered.writeUInt8(altered.readUInt8(99) ^ 1, 99);
    store.tiles.set('0/3', altered);
    expect(new TileTree(1000, store).root()).not.toEqual(rootOf(1000, reference));
  });
});

test('proofs for new leaves read nothing from the store, and old tiles are read once', () => {
  const [tree, store] = grown(largest, 250);
  store.reads = 0;
  for (let index = largest - 200; index < largest; index += 1) inclusionProof(index, largest, tree);
  expect(store.reads).toBe(0);
  const reopened = new TileTree(largest, store);
  store.reads = 0;
  for (let index = 1000; index < 1020; index += 1) inclusionProof(index, largest, reopened);
  expect(store.reads).toBeLessThanOrEqual(3);
  expect(store.reads).toBeGreaterThan(0);
});

test('a tile that fell out of memory is read again', () => {
  const [, store] = grown(largest, 1000);
  const tree = new TileTree(largest, store);
  const firstLeaves = Array.from({ length: 273 }, (_, tile) => tile * 256);
  for (const index of firstLeaves) inclusionProof(index, largest, tree);
  store.reads = 0;
  expect(inclusionProof(0, largest, tree)).toEqual(inclusionProof(0, largest, reference));
  expect(store.reads).toBe(1);
});
