import { hash } from 'node:crypto';

/** Bytes of SHA-256, so of every hash in the tree. */
export const hashLength = 32;

/**
 * Hashes of complete subtrees. All roots and proofs are made of these: an incomplete subtree occurs only at the right
 * edge of a tree, and is folded from complete ones.
 */
export interface NodeReader {
  /**
   * The hash over the leaves [index * 2^level, (index + 1) * 2^level); level 0 are the leaf hashes.
   * @throws where not all of those leaves are there
   */
  node(level: number, index: number): Buffer;
}

/** The root of a tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1). */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer');

/** SHA-256(0x00 || entry): RFC 6962 section 2.1. */
export function leafHash(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0x00), entry]), 'buffer');
}

// Hashing nodes is nearly all the work of a log: one buffer for all of them saves an allocation for each.
const nodeInput = Buffer.alloc(1 + 2 * hashLength, 0x01);

/** SHA-256(0x01 || left || right): RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (!isHash(left) || !isHash(right)) throw new RangeError(`a node is made of two hashes of ${hashLength} bytes`);
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + hashLength);
  return hash('sha256', nodeInput, 'buffer');
}

export interface InclusionClaim {
  /** Of the leaf, from 0. */
  readonly index: number;
  /** Of the tree, in leaves. */
  readonly size: number;
  /** The leaf's hash. */
  readonly leaf: Uint8Array;
  /** From the leaf's side to the root's. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether the leaf stands at this index of the tree with this root: RFC 9162 section 2.1.3.2. */
export function verifyInclusion({ index, size, leaf, proof, root }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leaf, root, ...proof].every(isHash)) return false;
  let position = index;
  let last = size - 1;
  let folded: Uint8Array = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      folded = nodeHash(sibling, folded);
      // At the right edge the levels without a sibling have no hash in the proof: pass them over.
      while (!isOdd(position) && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      folded = nodeHash(folded, sibling);
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 && equal(folded, root);
}

export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly newSize: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Whether the new tree holds the old one unchanged and only appends to it: RFC 9162 section 2.1.4.2. An old size of 0
 * is never verified: every tree extends the empty one, so there is nothing to prove, and that case is the caller's.
 */
