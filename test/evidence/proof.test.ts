import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signCheckpoint } from '../../evidence/checkpoint.ts';
import { inclusionProof, leafHash, Tree } from '../../evidence/merkle.ts';
import { signNote } from '../../evidence/note.ts';
import { formatProof, parseProof, verifyProof } from '../../evidence/proof.ts';
import { evidenceError } from './errors.ts';
import * as golden from './golden.ts';
import { forger, log, origin, witness } from './golden.ts';

const [one = Buffer.of(), two = Buffer.of()] = golden.entries;
const proof = { index: 1, hashes: golden.proofHashes, checkpoint: golden.note };
const text = `c2sp.org/tlog-proof@v1
index 1
0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=
Zx8UbF5HHooag6PCFM5LqQe486WIjRTMjNPOdbsS75Q=

${golden.note}`;

test('the golden proof is written, read and verified', () => {
  expect(formatProof(proof)).toBe(text);
  expect(parseProof(text)).toEqual(proof);
  expect(verifyProof(proof, two, [log.key])).toMatchObject({ origin, size: 3, cosignatures: [] });
});

test('witnesses of the checkpoint are told', () => {
  const cosigned = { ...proof, checkpoint: `${golden.note}${golden.cosignatureLine}` };
  expect(verifyProof(cosigned, two, [log.key], [witness.key]).cosignatures).toMatchObject([{ at: golden.cosignedAt }]);
});

test('every entry of a log of up to 20 has a proof that survives being written', () => {
  const tree = new Tree();
  for (let size = 1; size <= 20; size += 1) {
    tree.append(leafHash(Buffer.of(size - 1)));
    const checkpoint = signCheckpoint({ origin, size, root: tree.root() }, log);
    for (let index = 0; index < size; index += 1) {
      const written = formatProof({ index, hashes: inclusionProof(index, size, tree), checkpoint });
      expect(verifyProof(parseProof(written), Buffer.of(index), [log.key]).size).toBe(size);
      expect(() => verifyProof(parseProof(written), Buffer.of(index + 1), [log.key])).toThrow(
        evidenceError('proof.inclusion'),
      );
    }
  }
});

test('a proof with any byte changed does not verify', () => {
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
      expect(() => verifyProof(parseProof(changed.toString()), two, [log.key])).toThrow(
        expect.objectContaining({ name: 'EvidenceError' }) as Error,
      );
    }),
    { numRuns: 1000 },
  );
});

describe('a proof proves nothing', () => {
  test('of another entry, or at another index', () => {
    expect(() => verifyProof(proof, one, [log.key])).toThrow(evidenceError('proof.inclusion'));
    expect(() => verifyProof({ ...proof, index: 0 }, two, [log.key])).toThrow(evidenceError('proof.inclusion'));
    expect(() => verifyProof({ ...proof, index: 3 }, two, [log.key])).toThrow(evidenceError('proof.inclusion'));
    expect(() => verifyProof({ ...proof, hashes: [] }, two, [log.key])).toThrow(evidenceError('proof.inclusion'));
  });

  test('of an inner node given out as an entry', () => {
    const [first = Buffer.of()] = golden.proofHashes;
    const inner = Buffer.concat([first, leafHash(two)]);
    const shortened = { ...proof, index: 0, hashes: golden.proofHashes.slice(1) };
    expect(() => verifyProof(shortened, inner, [log.key])).toThrow(evidenceError('proof.inclusion'));
  });

  test('under a checkpoint that the log did not sign, though the path leads to its root', () => {
    const forged = new Tree();
    forged.append(leafHash(two));
    const checkpoint = signCheckpoint({ origin, size: 1, root: forged.root() }, forger);
    const forgery = { index: 0, hashes: [], checkpoint };
    expect(verifyProof(forgery, two, [forger.key]).size).toBe(1);
    expect(() => verifyProof(forgery, two, [log.key])).toThrow(evidenceError('note.no-known-signature'));
    expect(() => verifyProof(forgery, two, [])).toThrow(evidenceError('note.no-known-signature'));
  });

  test('under a note that is no checkpoint', () => {
    const checkpoint = signNote('a letter\n', log);
    expect(() => verifyProof({ ...proof, checkpoint }, two, [log.key])).toThrow(evidenceError('checkpoint.malformed'));
  });
});

describe('a text is no proof with', () => {
  const hashes = text.split('\n').slice(2, 4);
  const [first = ''] = hashes;
  test.each([
    ['nothing in it', ''],
    ['another version', text.replace('@v1', '@v2')],
    ['no index', text.replace('index 1\n', '')],
    ['an index with a leading zero', text.replace('index 1', 'index 01')],
    ['an index with two spaces', text.replace('index 1', 'index  1')],
    ['an index of 2^53', text.replace('index 1', 'index 9007199254740992')],
    ['a negative index', text.replace('index 1', 'index -1')],
    ['a line before the index', text.replace('index', 'extra AAAA\nindex')],
    ['no blank line', `c2sp.org/tlog-proof@v1\nindex 1\n${hashes.join('\n')}\n`],
    ['a short hash', text.replace(first, Buffer.alloc(31).toString('base64'))],
    ['a hash without padding', text.replace(first, first.slice(0, -1))],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['64 hashes', text.replace(first, Array.from({ length: 63 }, () => first).join('\n'))],
  ])('%s', (_, malformed) => {
    expect(() => parseProof(malformed)).toThrow(evidenceError('proof.malformed'));
  });

  test('63 hashes are the most', () => {
    const longest = text.replace(first, Array.from({ length: 62 }, () => first).join('\n'));
    expect(parseProof(longest).hashes).toHaveLength(63);
  });

  test('what cannot be a proof is not written', () => {
    expect(() => formatProof({ ...proof, index: -1 })).toThrow(evidenceError('proof.malformed'));
    expect(() => formatProof({ ...proof, hashes: [Buffer.alloc(3)] })).toThrow(evidenceError('proof.malformed'));
  });
});
