import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { decodeBase64, decodeUtf8 } from './encoding.ts';
import { EvidenceError } from './error.ts';
import { signatureLength } from './keys.ts';
import { isKeyName, logKey, witnessKey, type LogKey, type NoteKey, type WitnessKey } from './vkey.ts';

/**
 * Signed notes (C2SP signed-note 1.0.0): a text, a blank line, and lines with a signature each. A signature covers the
 * text with its last line end, but not the blank line. Lines, here, end in "\n": a signature line is added to a note by
 * writing it at the end.
 */
export interface OpenNote {
  readonly text: string;
  /** Verified, one a key: their number is the number of known signers. */
  readonly signatures: readonly NoteSignature[];
  /** Signature lines of keys that are not known. They prove nothing. */
  readonly unknown: readonly string[];
}

export type NoteSignature = LogSignature | Cosignature;

export interface LogSignature {
  readonly type: LogKey['type'];
  readonly key: LogKey;
  readonly line: string;
}

export interface Cosignature {
  readonly type: WitnessKey['type'];
  readonly key: WitnessKey;
  readonly line: string;
  /** By the witness's clock, to the second. It may lie in the future: that is for the reader to judge. */
  readonly at: Date;
}

export interface LogSigner {
  readonly key: LogKey;
  readonly privateKey: KeyObject;
}

export interface WitnessSigner {
  readonly key: WitnessKey;
  readonly privateKey: KeyObject;
}

const maximumLines = 100;
const keyIdLength = 4;
const timeLength = 8;

/** The last moment that a Date can hold, in seconds (ECMA-262, "Time Values and Time Range"). */
const lastSecond = 8_640_000_000_000n;

/** @param privateKey Ed25519 */
export function logSigner(origin: string, privateKey: KeyObject): LogSigner {
  return { key: logKey(origin, createPublicKey(privateKey)), privateKey };
}

/** @param privateKey Ed25519, used for nothing else: C2SP tlog-cosignature asks for a key of its own */
export function witnessSigner(name: string, privateKey: KeyObject): WitnessSigner {
  return { key: witnessKey(name, createPublicKey(privateKey)), privateKey };
}

/**
 * A note of this text, with one signature for each signer.
 * @param text ends in a line end
 * @throws EvidenceError `note.malformed` for a text that no note can hold
 */
export function signNote(text: string, signer: LogSigner, ...more: readonly LogSigner[]): string {
  const bytes = textBytes(text);
  const lines = [signer, ...more].map(({ key, privateKey }) => signatureLine(key, sign(null, bytes, privateKey)));
  return `${text}\n${lines.join('')}`;
}

/**
 * A witness's signature line for the note of this text (C2SP tlog-cosignature, cosignature/v1).
 * @param at when the witness saw it; kept to the second
 * @throws EvidenceError `note.malformed` for a text that no note can hold
 * @throws RangeError for a moment that is none, or before 1970
 */
export function cosign(text: string, signer: WitnessSigner, at: Date): string {
  textBytes(text);
  const seconds = BigInt(Math.floor(at.getTime() / 1000));
  const time = Buffer.alloc(timeLength);
  time.writeBigUInt64BE(seconds);
  const signature = sign(null, cosignedBytes(text, seconds), signer.privateKey);
  return signatureLine(signer.key, Buffer.concat([time, signature]));
}

/**
 * Reads a note and verifies its signatures. One that is said to be of a known key must hold, or the whole note is
 * refused; lines of unknown keys are passed over.
 *
 * @example
 *   const { text } = openNote(note, [parseVkey('example.com/log42+faf97cfd+AYqI4910…')]);
 *
 * @throws EvidenceError `note.malformed`, `note.signature`, or `note.no-known-signature` where no known key signed
 */
export function openNote(note: string | Uint8Array, keys: readonly NoteKey[]): OpenNote {
  const { text, lines } = split(note);
  const signatures: NoteSignature[] = [];
  const unknown: string[] = [];
  for (const line of lines) {
    const { name, id, payload } = parseLine(line);
    const key = keys.find((known) => known.name === name && known.id === id);
    if (key === undefined) {
      unknown.push(line);
      continue;
    }
    const signature = verifyLine(text, key, payload, line);
    if (!signatures.some((earlier) => earlier.key === key)) signatures.push(signature);
  }
  if (signatures.length === 0) {
    const wanted = keys.map(({ name, id }) => `${name} (${id})`).join(', ');
    throw new EvidenceError('note.no-known-signature', `no known key signed the note; expected ${wanted || 'a key'}`);
  }
  return { text, signatures, unknown };
}

