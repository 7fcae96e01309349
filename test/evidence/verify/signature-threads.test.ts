import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { SignatureThreads, type SignatureClaim } from '../../../evidence/verify/signature-threads.ts';

const keys = Array.from({ length: 3 }, () => generateKeyPairSync('ed25519'));
const threads = new SignatureThreads();
afterAll(() => threads.close());

/** A claim that holds, by the key of that number. */
function claimOf(number: number, text: string): SignatureClaim {
  const pair = keys[number % keys.length];
  if (pair === undefined) throw new RangeError('there are keys');
  const signed = Buffer.from(text);
  return { key: pair.publicKey, signed, signature: sign(null, signed, pair.privateKey) };
}

test('each claim gets its own answer, whatever its length and its key', async () => {
  const claims = Array.from({ length: 40 }, (_, index) => claimOf(index, 'x'.repeat(index * 7)));
  const wrong = new Set([0, 13, 39]);
  const asked = claims.map((claim, index) =>
    wrong.has(index) ? { ...claim, signed: Buffer.from(`${index} is not what was signed`) } : claim,
  );
  expect(await threads.verify(asked)).toEqual(asked.map((_, index) => !wrong.has(index)));
});

test('a key that an earlier claim named is known by its own number afterwards', async () => {
  const batches = Array.from({ length: 6 }, (_, batch) => [claimOf(batch, 'a'), claimOf(batch + 1, 'b')]);
  const answers = await Promise.all(batches.map((claims) => threads.verify(claims)));
  expect(answers).toEqual(batches.map(() => [true, true]));
  const [one, other] = [claimOf(0, 'a'), claimOf(1, 'a')];
  expect(await threads.verify([{ ...one, key: other.key }, one])).toEqual([false, true]);
});

test.each([0, 63, 65])('a signature of %i bytes does not hold, and those beside it still do', async (length) => {
  const [before, after] = [claimOf(0, 'before'), claimOf(1, 'after')];
  const odd = { ...claimOf(2, 'odd'), signature: Buffer.alloc(length, claimOf(2, 'odd').signature) };
  expect(await threads.verify([before, odd, after])).toEqual([true, false, true]);
});

test('of claims that reach a thread when it is gone nothing is known, and nobody waits for ever', async () => {
  const closing = new SignatureThreads();
  closing.close();
  expect(await closing.verify([claimOf(0, 'late')])).not.toContain(true);
});
