import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  Tree,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
  type NodeReader,
} from '../../evidence/merkle.ts';

const largest = 130;
const leaves = Array.from({ length: largest }, (_, index) => leafHash(Buffer.of(index)));

const tree = new Tree();
const roots = [tree.root()];
for (const leaf of leaves) {
  tree.append(leaf);
  roots.push(tree.root());
}

function leafAt(index: number): Buffer {
  return tree.node(0, index);
}

function rootAt(size: number): Buffer {
  return rootOf(size, tree);
}

/** Every leaf of every tree up to a size. */
function* inclusions(upTo = largest): Generator<InclusionClaim> {
  for (let size = 1; size <= upTo; size += 1) {
    for (let index = 0; index < size; index += 1) {
      yield { index, size, leaf: leafAt(index), proof: inclusionProof(index, size, tree), root: rootAt(size) };
    }
  }
}

/** Every pair of trees up to the largest. */
function* consistencies(): Generator<ConsistencyClaim> {
  for (let newSize = 1; newSize <= largest; newSize += 1) {
    for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
      yield {
        oldSize,
        newSize,
        oldRoot: rootAt(oldSize),
        newRoot: rootAt(newSize),
        proof: consistencyProof(oldSize, newSize, tree),
      };
    }
  }
}

function flipped(bytes: Uint8Array, bit = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

/** The proof with one hash altered, left out, put in, or in another place. */
function* spoilt(proof: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (const [at, hash] of proof.entries()) {
    yield proof.with(at, flipped(hash, (at * 37) % 256));
    yield proof.toSpliced(at, 1);
    yield proof.toSpliced(at, 0, hash);
    yield proof.with(at, hash.subarray(1));
    if (at > 0) yield proof.toReversed();
  }
  yield [...proof, Buffer.alloc(32)];
  yield [Buffer.alloc(32), ...proof];
}

describe('hashes', () => {
  test('leaves and nodes hash under different prefixes, and nothing hashes to the empty root', () => {
    const sha = (...bytes: Uint8Array[]): string => createHash('sha256').update(Buffer.concat(bytes)).digest('hex');
    const [left, right] = [leafHash(Buffer.from('one')), leafHash(Buffer.from('two'))];
    expect(left.toString('hex')).toBe(sha(Buffer.of(0), Buffer.from('one')));
    expect(nodeHash(left, right).toString('hex')).toBe(sha(Buffer.of(1), left, right));
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(new Tree().root()).toEqual(emptyRoot);
  });

  test('a node of something else than two hashes is refused', () => {
    expect(() => nodeHash(Buffer.alloc(31), Buffer.alloc(33))).toThrow(RangeError);
    expect(() => new Tree().append(Buffer.alloc(31))).toThrow(RangeError);
  });

  test('does not change the hashes that it gave out when it grows', () => {
    const growing = new Tree();
    const leaves = Array.from({ length: 600 }, (_, index) => leafHash(Buffer.from(String(index))));
    const given = leaves.map((leaf, index) => {
      growing.append(leaf);
      return growing.node(0, index);
    });
    expect(given).toEqual(leaves);
  });
});

describe('golden values', () => {
  test('the tree of "one", "two", "three"', () => {
    const three = new Tree();
    for (const entry of ['one', 'two', 'three']) three.append(leafHash(Buffer.from(entry)));
    expect(three.root().toString('base64')).toBe('Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=');
    expect(inclusionProof(1, 3, three).map((hash) => hash.toString('base64'))).toEqual([
      '0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=',
      'Zx8UbF5HHooag6PCFM5LqQe486WIjRTMjNPOdbsS75Q=',
    ]);
  });

  test('all roots up to 130 leaves', () => {
    const lines = roots.map((root, size) => `${size} ${root.toString('hex')}\n`);
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(
      '9c67f07f906103b6bf201842a50ff0b8c91fca9b3e211334a6b7aa3133165dec',
    );
  });

  test('all consistency proofs up to 130 leaves', () => {
    const digest = createHash('sha256');
    for (const { oldSize, newSize, proof } of consistencies()) {
      const hashes = proof.map((hash) => ` ${Buffer.from(hash).toString('hex')}`);
      digest.update(`${oldSize} ${newSize}${hashes.join('')}\n`);
    }
    expect(digest.digest('hex')).toBe('2498232e1aebe8d1aa8d339d897fc471f4495fe0b8a55ac08f7dae3d88bc4c2a');
  });

  test('the worked example of RFC 6962 section 2.1.3', () => {
    const [a, b, c, d] = [leafAt(0), leafAt(1), leafAt(2), leafAt(3)];
    const [e, f, j] = [leafAt(4), leafAt(5), leafAt(6)];
    const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
    const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
    expect(rootAt(7)).toEqual(nodeHash(k, l));
    expect(inclusionProof(0, 7, tree)).toEqual([b, h, l]);
    expect(inclusionProof(3, 7, tree)).toEqual([c, g, l]);
    expect(inclusionProof(4, 7, tree)).toEqual([f, j, k]);
    expect(inclusionProof(6, 7, tree)).toEqual([i, k]);
    expect(consistencyProof(3, 7, tree)).toEqual([c, d, g, l]);
    expect(consistencyProof(4, 7, tree)).toEqual([l]);
    expect(consistencyProof(6, 7, tree)).toEqual([i, j, k]);
  });
});

describe('inclusion', () => {
  test('every leaf of every tree up to 130 is proved', () => {
    for (const claim of inclusions()) expect(verifyInclusion(claim), `${claim.index} in ${claim.size}`).toBe(true);
  });

  test('no altered proof, leaf or root is accepted', () => {
    for (const claim of inclusions()) {
      const wrong: InclusionClaim[] = [
        { ...claim, leaf: flipped(claim.leaf, claim.index) },
        { ...claim, index: claim.index + 1 },
        { ...claim, index: claim.index - 1 },
        { ...claim, size: claim.index },
        { ...claim, root: flipped(claim.root, claim.size) },
        { ...claim, root: emptyRoot },
        ...spoilt(claim.proof).map((proof) => ({ ...claim, proof })),
      ];
      expect(wrong.filter(verifyInclusion), `${claim.index} in ${claim.size}`).toEqual([]);
    }
  });

  test('a proof is good for no other index', () => {
    for (const claim of inclusions(40)) {
      const others = [...leaves.keys()].filter((index) => index !== claim.index);
      const passing = others.filter((index) => verifyInclusion({ ...claim, index }));
      expect(passing, `${claim.index} in ${claim.size}`).toEqual([]);
    }
  });

  test('a proof is good for no other size, but where the path to the leaf is the same', () => {
    for (const claim of inclusions(40)) {
      const shape = pathShape(claim.index, claim.size);
      for (let size = 0; size <= 65; size += 1) {
        const samePath = claim.index < size && pathShape(claim.index, size) === shape;
        expect(verifyInclusion({ ...claim, size }), `${claim.index} in ${claim.size}, as of ${size}`).toBe(samePath);
      }
    }
  });

  test('a number that is no index or size is refused', () => {
    const claim = { index: 0, size: 1, leaf: leafAt(0), proof: [], root: leafAt(0) };
    expect(verifyInclusion(claim)).toBe(true);
    for (const odd of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(verifyInclusion({ ...claim, index: odd })).toBe(false);
      expect(verifyInclusion({ ...claim, size: odd })).toBe(false);
    }
    expect(verifyInclusion({ ...claim, leaf: Buffer.alloc(0), root: Buffer.alloc(0) })).toBe(false);
  });

  test('there is no proof for a leaf that is not in the tree', () => {
    expect(() => inclusionProof(7, 7, tree)).toThrow(RangeError);
    expect(() => inclusionProof(-1, 7, tree)).toThrow(RangeError);
    expect(() => inclusionProof(0, largest + 1, tree)).toThrow(RangeError);
  });
});

describe('consistency', () => {
  test('every tree up to 130 extends every smaller one', () => {
    for (const claim of consistencies()) {
      expect(verifyConsistency(claim), `${claim.oldSize} in ${claim.newSize}`).toBe(true);
    }
  });

  test('no altered proof or root is accepted', () => {
    for (const claim of consistencies()) {
      const wrong: ConsistencyClaim[] = [
        { ...claim, oldRoot: flipped(claim.oldRoot, claim.oldSize) },
        { ...claim, newRoot: flipped(claim.newRoot, claim.newSize) },
        { ...claim, oldSize: 0 },
        { ...claim, oldSize: claim.newSize + 1 },
        { ...claim, newSize: claim.oldSize - 1 },
        ...spoilt(claim.proof).map((proof) => ({ ...claim, proof })),
      ];
      expect(wrong.filter(verifyConsistency), `${claim.oldSize} in ${claim.newSize}`).toEqual([]);
    }
  });

  test('a rewritten history has no proof: one leaf altered below the old size', () => {
    const forged = new Tree();
    for (const [index, leaf] of leaves.entries()) forged.append(index === 3 ? flipped(leaf) : leaf);
    for (const { oldSize, newSize, oldRoot } of consistencies()) {
      if (oldSize <= 3) continue;
      const proof = consistencyProof(oldSize, newSize, forged);
      const newRoot = rootOf(newSize, forged);
      expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof })).toBe(false);
    }
  });

  test('two trees of one size are consistent only when they are the same', () => {
    const same = { oldSize: 5, newSize: 5, oldRoot: rootAt(5), newRoot: rootAt(5), proof: [] };
    expect(verifyConsistency(same)).toBe(true);
    expect(verifyConsistency({ ...same, newRoot: rootAt(6) })).toBe(false);
    expect(verifyConsistency({ ...same, proof: [rootAt(5)] })).toBe(false);
  });

  test('nothing proves consistency with the empty tree', () => {
    const claim = { oldSize: 0, newSize: 5, oldRoot: emptyRoot, newRoot: rootAt(5), proof: [] };
    expect(verifyConsistency(claim)).toBe(false);
    expect(verifyConsistency({ ...claim, newSize: 0, newRoot: emptyRoot })).toBe(false);
    expect(() => consistencyProof(0, 5, tree)).toThrow(RangeError);
    expect(() => consistencyProof(6, 5, tree)).toThrow(RangeError);
  });
});

