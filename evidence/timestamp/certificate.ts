import type { X509Certificate } from 'node:crypto';
import { ByteReader, Malformed } from '../der/bytes.ts';
import { parseCertificateFields, smallNumber } from '../der/certificate-fields.ts';
import { dotted, element, elementsOf, onlyElement, optionalElement, tags } from '../der/elements.ts';
import { EvidenceError } from '../error.ts';

/** What a certificate may be used for, by its extensions (RFC 5280 4.2.1). */
export interface CertificateProfile {
  readonly isAuthority: boolean;
  /** How many authorities may stand between it and a signer; undefined where it sets no limit. */
  readonly pathLength: number | undefined;
  /** Extended key usage; undefined where any use is allowed. */
  readonly purposes: readonly string[] | undefined;
  readonly arePurposesCritical: boolean;
  /** Whether its key may sign anything but certificates. */
  readonly isForSignatures: boolean;
  /** A critical extension that is not known here: RFC 5280 4.2 wants such a certificate refused. */
  readonly unknownCritical: string | undefined;
}

export const timeStamping = '1.3.6.1.5.5.7.3.8';
export const anyPurpose = '2.5.29.37.0';

const oids = { keyUsage: '2.5.29.15', basicConstraints: '2.5.29.19', extendedKeyUsage: '2.5.29.37' } as const;

/**
 * Heeded here, or without effect on a way for which no policy is demanded: subject and authority key identifier,
 * alternative names, distribution points, certificate policies, mappings, policy constraints, inhibit anyPolicy.
 */
const understood: ReadonlySet<string> = new Set([
  ...Object.values(oids),
  '2.5.29.14',
  '2.5.29.17',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.35',
  '2.5.29.36',
  '2.5.29.54',
]);

/** `digitalSignature` and `nonRepudiation` of key usage (RFC 5280 4.2.1.3). */
const signatureBits = 0b1100_0000;

/** @throws EvidenceError `timestamp.certificate` for what OpenSSL reads as a certificate and this does not */
export function profileOf(certificate: X509Certificate): CertificateProfile {
  try {
    const { extensions } = parseCertificateFields(certificate.raw);
    const value = (oid: string): Uint8Array | undefined => extensions.get(oid)?.value;
    return {
      isAuthority: certificate.ca,
      pathLength: pathLengthOf(value(oids.basicConstraints)),
      purposes: purposesOf(value(oids.extendedKeyUsage)),
      arePurposesCritical: extensions.get(oids.extendedKeyUsage)?.critical === true,
      isForSignatures: isForSignatures(value(oids.keyUsage)),
      unknownCritical: [...extensions].find(([oid, { critical }]) => critical && !understood.has(oid))?.[0],
    };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw wrongCertificate(certificate, `has no form that is known: ${error.message}`);
  }
}

/**
 * That a certificate is for time stamps and nothing else: its extended key usage is critical and says so alone
 * (RFC 3161 2.3), and its key usage, where it has one, is to sign.
 * @throws EvidenceError `timestamp.certificate`
 */
export function verifyIsForTimestamps(certificate: X509Certificate): void {
  const { purposes = [], arePurposesCritical, isForSignatures } = profileOf(certificate);
  if (!arePurposesCritical || purposes.length !== 1 || purposes[0] !== timeStamping) {
    throw wrongCertificate(certificate, 'is not for time stamps alone (extended key usage timeStamping, critical)');
  }
  if (!isForSignatures) throw wrongCertificate(certificate, 'is not for signatures (key usage)');
}

/** The common name, or all of the subject where there is none. */
export function nameOf({ subject }: X509Certificate): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
}

export function describe(certificate: X509Certificate): string {
  return `the certificate ${JSON.stringify(nameOf(certificate))}`;
}

function purposesOf(value: Uint8Array | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  return elementsOf(onlyElement(value, tags.sequence)).map(({ content }) => dotted(content));
}

function isForSignatures(value: Uint8Array | undefined): boolean {
  if (value === undefined) return true;
  const [, bits = 0] = onlyElement(value, tags.bitString);
  return (bits & signatureBits) !== 0;
}

function pathLengthOf(value: Uint8Array | undefined): number | undefined {
  if (value === undefined) return undefined;
  const reader = new ByteReader(onlyElement(value, tags.sequence));
  optionalElement(reader, tags.boolean);
  return reader.remaining > 0 ? smallNumber(element(reader, tags.integer)) : undefined;
}

function wrongCertificate(certificate: X509Certificate, problem: string): EvidenceError {
  return new EvidenceError('timestamp.certificate', `${describe(certificate)} ${problem}`);
}
