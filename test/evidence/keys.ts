import { createPrivateKey, type KeyObject } from 'node:crypto';

/** The Ed25519 key whose seed is 32 times this byte: golden values need the same keys every time. */
export function seededKey(byte: number): KeyObject {
  return createPrivateKey({ key: Buffer.alloc(32, byte), format: 'raw-private', asymmetricKeyType: 'ed25519' });
}
