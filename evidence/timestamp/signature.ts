import { hash, type X509Certificate } from 'node:crypto';
import { ByteReader, Malformed } from '../der/bytes.ts';
import { parseCertificateFields } from '../der/certificate-fields.ts';
import { dotted, element, onlyElement, tags, type Element } from '../der/elements.ts';
import { EvidenceError } from '../error.ts';
import { digest, isSignedBy, sha256Oid } from './algorithms.ts';
import { parseAlgorithm, timestampInfoOid, type TimestampToken } from './token.ts';

/** Signed attributes (RFC 5652 11, RFC 5035). */
const attributes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/**
 * Verifies that a token's content was signed with the key of the certificate that it names (RFC 5652 5.4 and 5.6,
 * RFC 3161 2.4.2, RFC 5816). Whose certificate that is has still to be asked.
 * @returns the signer's certificate
 * @throws EvidenceError `timestamp.signature`, `timestamp.algorithm`, `timestamp.malformed`
 */
export function verifySignature(token: TimestampToken): X509Certificate {
  try {
    const certificate = signerOf(token);
    verifyAttributes(token, certificate);
    if (isSignedBy(token.signer, certificate.publicKey)) return certificate;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new EvidenceError(
      'timestamp.malformed',
      `its signed attributes have no form that is known: ${error.message}`,
    );
  }
  throw wrong('the signature is not that of the certificate it names: the token was altered or forged');
}

function signerOf({ signer: { sid }, certificates }: TimestampToken): X509Certificate {
  const signer = certificates.find((certificate) => {
    const { issuer, serial, extensions } = parseCertificateFields(certificate.raw);
    if (sid.by === 'issuer') return isSame(issuer, sid.issuer) && isSame(serial, sid.serial);
    const keyId = extensions.get('2.5.29.14')?.value;
    return keyId !== undefined && isSame(onlyElement(keyId, tags.octetString), sid.keyId);
  });
  if (signer !== undefined) return signer;
  throw wrong('the certificate of its signer is not in it');
}

function verifyAttributes({ content, signer }: TimestampToken, certificate: X509Certificate): void {
  const contentType = contentOf(signer.attributes.get(attributes.contentType), tags.objectIdentifier);
  if (contentType === undefined || dotted(contentType) !== timestampInfoOid) {
    throw wrong('the signature is not over a time stamp');
  }
  const messageDigest = contentOf(signer.attributes.get(attributes.messageDigest), tags.octetString);
  if (messageDigest === undefined || !isSame(messageDigest, digest(signer.digestAlgorithm, content))) {
    throw wrong('what the token states is not what was signed: it was altered');
  }
  verifyCertificateId(signer.attributes, certificate);
}

/** The signature covers the certificate's hash: else another certificate for the same key could be put in its place. */
function verifyCertificateId(signed: ReadonlyMap<string, Element>, { raw }: X509Certificate): void {
  const older = signed.get(attributes.signingCertificate);
  const newer = signed.get(attributes.signingCertificateV2);
  if (older === undefined && newer === undefined) throw wrong('it does not say which certificate signed it');
  // ESSCertID: SHA-1 (RFC 2634 5.4.1). A second preimage of it is still out of reach.
  const isOlder = older === undefined || isSame(element(firstId(older), tags.octetString), hash('sha1', raw, 'buffer'));
  const isNewer = newer === undefined || isCertificateIdV2(firstId(newer), raw);
  if (!isOlder || !isNewer) throw wrong('it was signed for another certificate than the one in it');
}

/** ESSCertIDv2: SHA-256 unless it says otherwise (RFC 5035 4). */
function isCertificateIdV2(id: ByteReader, certificate: Uint8Array): boolean {
  const algorithm = id.peek() === tags.sequence ? parseAlgorithm(element(id, tags.sequence)).oid : sha256Oid;
  return isSame(element(id, tags.octetString), digest(algorithm, certificate));
}

/** The signer's is the first of the identifiers in a SigningCertificate. */
function firstId({ tag, content }: Element): ByteReader {
  if (tag !== tags.sequence) throw new Malformed('another element was expected');
  const ids = new ByteReader(element(new ByteReader(content), tags.sequence));
  return new ByteReader(element(ids, tags.sequence));
}

function contentOf(value: Element | undefined, tag: number): Uint8Array | undefined {
  return value?.tag === tag ? value.content : undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b);
}

function wrong(message: string): EvidenceError {
  return new EvidenceError('timestamp.signature', message);
}
