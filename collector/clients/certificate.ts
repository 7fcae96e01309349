import { createHash, randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto';
import { parseCertificateFields } from '../../evidence/der/certificate-fields.ts';
import { ByteReader } from '../../evidence/der/bytes.ts';
import { element, elementsOf, tags } from '../../evidence/der/elements.ts';
import { encodeElement, encodeOid } from '../../evidence/der/encode.ts';

/** For TLS clients, and nothing else (RFC 5280 4.2.1.12). */
export const clientAuthentication = '1.3.6.1.5.5.7.3.2';

const oids = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Tags beside those that are read (X.690 8, RFC 5280 4.1 and 4.2). */
const written = {
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  keyIdentifier: 0x80,
  uri: 0x86,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** As a BIT STRING: how many bits at the end do not count, and the bits (RFC 5280 4.2.1.3). */
const usages = { digitalSignature: Buffer.of(7, 0x80), certificateSigning: Buffer.of(2, 0x04) } as const;

/** A name's attribute is no longer than this, in characters (RFC 5280 A.1, ub-common-name). */
const longestAttribute = 64;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * An authority's own certificate (RFC 5280): for certificates of TLS clients alone, with none between it and theirs.
 * @param key P-256, private
 * @param organisation whose it is, for people
 * @returns PEM
 */
export function authorityCertificate(
  key: KeyObject,
  publicKey: KeyObject,
  organisation: string,
  validity: Validity,
): string {
  const info = infoOf(publicKey);
  const keyId = keyIdOf(info);
  // Each authority has a name of its own, so that no reader takes one for the other.
  const name = nameOf({ organisation, commonName: `Waarborg agents ${keyId.toString('hex', 0, 8)}` });
  const extensions = [
    extension(oids.basicConstraints, true, sequence(encodeElement(tags.boolean, Buffer.of(0xff)), integer(0))),
    extension(oids.keyUsage, true, encodeElement(tags.bitString, usages.certificateSigning)),
    extension(oids.extendedKeyUsage, false, sequence(encodeOid(clientAuthentication))),
    extension(oids.subjectKeyIdentifier, false, encodeElement(tags.octetString, keyId)),
  ];
  return signed(key, { issuer: name, subject: name, info, validity, extensions });
}

export interface ClientOrder {
  /** The authority's private key, and its certificate. */
  readonly key: KeyObject;
  readonly authority: X509Certificate;
  /** What is read of the certificate later: whose it is. */
  readonly uri: string;
  /** For people who look at it; cut where it is long. */
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
}

/**
 * A TLS client's certificate (RFC 5280).
 * @returns PEM
 */
export function clientCertificate({ key, authority, uri, commonName, publicKey, validity }: ClientOrder): string {
  const info = infoOf(publicKey);
  const { subject, publicKeyInfo } = parseCertificateFields(authority.raw);
  const authorityKeyId = keyIdOf(encodeElement(tags.sequence, publicKeyInfo));
  const extensions = [
    extension(oids.basicConstraints, true, sequence()),
    extension(oids.keyUsage, true, encodeElement(tags.bitString, usages.digitalSignature)),
    extension(oids.extendedKeyUsage, true, sequence(encodeOid(clientAuthentication))),
    extension(oids.subjectAltName, false, sequence(encodeElement(written.uri, Buffer.from(uri)))),
    extension(oids.subjectKeyIdentifier, false, encodeElement(tags.octetString, keyIdOf(info))),
    extension(oids.authorityKeyIdentifier, false, sequence(encodeElement(written.keyIdentifier, authorityKeyId))),
  ];
  const issuer = encodeElement(tags.sequence, subject);
  return signed(key, { issuer, subject: nameOf({ commonName }), info, validity, extensions });
}

interface Content {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly info: Buffer;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
}

/** `Certificate` (RFC 5280 4.1), signed by ECDSA with SHA-256 (RFC 5758 3.2). */
function signed(key: KeyObject, { issuer, subject, info, validity, extensions }: Content): string {
  const algorithm = sequence(encodeOid(oids.ecdsaWithSha256));
  const body = sequence(
    encodeElement(written.version, integer(2)),
    encodeElement(tags.integer, serialNumber()),
    algorithm,
    issuer,
    sequence(time(validity.notBefore), time(validity.notAfter)),
    subject,
    info,
    encodeElement(written.extensions, sequence(...extensions)),
  );
  const signature = encodeElement(tags.bitString, Buffer.of(0), sign('sha256', body, key));
  return pemOf(sequence(body, algorithm, signature));
}

/** 127 random bits, and never zero: positive, and no longer than 20 bytes (RFC 5280 4.1.2.2). */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function infoOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** The first 160 bits of SHA-256 over the key's own bits (RFC 7093 2, method 1). */
function keyIdOf(info: Uint8Array): Buffer {
  const [, key] = elementsOf(element(new ByteReader(info), tags.sequence));
  // The first byte of a BIT STRING counts bits that are left over at its end; a key has none.
  return createHash('sha256')
    .update(key?.content.subarray(1) ?? '')
    .digest()
    .subarray(0, 20);
}

function nameOf({ organisation, commonName }: { organisation?: string; commonName: string }): Buffer {
  const attributes = [
    ...(organisation === undefined ? [] : ([[oids.organisation, organisation]] as const)),
    [oids.commonName, commonName] as const,
  ];
  return sequence(
    ...attributes.map(([oid, text]) => {
      const value = encodeElement(written.utf8String, Buffer.from(text.slice(0, longestAttribute)));
      return encodeElement(tags.set, sequence(encodeOid(oid), value));
    }),
  );
}

/** Two digits for the year up to 2049, four from 2050 (RFC 5280 4.1.2.5). */
function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return moment.getUTCFullYear() < 2050
    ? encodeElement(written.utcTime, Buffer.from(digits.slice(2)))
    : encodeElement(written.generalizedTime, Buffer.from(digits));
}

function extension(oid: string, isCritical: boolean, value: Buffer): Buffer {
  // What is not critical is not said: DER leaves out what is so anyway (X.690 11.5).
  const critical = isCritical ? [encodeElement(tags.boolean, Buffer.of(0xff))] : [];
  return sequence(encodeOid(oid), ...critical, encodeElement(tags.octetString, value));
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return encodeElement(tags.sequence, ...contents);
}

/** Below 128. */
function integer(value: number): Buffer {
  return encodeElement(tags.integer, Buffer.of(value));
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