describe('sizes beyond 32 bits', () => {
  /** A tree whose leaves are all alike, so that of each level one hash is enough. */
  const levels = [leafHash(Buffer.from('x'))];
  const uniform: NodeReader = {
    node(level) {
      for (let last = levels.at(-1); last !== undefined && levels.length <= level; last = levels.at(-1)) {
        levels.push(nodeHash(last, last));
      }
      return levels[level] ?? emptyRoot;
    },
  };

  test.each([2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 40 + 12_345, 2 ** 53 - 1])('a tree of %d leaves', (size) => {
    const leaf = uniform.node(0, 0);
    const root = rootOf(size, uniform);
    for (const index of [0, 1, size / 2, size - 2 ** 20, size - 1].map(Math.floor)) {
      const proof = inclusionProof(index, size, uniform);
      expect(verifyInclusion({ index, size, leaf, proof, root })).toBe(true);
      expect(verifyInclusion({ index, size, leaf, proof: proof.slice(1), root })).toBe(false);
    }
    for (const oldSize of [1, size - 2 ** 20, size - 1]) {
      const claim = { oldSize, newSize: size, oldRoot: rootOf(oldSize, uniform), newRoot: root };
      const proof = consistencyProof(oldSize, size, uniform);
      expect(verifyConsistency({ ...claim, proof })).toBe(true);
      expect(verifyConsistency({ ...claim, proof: proof.slice(1) })).toBe(false);
    }
  });
});

/**
 * The sides on which a path's hashes stand, the leaf's side first. A path of one shape proves the same under every
 * size that gives this shape; the size itself is bound by the checkpoint's signature.
 */
function pathShape(index: number, size: number): string {
  if (size <= 1) return '';
  let middle = 1;
  while (middle * 2 < size) middle *= 2;
  return index < middle ? `${pathShape(index, middle)}R` : `${pathShape(index - middle, size - middle)}L`;
}
