import type { CertificateFacts } from '../../policies/checks/certificate/facts.ts';
import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';
import { element } from '../../evidence/der/elements.ts';

type Hash = CertificateFacts['signatureHash'];

/** Signature algorithms by object identifier (RFC 3279, RFC 4055, RFC 5758, RFC 8410, NIST CSOR). */
const hashes: Readonly<Record<string, Hash>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.3': 'MD4',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.3.14.3.2.3': 'MD5',
  '1.3.14.3.2.27': 'SHA-1',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
  '1.2.840.10040.4.3': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.3.101.112': 'intrinsic',
  '1.3.101.113': 'intrinsic',
  '2.16.840.1.101.3.4.3.17': 'intrinsic',
  '2.16.840.1.101.3.4.3.18': 'intrinsic',
  '2.16.840.1.101.3.4.3.19': 'intrinsic',
};

/** Families whose last number runs over the lengths of SHA-2 or SHA-3. */
const families: readonly (readonly [RegExp, Hash])[] = [
  [/^1\.2\.840\.113549\.1\.1\.1[1-6]$/, 'SHA-2'],
  [/^1\.2\.840\.10045\.4\.3\.[1-4]$/, 'SHA-2'],
  [/^2\.16\.840\.1\.101\.3\.4\.3\.[1-4]$/, 'SHA-2'],
  [/^2\.16\.840\.1\.101\.3\.4\.3\.([5-9]|1[0-6])$/, 'SHA-3'],
];

const rsaPss = '1.2.840.113549.1.1.10';

/** What the issuer's signature of a certificate was made over. RSASSA-PSS tells it in its parameters only. */
export function hashOfSignature(der: Uint8Array, algorithm: string): Hash {
  if (algorithm === rsaPss) return hashOfPss(der);
  return hashes[algorithm] ?? families.find(([pattern]) => pattern.test(algorithm))?.[1] ?? 'unknown';
}

/** `hashAlgorithm [0] DEFAULT sha1` (RFC 4055 3.1) of `Certificate.signatureAlgorithm` (RFC 5280 4.1). */
function hashOfPss(der: Uint8Array): Hash {
  try {
    const certificate = new ByteReader(element(new ByteReader(der), 0x30));
    element(certificate, 0x30); // tbsCertificate
    const algorithm = new ByteReader(element(certificate, 0x30));
    element(algorithm, 0x06);
    if (algorithm.remaining === 0) return 'unknown';
    const parameters = new ByteReader(element(algorithm, 0x30));
    if (parameters.peek() !== 0xa0) return 'SHA-1';
    const hash = new ByteReader(element(new ByteReader(element(parameters, 0xa0)), 0x30));
    return pssHashes[Buffer.from(element(hash, 0x06)).toString('hex')] ?? 'unknown';
  } catch (error) {
    if (error instanceof Malformed) return 'unknown';
    throw error;
  }
}

/** By the DER of the object identifiers 1.3.14.3.2.26, 1.2.840.113549.2.5 and 2.16.840.1.101.3.4.2.x. */
const pssHashes: Readonly<Record<string, Hash>> = {
  '2b0e03021a': 'SHA-1',
  '2a864886f70d0205': 'MD5',
  '608648016503040201': 'SHA-2',
  '608648016503040202': 'SHA-2',
  '608648016503040203': 'SHA-2',
  '608648016503040204': 'SHA-2',
  '608648016503040205': 'SHA-2',
  '608648016503040206': 'SHA-2',
  '608648016503040207': 'SHA-3',
  '608648016503040208': 'SHA-3',
  '608648016503040209': 'SHA-3',
  '60864801650304020a': 'SHA-3',
};
