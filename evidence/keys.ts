import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { EvidenceError } from './error.ts';

/** Bytes of a raw Ed25519 public key (RFC 8032 section 5.1.5). */
export const publicKeyLength = 32;

/** Bytes of an Ed25519 signature (RFC 8032 section 5.1.6). */
export const signatureLength = 64;

/**
 * Reads a raw Ed25519 public key.
 * @param raw 32 bytes
 * @throws EvidenceError `key.malformed`
 */
export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  if (raw.length !== publicKeyLength) {
    throw new EvidenceError('key.malformed', `a public key has ${publicKeyLength} bytes, this one has ${raw.length}`);
  }
  return createPublicKey({ key: Buffer.from(raw), format: 'raw-public', asymmetricKeyType: 'ed25519' });
}

/**
 * The 32 raw bytes of an Ed25519 public key, or of the public half of a private one.
 * @throws EvidenceError `key.malformed` for a key of another kind
 */
export function rawPublicKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') {
    const found = key.asymmetricKeyType ?? `${key.type} key`;
    throw new EvidenceError('key.malformed', `expected an Ed25519 key, found ${found}`);
  }
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'raw-public' });
}

/** The short name of an agent's key in its envelopes: the first 8 bytes of SHA-256 over the raw public key, in hex. */
export function keyidOf(key: KeyObject): string {
  const known = keyids.get(key);
  if (known !== undefined) return known;
  const keyid = hash('sha256', rawPublicKey(key), 'buffer').toString('hex', 0, 8);
  keyids.set(key, keyid);
  return keyid;
}

// A key object never changes, and taking the raw key out of it costs a good part of a verification.
const keyids = new WeakMap<KeyObject, string>();
