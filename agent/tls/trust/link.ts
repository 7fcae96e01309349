import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import { ByteReader } from '../../../evidence/der/bytes.ts';
import { parseCertificateFields, smallNumber } from '../../../evidence/der/certificate-fields.ts';
import { dotted, element, elementsOf, optionalElement, tags } from '../../../evidence/der/elements.ts';
import { hashOfSignature } from '../signature-hash.ts';
import { parseGeneralName, parseNameConstraints, type GeneralName, type NameConstraints } from './name-constraints.ts';

/** A certificate as the search for ways sees it: what node:crypto does not tell is read from the DER (RFC 5280 4.1, 4.2). */
export interface Link {
  readonly certificate: X509Certificate;
  /** SHA-256 of the DER in hex. */
  readonly fingerprint: string;
  /** The DER of the names in hex: they chain where they are equal byte for byte. */
  readonly subject: string;
  readonly issuer: string;
  /** The DER of the public key in hex. */
  readonly publicKeyInfo: string;
  /** 1 to 3. */
  readonly version: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly signatureHash: CertificateFacts['signatureHash'];
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  /** What key usage says of signing certificates; undefined where it says nothing. */
  readonly signsCertificates: boolean | undefined;
  /** Extended key usage, as object identifiers; undefined where any use is allowed. */
  readonly purposes: readonly string[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  /** Subject alternative names, and the subject itself where it is not empty. */
  readonly names: readonly GeneralName[];
  /** A critical extension that is not known here: RFC 5280 4.2 wants such a certificate rejected. */
  readonly hasUnknownCritical: boolean;
}

/** @throws Malformed for what OpenSSL reads as a certificate and this does not */
export function parseLink(certificate: X509Certificate): Link {
  const der = certificate.raw;
  const { extensions, ...fields } = parseCertificateFields(der);
  const value = (oid: string): Uint8Array | undefined => extensions.get(oid)?.value;
  return {
    certificate,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    subject: hex(fields.subject),
    issuer: hex(fields.issuer),
    publicKeyInfo: hex(fields.publicKeyInfo),
    version: fields.version,
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    signatureHash: hashOfSignature(der, certificate.signatureAlgorithmOid),
    subjectKeyId: optionally(value(oids.subjectKeyId), (bytes) =>
      hex(element(new ByteReader(bytes), tags.octetString)),
    ),
    authorityKeyId: optionally(value(oids.authorityKeyId), parseAuthorityKeyId),
    basicConstraints: optionally(value(oids.basicConstraints), parseBasicConstraints),
    signsCertificates: optionally(value(oids.keyUsage), parseCertificateSigning),
    purposes: optionally(value(oids.extendedKeyUsage), parsePurposes),
    nameConstraints: optionally(value(oids.nameConstraints), parseNameConstraints),
    names: parseNames(fields.subject, value(oids.subjectAlternativeName)),
    hasUnknownCritical: [...extensions].some(([oid, { critical }]) => critical && !understood.has(oid)),
  };
}

/** A name that issues itself a new certificate, be it for another key (RFC 5280 3.2). */
export function isSelfIssued({ subject, issuer }: Link): boolean {
  return subject === issuer;
}

/** Undefined for a kind of key or a curve that OpenSSL does not know. */
export function publicKeyOf({ certificate }: Link): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** Signed with its own key: no other issuer needs to be looked for. */
export function isSelfSigned(link: Link): boolean {
  const key = isSelfIssued(link) ? publicKeyOf(link) : undefined;
  return key !== undefined && link.certificate.verify(key);
}

const oids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/**
 * Heeded here, or of no effect on a path without demands for policies: CRL distribution points, certificate policies,
 * policy mappings, policy constraints, inhibit anyPolicy.
 */
const understood: ReadonlySet<string> = new Set([
  ...Object.values(oids),
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.54',
]);

function parseBasicConstraints(value: Uint8Array): Link['basicConstraints'] {
  const reader = new ByteReader(element(new ByteReader(value), tags.sequence));
  const ca = optionalElement(reader, tags.boolean)?.[0] === 0xff;
  return { ca, pathLength: optionally(optionalElement(reader, tags.integer), smallNumber) };
}

/** `keyCertSign (5)` of the bits of key usage (RFC 5280 4.2.1.3). */
function parseCertificateSigning(value: Uint8Array): boolean {
  const [, bits = 0] = element(new ByteReader(value), tags.bitString);
  return (bits & 0b0000_0100) !== 0;
}

function parsePurposes(value: Uint8Array): string[] {
  return elementsOf(element(new ByteReader(value), tags.sequence)).map(({ content }) => dotted(content));
}

/** `keyIdentifier [0]` (RFC 5280 4.2.1.1); issuer and serial are not looked at, the signature decides. */
function parseAuthorityKeyId(value: Uint8Array): string | undefined {
  return optionally(optionalElement(new ByteReader(element(new ByteReader(value), tags.sequence)), 0x80), hex);
}

function parseNames(subject: Uint8Array, alternatives: Uint8Array | undefined): GeneralName[] {
  const named = alternatives === undefined ? [] : elementsOf(element(new ByteReader(alternatives), tags.sequence));
  const own: GeneralName[] = subject.length === 0 ? [] : [{ form: 'directory', relative: relativeNames(subject) }];
  return [...own, ...named.map(parseGeneralName)];
}

/** The relative distinguished names of a name, each as hex. */
function relativeNames(name: Uint8Array): string[] {
  return elementsOf(name).map(({ content }) => hex(content));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function optionally<T, U>(value: T | undefined, make: (value: T) => U): U | undefined {
  return value === undefined ? undefined : make(value);
}