export function verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof }: ConsistencyClaim): boolean {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize === 0 || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (proof.length === 0) return false;

  let position = oldSize - 1;
  let last = newSize - 1;
  while (isOdd(position)) {
    position = half(position);
    last = half(last);
  }
  // Position 0 here: the old tree is one complete subtree, whose hash the verifier has and the proof leaves out.
  const [seed, ...rest] = position === 0 ? [oldRoot, ...proof] : proof;
  if (seed === undefined) return false;
  let oldFolded = seed;
  let newFolded = seed;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      oldFolded = nodeHash(sibling, oldFolded);
      newFolded = nodeHash(sibling, newFolded);
      while (!isOdd(position) && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      newFolded = nodeHash(newFolded, sibling);
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 && equal(oldFolded, oldRoot) && equal(newFolded, newRoot);
}

/** The root of the tree of the first `size` leaves. */
export function rootOf(size: number, nodes: NodeReader): Buffer {
  expectCount(size);
  return size === 0 ? emptyRoot : rangeHash(0, size, nodes);
}

/**
 * The hashes that lead from a leaf to the root, the leaf's side first: PATH of RFC 6962 section 2.1.1.
 * @throws RangeError where the tree has no such leaf
 */
export function inclusionProof(index: number, size: number, nodes: NodeReader): Buffer[] {
  expectCount(index);
  expectCount(size);
  if (index >= size) throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`);
  const fromRoot: Buffer[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      fromRoot.push(rangeHash(middle, end, nodes));
      end = middle;
    } else {
      fromRoot.push(rangeHash(start, middle, nodes));
      start = middle;
    }
  }
  return fromRoot.reverse();
}

/**
 * The hashes that show the tree of `newSize` to extend the tree of `oldSize`: PROOF of RFC 6962 section 2.1.2.
 * @throws RangeError unless 0 < oldSize <= newSize
 */
export function consistencyProof(oldSize: number, newSize: number, nodes: NodeReader): Buffer[] {
  expectCount(oldSize);
  expectCount(newSize);
  if (oldSize === 0 || oldSize > newSize) {
    throw new RangeError(`expected an old size from 1 to ${newSize}, found ${oldSize}`);
  }
  const fromRoot: Buffer[] = [];
  let [start, end] = [0, newSize];
  while (end !== oldSize) {
    const middle = start + largestPowerBelow(end - start);
    if (oldSize <= middle) {
      fromRoot.push(rangeHash(middle, end, nodes));
      end = middle;
    } else {
      fromRoot.push(rangeHash(start, middle, nodes));
      start = middle;
    }
  }
  // From 0, what is left is the whole old tree, whose root the verifier has.
  if (start !== 0) fromRoot.push(rangeHash(start, end, nodes));
  return fromRoot.reverse();
}

/** An append-only tree in memory, for verifiers that meet all leaves. */
export class Tree implements NodeReader {
  /** By level, from the leaf hashes up, the complete subtrees. */
  readonly #levels: Hashes[] = [];

  /** In leaves. */
  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  /** @param leaf a leaf's hash, not its entry */
  append(leaf: Uint8Array): void {
    if (!isHash(leaf)) throw new RangeError(`a leaf hash has ${hashLength} bytes, this one has ${leaf.length}`);
    let complete = leaf;
    for (let level = 0; ; level += 1) {
      const nodes = (this.#levels[level] ??= new Hashes());
      const left = nodes.at(nodes.length - 1);
      nodes.push(complete);
      if (left === undefined || isOdd(nodes.length)) return;
      complete = nodeHash(left, complete);
    }
  }

  node(level: number, index: number): Buffer {
    const found = this.#levels[level]?.at(index);
    if (found === undefined) {
      throw new RangeError(`a tree of ${this.size} leaves has no complete subtree ${index} at level ${level}`);
    }
    return found;
  }

  root(): Buffer {
    return rootOf(this.size, this);
  }
}

/** Hashes one after the other in one buffer. As a buffer each they would take five times the memory. */
class Hashes {
  #bytes: Buffer = Buffer.alloc(hashLength);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(hash: Uint8Array): void {
    const end = this.#length * hashLength;
    if (end === this.#bytes.length) {
      // What was given out of the old buffer stays as it is there.
      const grown = Buffer.alloc(2 * end);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, end);
    this.#length += 1;
  }

  at(index: number): Buffer | undefined {
    const isThere = Number.isInteger(index) && index >= 0 && index < this.#length;
    return isThere ? this.#bytes.subarray(index * hashLength, (index + 1) * hashLength) : undefined;
  }
}

/**
 * The hash over the leaves [start, end), where start is a multiple of a power of two that is not below end - start, as
 * in every split of a tree: complete subtrees from the left, each smaller than the one before, folded from the right.
 */
function rangeHash(start: number, end: number, nodes: NodeReader): Buffer {
  const subtrees: Buffer[] = [];
  for (let from = start; from < end;) {
    const [level, width] = largestSubtree(end - from);
    subtrees.push(nodes.node(level, from / width));
    from += width;
  }
  return subtrees.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two up to `count`, as an exponent and a number. Doubling stays exact where 32-bit shifts do not. */
function largestSubtree(count: number): [level: number, width: number] {
  let [level, width] = [0, 1];
  while (width * 2 <= count) {
    level += 1;
    width *= 2;
  }
  return [level, width];
}

/** Where a tree of `count` leaves splits, for a count above 1. */
function largestPowerBelow(count: number): number {
  return largestSubtree(count - 1)[1];
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function expectCount(value: number): void {
  if (!isCount(value)) throw new RangeError(`expected a whole number from 0 to 2^53 - 1, found ${value}`);
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashLength;
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
