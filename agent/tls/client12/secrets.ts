import { ByteReader } from '../../../evidence/der/bytes.ts';
import { prf, transcriptHash, type PrfHash } from './prf.ts';
import { nonceSize, type DirectionKeys } from './protection.ts';
import type { Suite } from './suites.ts';

const tls10 = 0x0301;
const tls12 = 0x0303;

/** What two peers have agreed on. */
export interface Agreement {
  readonly suite: Suite;
  /** As on the wire. */
  readonly version: number;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

export function prfOf({ suite, version }: Agreement): PrfHash {
  return version < tls12 ? 'md5-sha1' : suite.prf;
}

/** RFC 5246 8.1. */
export function masterSecret(agreement: Agreement, premaster: Uint8Array): Buffer {
  const seed = Buffer.concat([agreement.clientRandom, agreement.serverRandom]);
  return prf(prfOf(agreement), premaster, 'master secret', seed, 48);
}

/** RFC 5246 6.3. */
export function directionKeys(agreement: Agreement, master: Uint8Array): Record<'client' | 'server', DirectionKeys> {
  const { cipher } = agreement.suite;
  const macSize = cipher.mode === 'cbc' ? cipher.macSize : 0;
  const ivSize = ivSizeOf(agreement);
  const seed = Buffer.concat([agreement.serverRandom, agreement.clientRandom]);
  const size = 2 * (macSize + cipher.keySize + ivSize);
  const block = new ByteReader(prf(prfOf(agreement), master, 'key expansion', seed, size));
  const [clientMac, serverMac] = [block.take(macSize), block.take(macSize)];
  const [clientKey, serverKey] = [block.take(cipher.keySize), block.take(cipher.keySize)];
  const [clientIv, serverIv] = [block.take(ivSize), block.take(ivSize)];
  return {
    client: { macKey: clientMac, key: clientKey, iv: clientIv },
    server: { macKey: serverMac, key: serverKey, iv: serverIv },
  };
}

/** From TLS 1.1 on each CBC record brings its own. An AEAD's is the part of the nonce that stays. */
function ivSizeOf({ suite: { cipher }, version }: Agreement): number {
  if (cipher.mode === 'aead') return cipher.nonce === 'sent' ? 4 : nonceSize;
  return version === tls10 ? cipher.blockSize : 0;
}

/** RFC 5246 7.4.9: 12 bytes. */
export function verifyData(
  agreement: Agreement,
  master: Uint8Array,
  side: 'client' | 'server',
  transcript: Uint8Array,
): Buffer {
  const hash = prfOf(agreement);
  return prf(hash, master, `${side} finished`, transcriptHash(hash, transcript), 12);
}
