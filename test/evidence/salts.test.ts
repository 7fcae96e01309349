import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSalt, Salts } from '../../evidence/salts.ts';
import { evidenceError } from './errors.ts';

function commitment(of: number): string {
  return createHash('sha256').update(String(of)).digest('hex');
}

function linesOf(numbers: readonly number[]): Buffer[] {
  return numbers
    .map((number) => ({ commitment: commitment(number), salt: Buffer.alloc(32, number) }))
    .sort((a, b) => (a.commitment < b.commitment ? -1 : 1))
    .map(({ commitment, salt }) => encodeSalt(commitment, salt));
}

test('every salt is found under its commitment, and no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(255), { maxLength: 50 }), (numbers) => {
      const salts = new Salts(Buffer.concat(linesOf(numbers)));
      expect(salts.size).toBe(numbers.length);
      for (const number of numbers) {
        const index = salts.find(commitment(number));
        expect(index).toBeDefined();
        expect(salts.salt(index ?? 0)).toEqual(Buffer.alloc(32, number));
      }
      expect(salts.find(commitment(256))).toBeUndefined();
      expect(salts.find('0'.repeat(64))).toBeUndefined();
      expect(salts.find('g'.repeat(64))).toBeUndefined();
    }),
  );
});

const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = linesOf([1, 2]);

test.each([
  ['a line that is cut short', first.subarray(0, -1)],
  ['lines out of order', Buffer.concat([second, first])],
  ['a line twice', Buffer.concat([first, first])],
  ['an upper-case commitment', Buffer.from(first.toString().replace(/^.*? /, (hex) => hex.toUpperCase()))],
  ['a salt in another spelling', Buffer.from(first.toString().replace(/.=\n$/, 'B=\n'))],
  ['no line end', Buffer.from(first.toString().replace('\n', ' '))],
])('%s is refused', (_, bytes) => {
  expect(() => new Salts(bytes)).toThrow(evidenceError('salts.malformed'));
});
