import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import type { CertificateFacts } from '../../policies/checks/certificate/facts.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';
import { parseCertificateFields } from '../../evidence/der/certificate-fields.ts';
import { element, elementsOf, tags } from '../../evidence/der/elements.ts';
import { describeRsa } from './rsa.ts';
import { hashOfSignature } from './signature-hash.ts';

/**
 * What a certificate says of itself. Nothing is verified.
 * @param what says where it came from, for the obstacle
 * @returns `unparsable` for what is not an X.509 certificate with sensible moments
 */
export function describeCertificate(der: Uint8Array, what: string): Reading<CertificateFacts> {
  try {
    const certificate = new X509Certificate(der);
    const notBefore = certificate.validFromDate;
    const notAfter = certificate.validToDate;
    return read({
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      serial: certificate.serialNumber.slice(0, 100),
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      names: splitNames(certificate.subjectAltName),
      key: describeKey(certificate),
      signatureAlgorithm: nameOfSignature(certificate),
      signatureHash: hashOfSignature(der, certificate.signatureAlgorithmOid),
      fingerprint: createHash('sha256').update(certificate.raw).digest('hex'),
      isCa: certificate.ca,
      ...describeMarks(der),
    });
  } catch (error) {
    return unreadable('unparsable', what, error instanceof Error ? error.message : String(error));
  }
}

/** The number where OpenSSL has no name for it; the types deny that, the documentation does not. */
function nameOfSignature(certificate: X509Certificate): string {
  const name: string | undefined = certificate.signatureAlgorithm;
  return (name ?? certificate.signatureAlgorithmOid).slice(0, 100);
}

/** OpenSSL writes one part of a name a line, or undefined where there is none. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, 1024);
}

/** `DNS:a.nl, IP Address:192.0.2.1`; a name with a comma in it stands in quotes. */
function splitNames(names: string | undefined): string[] {
  const parts = names?.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return parts.map((part) => part.trim().slice(0, 1024)).filter((part) => part !== '');
}

/** RFC 7633: of the TLS features that a server must show, `status_request (5)`. */
const tlsFeature = '1.3.6.1.5.5.7.1.24';
/** RFC 6962 3.3. */
const certificateTimestamps = '1.3.6.1.4.1.11129.2.4.2';

/** What some certificates hold and others do not; left out where it is not there or cannot be read. */
function describeMarks(der: Uint8Array): Pick<CertificateFacts, 'mustStaple' | 'timestamps'> {
  try {
    const { extensions } = parseCertificateFields(der);
    const features = extensions.get(tlsFeature)?.value;
    const timestamps = extensions.get(certificateTimestamps)?.value;
    return {
      ...(features !== undefined && asksForStaple(features) ? { mustStaple: true } : {}),
      ...(timestamps === undefined ? {} : { timestamps: countTimestamps(timestamps) }),
    };
  } catch (error) {
    if (error instanceof Malformed) return {};
    throw error;
  }
}

function asksForStaple(value: Uint8Array): boolean {
  const features = elementsOf(element(new ByteReader(value), tags.sequence));
  return features.some(({ content }) => content.length === 1 && content[0] === 5);
}

function countTimestamps(value: Uint8Array): number {
  const list = new ByteReader(new ByteReader(element(new ByteReader(value), tags.octetString)).vector(2));
  let count = 0;
  for (; list.remaining > 0; count++) list.vector(2);
  return count;
}

/** Names of key types as node:crypto has them. */
const kinds = { rsa: 'RSA', 'rsa-pss': 'RSA', dsa: 'DSA', ec: 'EC', ed25519: 'Ed25519', ed448: 'Ed448' } as const;
/** Bits of the field (RFC 8032); node:crypto gives none for these. */
const edwardsBits = { Ed25519: 256, Ed448: 456 } as const;

function describeKey(certificate: X509Certificate): CertificateFacts['key'] {
  let key: KeyObject;
  try {
    key = certificate.publicKey;
  } catch {
    // A kind or a curve that OpenSSL does not know.
    return { kind: 'other', bits: 0 };
  }
  const type = key.asymmetricKeyType ?? 'other';
  const kind = type in kinds ? kinds[type as keyof typeof kinds] : 'other';
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (kind) {
    case 'RSA':
      return { kind, bits: modulusLength, ...describeRsa(key) };
    case 'DSA':
      return { kind, bits: modulusLength };
    case 'EC':
      return describeCurve(namedCurve ?? '');
    case 'Ed25519':
    case 'Ed448':
      return { kind, bits: edwardsBits[kind] };
    case 'other':
      return { kind, bits: 0, curve: type };
  }
}

/** OpenSSL's names of curves hold the bits of their field: prime256v1, secp384r1, sect233k1, brainpoolP512r1. */
function describeCurve(curve: string): CertificateFacts['key'] {
  const bits = /[0-9]{3}/.exec(curve)?.[0];
  return bits === undefined ? { kind: 'other', bits: 0, curve } : { kind: 'EC', bits: Number(bits), curve };
}
