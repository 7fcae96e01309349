import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readIfThere, writeDurably } from '../agent/durable.ts';
import { StoreError } from '../collector/store/database.ts';

/**
 * The private key that a witness signs with; a first start makes it.
 * @param hasSigned whether there is a memory of what was signed
 * @throws StoreError where it is damaged, or missing beside that memory
 */
export function witnessKeyAt(file: string, hasSigned: boolean): KeyObject {
  const kept = readIfThere(file);
  if (kept !== undefined) return parseKey(kept, file);
  // Whoever relies on the witness knows its key: another one would silently be another witness.
  if (hasSigned) {
    throw new StoreError('store.damaged', `${file} is missing beside its database; restore it from your backup`);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  writeDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return privateKey;
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new StoreError('store.damaged', `${file} holds no private key in PEM; restore it from your backup`);
  }
}
