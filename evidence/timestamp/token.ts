import { X509Certificate } from 'node:crypto';
import { ByteReader, Malformed } from '../der/bytes.ts';
import { encodeElement } from '../der/encode.ts';
import {
  dotted,
  element,
  elementsOf,
  expectEnd,
  nextElement,
  onlyElement,
  optionalElement,
  rawElementsOf,
  tags,
  type Element,
} from '../der/elements.ts';
import { EvidenceError } from '../error.ts';

/**
 * A TimeStampToken (RFC 3161 2.4.2): CMS SignedData (RFC 5652 5) around a TSTInfo, in DER. Read, and nothing of it
 * verified.
 */
export interface TimestampToken {
  readonly info: TimestampInfo;
  /** The bytes of the TSTInfo, to which the signer's message digest has to be equal. */
  readonly content: Uint8Array;
  readonly signer: SignerInfo;
  /** Everything that the token brings, in its order. */
  readonly certificates: readonly X509Certificate[];
}

/** What the authority states. */
export interface TimestampInfo {
  readonly imprint: { readonly algorithm: string; readonly hash: Uint8Array };
  /** To the millisecond; what is finer than that is cut off. */
  readonly at: Date;
  readonly nonce: Uint8Array | undefined;
}

export interface SignerInfo {
  /** How the signer's certificate is named: the DER of issuer and serial number, or its subject key identifier. */
  readonly sid:
    | { readonly by: 'issuer'; readonly issuer: Uint8Array; readonly serial: Uint8Array }
    | { readonly by: 'key'; readonly keyId: Uint8Array };
  readonly digestAlgorithm: string;
  /** The DER that the signature covers: the signed attributes as a SET (RFC 5652 5.4). */
  readonly signedBytes: Uint8Array;
  /** Values by attribute; each attribute has one. */
  readonly attributes: ReadonlyMap<string, Element>;
  readonly signatureAlgorithm: Algorithm;
  readonly signature: Uint8Array;
}

/** AlgorithmIdentifier (RFC 5280 4.1.1.2). */
export interface Algorithm {
  readonly oid: string;
  readonly parameters: Element | undefined;
}

const signedDataOid = '1.2.840.113549.1.7.2';

/** What such a token holds: id-ct-TSTInfo. */
export const timestampInfoOid = '1.2.840.113549.1.9.16.1.4';

/** Constructed, of the context: `[0]`, `[1]`. */
const [context0, context1] = [0xa0, 0xa1];
const generalizedTime = 0x18;

/** A chain is three or four certificates; more is somebody's attempt to keep the reader busy. */
const maximumCertificates = 16;

/**
 * @param der of the ContentInfo
 * @throws EvidenceError `timestamp.malformed`
 */
export function parseToken(der: Uint8Array): TimestampToken {
  try {
    return readToken(der);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new EvidenceError('timestamp.malformed', `this is no time-stamp token in DER: ${error.message}`);
  }
}

/** AlgorithmIdentifier, from its content. */
export function parseAlgorithm(content: Uint8Array): Algorithm {
  const reader = new ByteReader(content);
  const oid = dotted(element(reader, tags.objectIdentifier));
  const parameters = reader.remaining > 0 ? nextElement(reader) : undefined;
  expectEnd(reader);
  return { oid, parameters };
}

function readToken(der: Uint8Array): TimestampToken {
  const outer = new ByteReader(der);
  const contentInfo = new ByteReader(element(outer, tags.sequence));
  expectEnd(outer);
  expectOid(contentInfo, signedDataOid);
  const signedData = new ByteReader(onlyElement(element(contentInfo, context0), tags.sequence));
  element(signedData, tags.integer); // version
  element(signedData, tags.set); // digestAlgorithms: what the signer says of itself counts
  const content = readContent(element(signedData, tags.sequence));
  const certificates = readCertificates(optionalElement(signedData, context0));
  optionalElement(signedData, context1); // crls
  const signers = element(signedData, tags.set);
  expectEnd(signedData);
  // RFC 3161 2.4.2: the token is signed by the authority and by nobody else.
  const signer = readSigner(onlyElement(signers, tags.sequence));
  return { info: readInfo(content), content, signer, certificates };
}

