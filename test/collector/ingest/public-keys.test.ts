import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { PublicKeys } from '../../../collector/ingest/public-keys.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';

test('a raw key is made into a key once, each into its own', () => {
  const keys = new PublicKeys();
  const [some, other] = [randomBytes(32), randomBytes(32)];
  expect(keys.of(some)).toBe(keys.of(Buffer.from(some)));
  expect(rawPublicKey(keys.of(some))).toEqual(some);
  expect(rawPublicKey(keys.of(other))).toEqual(other);
});

test('of very many keys the oldest are forgotten', () => {
  const keys = new PublicKeys();
  const first = randomBytes(32);
  const known = keys.of(first);
  for (let more = 0; more < 9_999; more++) keys.of(randomBytes(32));
  expect(keys.of(first)).toBe(known);
  keys.of(randomBytes(32));
  expect(keys.of(first)).not.toBe(known);
});

test('what is no key is refused, each time', () => {
  const keys = new PublicKeys();
  for (let time = 0; time < 2; time++) expect(() => keys.of(randomBytes(31))).toThrow('32 bytes');
});
