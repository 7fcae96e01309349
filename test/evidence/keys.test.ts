import { createHash, createPublicKey, createSecretKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyidOf, publicKeyFromRaw, rawPublicKey } from '../../evidence/keys.ts';
import { evidenceError } from './errors.ts';
import { seededKey } from './keys.ts';

const malformed = evidenceError('key.malformed');

test('a public key is read from its raw bytes and written as them', () => {
  const publicKey = createPublicKey(seededKey(1));
  const raw = rawPublicKey(publicKey);
  expect(raw.toString('hex')).toBe('8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c');
  expect(publicKeyFromRaw(raw).equals(publicKey)).toBe(true);
  expect(rawPublicKey(seededKey(1))).toEqual(raw);
});

test('a key id is the start of the SHA-256 of the raw public key, from either half', () => {
  const digest = createHash('sha256')
    .update(rawPublicKey(seededKey(1)))
    .digest('hex');
  expect(keyidOf(seededKey(1))).toBe(digest.slice(0, 16));
  expect(keyidOf(createPublicKey(seededKey(1)))).toBe(digest.slice(0, 16));
});

test('keys of another kind or length are refused', () => {
  expect(() => publicKeyFromRaw(Buffer.alloc(31))).toThrow(malformed);
  expect(() => publicKeyFromRaw(Buffer.alloc(33))).toThrow(malformed);
  expect(() => rawPublicKey(generateKeyPairSync('x25519').publicKey)).toThrow(malformed);
  expect(() => rawPublicKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)).toThrow(malformed);
  expect(() => rawPublicKey(createSecretKey(Buffer.alloc(32)))).toThrow(malformed);
});

test('a key of small order, under which one signature would fit every message, verifies nothing', () => {
  // R = S * B, which satisfies S * B = R + h * A for every h where A is the neutral point.
  const fitsAll = Buffer.from(
    'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1zK8KvN16fgGztieA82Dr0vrhoXA1KGUbabwXbAiL7zDg==',
    'base64',
  );
  const neutralPoint = Buffer.alloc(32);
  neutralPoint[0] = 1;
  expect(verify(null, Buffer.from('anything'), publicKeyFromRaw(neutralPoint), fitsAll)).toBe(false);
});
