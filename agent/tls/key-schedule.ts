import { createDecipheriv, createHash, createHmac, type CipherCCMTypes, type CipherGCMTypes } from 'node:crypto';
import { uint16, vector } from './bytes.ts';

type Digest = 'sha256' | 'sha384';

interface Protection {
  readonly digest: Digest;
  readonly cipher: CipherGCMTypes | CipherCCMTypes | 'chacha20-poly1305';
  /** Bytes. */
  readonly keyLength: number;
  readonly tagLength: number;
}

/** RFC 8446 B.4. */
const protections: Readonly<Record<number, Protection>> = {
  0x1301: { digest: 'sha256', cipher: 'aes-128-gcm', keyLength: 16, tagLength: 16 },
  0x1302: { digest: 'sha384', cipher: 'aes-256-gcm', keyLength: 32, tagLength: 16 },
  0x1303: { digest: 'sha256', cipher: 'chacha20-poly1305', keyLength: 32, tagLength: 16 },
  0x1304: { digest: 'sha256', cipher: 'aes-128-ccm', keyLength: 16, tagLength: 16 },
  0x1305: { digest: 'sha256', cipher: 'aes-128-ccm', keyLength: 16, tagLength: 8 },
};

/** Suites whose encrypted handshake can be read here. */
export const readableSuites: readonly number[] = Object.keys(protections).map(Number);

/** Opens the records of a server's handshake one after the other; undefined for what was not sealed with its keys. */
export type Opener = (header: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined;

/**
 * The keys with which a server protects its handshake in TLS 1.3 (RFC 8446 7.1, 7.3, 5.2).
 * @param shared what both key shares make together
 * @param messages ClientHello and ServerHello
 * @returns undefined for a suite that is not known here
 */
export function handshakeOpener(suite: number, shared: Uint8Array, messages: Uint8Array): Opener | undefined {
  const protection = protections[suite];
  if (protection === undefined) return undefined;
  const { digest, keyLength } = protection;
  const hash = (content: Uint8Array): Buffer => createHash(digest).update(content).digest();
  const zeros = Buffer.alloc(hash(Buffer.alloc(0)).length);
  const early = extract(digest, zeros, zeros);
  const derived = expandLabel(digest, early, 'derived', hash(Buffer.alloc(0)), zeros.length);
  const handshake = extract(digest, derived, shared);
  const traffic = expandLabel(digest, handshake, 's hs traffic', hash(messages), zeros.length);
  const key = expandLabel(digest, traffic, 'key', Buffer.alloc(0), keyLength);
  const iv = expandLabel(digest, traffic, 'iv', Buffer.alloc(0), 12);
  let sequence = 0;
  return (header, sealed) => open(protection, key, nonceOf(iv, sequence++), header, sealed);
}

/** RFC 5869 2.2. */
function extract(digest: Digest, salt: Uint8Array, input: Uint8Array): Buffer {
  return createHmac(digest, salt).update(input).digest();
}

/** HKDF-Expand-Label; nothing asked for here is longer than one block of the hash. */
function expandLabel(digest: Digest, secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  const info = [...uint16(length), ...vector(1, [...Buffer.from(`tls13 ${label}`)]), ...vector(1, [...context])];
  return createHmac(digest, secret)
    .update(Uint8Array.from([...info, 1]))
    .digest()
    .subarray(0, length);
}

function nonceOf(iv: Uint8Array, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  return nonce;
}

function open(
  { cipher, tagLength }: Protection,
  key: Uint8Array,
  nonce: Uint8Array,
  header: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - tagLength;
  if (length < 0) return undefined;
  try {
    // The types know each cipher by a form of its own; this one holds for all of them.
    const decipher = createDecipheriv(cipher as CipherCCMTypes, key, nonce, { authTagLength: tagLength });
    decipher.setAuthTag(sealed.subarray(length));
    decipher.setAAD(header, { plaintextLength: length });
    return Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
  } catch {
    return undefined;
  }
}