/** A signature line of a witness whose key is not known. It proves nothing. */
export interface UnknownSignature {
  readonly type: 'unknown';
  readonly name: string;
}

/**
 * Reads one witness's signature line that stands apart from its note.
 * @param text of the note, with its last line end
 * @param line without its line end
 * @throws EvidenceError `note.malformed`, or `note.signature` where the line of a known key is not over this text
 */
export function openCosignature(
  text: string,
  line: string,
  keys: readonly WitnessKey[],
): Cosignature | UnknownSignature {
  const { name, id, payload } = parseLine(`${line}\n`);
  const key = keys.find((known) => known.name === name && known.id === id);
  return key === undefined ? { type: 'unknown', name } : verifyCosignature(text, key, payload, `${line}\n`);
}

function split(note: string | Uint8Array): { text: string; lines: string[] } {
  const whole = typeof note === 'string' ? note : decodeUtf8(note);
  if (whole === undefined) throw malformed('it is not UTF-8');
  // The text may hold blank lines itself, a signature line cannot.
  const blankLine = whole.lastIndexOf('\n\n');
  if (blankLine === -1) throw malformed('there is no blank line before the signatures');
  const text = whole.slice(0, blankLine + 1);
  textBytes(whole);
  const lines = whole.slice(blankLine + 2).match(/[^\n]*\n/g) ?? [];
  if (lines.length < 1 || lines.length > maximumLines) {
    throw malformed(`it has ${lines.length} signature lines, expected 1 to ${maximumLines}`);
  }
  return { text, lines };
}

/** The bytes of a text that may stand in a note: UTF-8 without controls but line ends, of which it has one at its end. */
function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (!text.endsWith('\n')) throw malformed('it does not end in a line end');
  if (!text.isWellFormed()) throw malformed('it has half a surrogate pair, which UTF-8 cannot write');
  if (bytes.some((byte) => byte < 0x20 && byte !== 0x0a)) throw malformed('it has a control character');
  return bytes;
}

function parseLine(line: string): { name: string; id: string; payload: Buffer } {
  const [dash, name = '', encoded = '', ...rest] = line.slice(0, -1).split(' ');
  const bytes = decodeBase64(encoded);
  if (dash !== '\u2014' || !isKeyName(name) || rest.length > 0 || bytes === undefined || bytes.length <= keyIdLength) {
    throw malformed('a signature line is not of the form "\u2014 name base64"');
  }
  return { name, id: bytes.toString('hex', 0, keyIdLength), payload: bytes.subarray(keyIdLength) };
}

function verifyLine(text: string, key: NoteKey, payload: Buffer, line: string): NoteSignature {
  switch (key.type) {
    case 'ed25519':
      if (!verify(null, Buffer.from(text), key.publicKey, payload)) throw badSignature(key);
      return { type: key.type, key, line };
    case 'cosignature/v1':
      return verifyCosignature(text, key, payload, line);
  }
}

function verifyCosignature(text: string, key: WitnessKey, payload: Buffer, line: string): Cosignature {
  if (payload.length !== timeLength + signatureLength) throw badSignature(key);
  const seconds = payload.readBigUInt64BE();
  const isBeyond = seconds > lastSecond;
  if (isBeyond || !verify(null, cosignedBytes(text, seconds), key.publicKey, payload.subarray(timeLength))) {
    throw badSignature(key);
  }
  return { type: key.type, key, line, at: new Date(Number(seconds) * 1000) };
}

function badSignature({ name, id }: NoteKey): EvidenceError {
  return new EvidenceError('note.signature', `the signature of ${name} (${id}) is not over this text`);
}

function cosignedBytes(text: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

function signatureLine(key: NoteKey, payload: Buffer): string {
  return `\u2014 ${key.name} ${Buffer.concat([Buffer.from(key.id, 'hex'), payload]).toString('base64')}\n`;
}

function malformed(found: string): EvidenceError {
  return new EvidenceError('note.malformed', `a malformed note: ${found}`);
}
