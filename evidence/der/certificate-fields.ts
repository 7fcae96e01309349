import { ByteReader, Malformed } from './bytes.ts';
import { dotted, element, elementsOf, optionalElement, tags } from './elements.ts';

/** What the DER of a certificate holds and node:crypto does not give. Contents are without their own tag and length. */
export interface CertificateFields {
  /** 1 to 3. */
  readonly version: number;
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKeyInfo: Uint8Array;
  /** By object identifier in dots. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/**
 * `TBSCertificate` (RFC 5280 4.1).
 * @throws Malformed
 */
export function parseCertificateFields(der: Uint8Array): CertificateFields {
  const body = new ByteReader(element(new ByteReader(element(new ByteReader(der), tags.sequence)), tags.sequence));
  const versionField = optionalElement(body, 0xa0);
  const version = versionField === undefined ? 1 : 1 + smallNumber(element(new ByteReader(versionField), tags.integer));
  const serial = element(body, tags.integer);
  element(body, tags.sequence); // signature
  const issuer = element(body, tags.sequence);
  element(body, tags.sequence); // validity
  const subject = element(body, tags.sequence);
  const publicKeyInfo = element(body, tags.sequence);
  optionalElement(body, 0x81); // issuerUniqueID
  optionalElement(body, 0x82); // subjectUniqueID
  const wrapped = optionalElement(body, 0xa3);
  const extensions = wrapped === undefined ? [] : elementsOf(element(new ByteReader(wrapped), tags.sequence));
  return {
    version,
    serial,
    issuer,
    subject,
    publicKeyInfo,
    extensions: parseExtensions(extensions.map(({ content }) => content)),
  };
}

/** One of each kind (RFC 5280 4.2): of two, another reader might heed the other. */
function parseExtensions(contents: readonly Uint8Array[]): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const content of contents) {
    const reader = new ByteReader(content);
    const oid = dotted(element(reader, tags.objectIdentifier));
    const critical = optionalElement(reader, tags.boolean)?.[0] === 0xff;
    if (extensions.has(oid)) throw new Malformed('an extension stands there twice');
    extensions.set(oid, { critical, value: element(reader, tags.octetString) });
  }
  return extensions;
}

/** A non-negative INTEGER; more than four bytes of it are no sensible version or path length. */
export function smallNumber(content: Uint8Array): number {
  if (content.length === 0 || content.length > 4 || (content[0] ?? 0) >= 0x80) {
    throw new Malformed('a number is too large');
  }
  return new ByteReader(content).number(content.length);
}