/** EncapsulatedContentInfo. */
function readContent(encapsulated: Uint8Array): Uint8Array {
  const reader = new ByteReader(encapsulated);
  expectOid(reader, timestampInfoOid);
  return onlyElement(element(reader, context0), tags.octetString);
}

function readCertificates(set: Uint8Array | undefined): X509Certificate[] {
  const elements = set === undefined ? [] : rawElementsOf(set);
  if (elements.length > maximumCertificates) throw new Malformed(`more than ${maximumCertificates} certificates`);
  return elements.map((der) => {
    try {
      return new X509Certificate(der);
    } catch {
      throw new Malformed('one of its certificates is none');
    }
  });
}

/** TSTInfo (RFC 3161 2.4.2). Extensions are not asked for, and of no meaning here. */
function readInfo(content: Uint8Array): TimestampInfo {
  const reader = new ByteReader(onlyElement(content, tags.sequence));
  const version = element(reader, tags.integer);
  if (version.length !== 1 || version[0] !== 1) throw new Malformed('a TSTInfo of another version than 1');
  element(reader, tags.objectIdentifier); // policy
  const imprint = new ByteReader(element(reader, tags.sequence));
  const { oid: algorithm } = parseAlgorithm(element(imprint, tags.sequence));
  const hash = element(imprint, tags.octetString);
  element(reader, tags.integer); // serialNumber
  const at = parseTime(Buffer.from(element(reader, generalizedTime)).toString('latin1'));
  optionalElement(reader, tags.sequence); // accuracy
  optionalElement(reader, tags.boolean); // ordering
  return { imprint: { algorithm, hash }, at, nonce: optionalElement(reader, tags.integer) };
}

/** RFC 3161 2.4.2: `YYYYMMDDhhmmss[.s...]Z`, in UTC. */
function parseTime(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?Z$/.exec(text);
  const [, year, month, day, hour, minute, second, fraction = ''] = match ?? [];
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const iso = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${milliseconds}Z`;
  const at = new Date(iso);
  // Dates that are none, such as 30 February, come out as another day, or as none.
  if (Number.isNaN(at.getTime()) || at.toISOString() !== iso) throw new Malformed('a time that is none');
  return at;
}

/** SignerInfo (RFC 5652 5.3). */
function readSigner(content: Uint8Array): SignerInfo {
  const reader = new ByteReader(content);
  element(reader, tags.integer); // version
  const sid = readSid(nextElement(reader));
  const { oid: digestAlgorithm } = parseAlgorithm(element(reader, tags.sequence));
  const set = element(reader, context0);
  const signatureAlgorithm = parseAlgorithm(element(reader, tags.sequence));
  const signature = element(reader, tags.octetString);
  optionalElement(reader, context1); // unsignedAttrs: nobody vouches for them
  expectEnd(reader);
  const attributes = readAttributes(set);
  // In the token the attributes bear the tag [0]; what is signed bears that of a SET.
  const signedBytes = encodeElement(tags.set, set);
  return { sid, digestAlgorithm, signedBytes, attributes, signatureAlgorithm, signature };
}

function readSid({ tag, content }: Element): SignerInfo['sid'] {
  if (tag === 0x80) return { by: 'key', keyId: content };
  if (tag !== tags.sequence) throw new Malformed('a signer without a name');
  const reader = new ByteReader(content);
  return { by: 'issuer', issuer: element(reader, tags.sequence), serial: element(reader, tags.integer) };
}

/** Each once, and each with one value: of two, another reader might heed the other (RFC 5652 11). */
function readAttributes(set: Uint8Array): ReadonlyMap<string, Element> {
  const attributes = new Map<string, Element>();
  for (const { tag, content } of elementsOf(set)) {
    if (tag !== tags.sequence) throw new Malformed('a signed attribute is none');
    const reader = new ByteReader(content);
    const oid = dotted(element(reader, tags.objectIdentifier));
    const [value, ...more] = elementsOf(element(reader, tags.set));
    if (value === undefined || more.length > 0) throw new Malformed('a signed attribute without its one value');
    if (attributes.has(oid)) throw new Malformed('a signed attribute stands there twice');
    attributes.set(oid, value);
  }
  return attributes;
}

function expectOid(reader: ByteReader, oid: string): void {
  const found = dotted(element(reader, tags.objectIdentifier));
  if (found !== oid) throw new Malformed(`content of type ${found} where ${oid} was expected`);
}
