import { sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { hasMembers, isList, isText } from '../policies/shapes.ts';
import { Base64, decodeBase64, isBase64 } from './encoding.ts';
import { EvidenceError } from './error.ts';
import { keyidOf, signatureLength } from './keys.ts';

const keyidForm = /^[0-9a-f]{16}$/;
const encodedSignature = 4 * Math.ceil(signatureLength / 3);
const longestType = 255;
const maximumSignatures = 8;

const Signature = z.strictObject({
  /** Which key made it: `keyidOf` of that key. */
  keyid: z.string().regex(keyidForm, 'expected 16 hexadecimal digits'),
  sig: Base64.length(encodedSignature, `expected an Ed25519 signature: ${signatureLength} bytes in base64`),
});

/**
 * A DSSE envelope (github.com/secure-systems-lab/dsse, version 1.0.2): bytes, their type, and signatures over both.
 * It is made to be one entry of the log, so its payload is no longer than an entry can be.
 */
export const Envelope = z.strictObject({
  payload: Base64,
  payloadType: z.string().min(1).max(longestType),
  signatures: z.array(Signature).min(1).max(maximumSignatures),
});
export type Envelope = z.output<typeof Envelope>;

/** What `Envelope` says of a value whose members are in its order, in a fraction of its time. */
export function isEnvelope(json: unknown): json is Envelope {
  return (
    hasMembers(json, ['payload', 'payloadType', 'signatures']) &&
    isBase64(json.payload) &&
    isText(json.payloadType, longestType) &&
    json.payloadType !== '' &&
    isList(json.signatures, maximumSignatures) &&
    json.signatures.length > 0 &&
    json.signatures.every(isSignature)
  );
}

function isSignature(json: unknown): json is Envelope['signatures'][number] {
  return (
    hasMembers(json, ['keyid', 'sig']) &&
    typeof json.keyid === 'string' &&
    keyidForm.test(json.keyid) &&
    isBase64(json.sig) &&
    json.sig.length === encodedSignature
  );
}

/** The bytes that an envelope's signatures are made over: its pre-authentication encoding. Lengths count bytes. */
export function preAuthenticationEncoding(payloadType: string, body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `;
  return Buffer.concat([Buffer.from(head), body]);
}

/**
 * Signs bytes of a type, with every key given.
 * @param privateKey Ed25519
 * @throws EvidenceError `key.malformed` for a key of another kind
 */
export function signEnvelope(
  payloadType: string,
  body: Uint8Array,
  privateKey: KeyObject,
  ...more: readonly KeyObject[]
): Envelope {
  const signed = preAuthenticationEncoding(payloadType, body);
  const signatures = [privateKey, ...more].map((key) => ({
    keyid: keyidOf(key),
    sig: sign(null, signed, key).toString('base64'),
  }));
  return { payload: Buffer.from(body).toString('base64'), payloadType, signatures };
}

/** What somebody found out of an envelope before it is opened. */
export interface KnownOfEnvelope {
  /** Whether its signatures under this key hold. */
  readonly isSigned?: ((envelope: Envelope, publicKey: KeyObject) => boolean) | undefined;
  /** As `unverifiedPayload` gave it. */
  readonly payload?: Buffer;
}

/**
 * The very bytes that the key signed. Use these, and never what can be made from them again.
 *
 * Signatures under other key ids are passed over: an envelope may bear more than one. Every signature under this key's
 * id must hold.
 * @param publicKey Ed25519, of the one who should have signed
 * @param payloadType what the bytes are to be used as: one signed for another use is refused
 * @param known what has been found out before: whether the signatures under this key hold, and the payload
 * @throws EvidenceError `envelope.type`, `envelope.signature` or `envelope.malformed`
 */
export function openEnvelope(
  envelope: Envelope,
  publicKey: KeyObject,
  payloadType: string,
  known: KnownOfEnvelope = {},
): Buffer {
  const own = signaturesOf(envelope, publicKey, payloadType);
  const body = known.payload ?? unverifiedPayload(envelope);
  if (known.isSigned?.(envelope, publicKey) === true) return body;
  const { signed, signatures } = claimOver(body, own, payloadType);
  for (const signature of signatures) {
    if (!verify(null, signed, publicKey, signature)) throw notOver(publicKey);
  }
  return body;
}

/** As `openEnvelope`, but for the curve's arithmetic, which runs on another thread meanwhile. */
export async function openEnvelopeMeanwhile(
  envelope: Envelope,
  publicKey: KeyObject,
  payloadType: string,
): Promise<Buffer> {
  const { body, signed, signatures } = claimOf(envelope, publicKey, payloadType);
  for (const signature of signatures) {
    if (!(await verifyMeanwhile(signed, publicKey, signature))) throw notOver(publicKey);
  }
  return body;
}

function verifyMeanwhile(signed: Buffer, publicKey: KeyObject, signature: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, signed, publicKey, signature, (error, holds) => (error === null ? resolve(holds) : reject(error)));
  });
}

/** What an envelope claims that a key signed: at least one signature, of which each must hold. */
export interface Claim {
  readonly body: Buffer;
  /** The bytes that the signatures are over. */
  readonly signed: Buffer;
  readonly signatures: readonly Buffer[];
}

/**
 * What is to be verified before an envelope's payload may be used, for whoever does the arithmetic himself.
 * @throws EvidenceError `envelope.type`, `envelope.signature` where there is none of this key, or `envelope.malformed`
 */
export function claimOf(envelope: Envelope, publicKey: KeyObject, payloadType: string): Claim {
  return claimOver(unverifiedPayload(envelope), signaturesOf(envelope, publicKey, payloadType), payloadType);
}

function claimOver(body: Buffer, signatures: readonly string[], payloadType: string): Claim {
  const signed = preAuthenticationEncoding(payloadType, body);
  return { body, signed, signatures: signatures.map((signature) => decode(signature, 'signature')) };
}

/** In base64: at least one. */
function signaturesOf(envelope: Envelope, publicKey: KeyObject, payloadType: string): string[] {
  if (envelope.payloadType !== payloadType) {
    throw new EvidenceError(
      'envelope.type',
      `expected a payload of type ${payloadType}, found ${envelope.payloadType}`,
    );
  }
  const keyid = keyidOf(publicKey);
  const own = envelope.signatures.filter((signature) => signature.keyid === keyid);
  if (own.length === 0) {
    throw new EvidenceError('envelope.signature', `the envelope has no signature of key ${keyid}`);
  }
  return own.map(({ sig }) => sig);
}

function notOver(publicKey: KeyObject): EvidenceError {
  return new EvidenceError('envelope.signature', `the signature of key ${keyidOf(publicKey)} is not over this payload`);
}

/** What an envelope says before anyone has verified it: only to find whose key should. */
export function unverifiedPayload(envelope: Envelope): Buffer {
  return decode(envelope.payload, 'payload');
}

function decode(text: string, what: string): Buffer {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new EvidenceError('envelope.malformed', `the ${what} is not base64 with padding`);
  return bytes;
}
