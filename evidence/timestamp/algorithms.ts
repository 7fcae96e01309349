import { createHash, verify, type KeyObject } from 'node:crypto';
import { EvidenceError } from '../error.ts';
import type { SignerInfo } from './token.ts';

/** Digests by object identifier (RFC 5754 2). What collides, such as SHA-1, is none. */
const digests: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

interface SignatureAlgorithm {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  /** Null where the algorithm has its own; undefined where the digest algorithm beside it says. */
  readonly hash: string | null | undefined;
}

/** By object identifier (RFC 8017 A.2, RFC 5758 3.2, RFC 8419 3.1). */
const signatures: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.1': { keyType: 'rsa', hash: undefined },
  '1.2.840.113549.1.1.11': { keyType: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', hash: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', hash: null },
};

export const sha256Oid = '2.16.840.1.101.3.4.2.1';

/** Bits. A shorter RSA key can be broken, and then everything it ever signed can be signed again. */
const shortestRsa = 2048;

/** @throws EvidenceError `timestamp.algorithm` for one that is not known here, or too weak */
export function digest(oid: string, bytes: Uint8Array): Buffer {
  const name = digests[oid];
  if (name === undefined) throw unknownAlgorithm(`digest ${oid}`);
  return createHash(name).update(bytes).digest();
}

/**
 * Whether a signer's key made its signature.
 * @throws EvidenceError `timestamp.algorithm` for one that is not known here, or too weak
 */
export function isSignedBy(signer: SignerInfo, key: KeyObject): boolean {
  const { oid } = signer.signatureAlgorithm;
  const algorithm = isStrongSignature(oid) ? signatures[oid] : undefined;
  if (algorithm === undefined) throw unknownAlgorithm(`signature ${oid}`);
  if (key.asymmetricKeyType !== algorithm.keyType) return false;
  if ((key.asymmetricKeyDetails?.modulusLength ?? shortestRsa) < shortestRsa) {
    throw unknownAlgorithm(`an RSA key of less than ${shortestRsa} bits`);
  }
  const own = digests[signer.digestAlgorithm];
  if (own === undefined) throw unknownAlgorithm(`digest ${signer.digestAlgorithm}`);
  const hash = algorithm.hash === undefined ? own : algorithm.hash;
  return verify(hash, signer.signedBytes, key, signer.signature);
}

/** Whether a signature of this algorithm, of a token or a certificate, cannot be carried over to another text. */
export function isStrongSignature(oid: string): boolean {
  return Object.hasOwn(signatures, oid);
}

function unknownAlgorithm(what: string): EvidenceError {
  return new EvidenceError('timestamp.algorithm', `it rests on an algorithm that is not known or not safe: ${what}`);
}
