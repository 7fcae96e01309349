import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { consistencyProof, inclusionProof, leafHash, Tree } from '../../evidence/merkle.ts';
import { buildGo, go } from '../support/go.ts';
import { temporaryFolder } from '../support/tools.ts';

const largest = 130;

/** What the Go program prints, by this project's own code. */
function* ownLines(): Iterable<string> {
  const tree = new Tree();
  const list = (hashes: readonly Buffer[]) => `[${hashes.map((hash) => hash.toString('base64')).join(' ')}]`;
  for (let size = 1; size <= largest; size += 1) {
    tree.append(leafHash(Buffer.of(size - 1)));
    yield `root ${size} ${tree.root().toString('base64')}`;
    for (let index = 0; index < size; index += 1) {
      yield `leaf ${index} ${size} ${list(inclusionProof(index, size, tree))}`;
      yield `tree ${index + 1} ${size} ${list(consistencyProof(index + 1, size, tree))}`;
    }
  }
}

describe.skipIf(go === undefined)('golang.org/x/mod/sumdb/tlog', () => {
  test('has the same roots and the same proofs for every tree up to 130 leaves', () => {
    using folder = temporaryFolder();
    const program = buildGo(join(import.meta.dirname, '../checker/trees'), folder.path);
    const lines = execFileSync(program, [String(largest)], { maxBuffer: 2 ** 28, encoding: 'utf8' }).split('\n');
    // Roots, and two proofs for each leaf of each tree; after the last line end, nothing.
    expect(lines).toHaveLength(largest + largest * (largest + 1) + 1);
    expect(lines.slice(0, -1)).toEqual([...ownLines()]);
  });
});
