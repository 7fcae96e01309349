import { decodeBase64, decodeDecimal } from './encoding.ts';
import { EvidenceError } from './error.ts';
import { emptyRoot, hashLength } from './merkle.ts';
import { cosign, openNote, signNote, type Cosignature, type LogSigner, type WitnessSigner } from './note.ts';
import { isKeyName, type LogKey, type WitnessKey } from './vkey.ts';

/** The head of a log: which log, how many entries, and the root of their tree (C2SP tlog-checkpoint 1.0.0). */
export interface Checkpoint {
  /** A URL without its scheme, such as `example.com/log42`; also the name of the log's key. */
  readonly origin: string;
  /** In entries. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
}

/** A checkpoint that the log's key signed. */
export interface OpenCheckpoint extends Checkpoint {
  /** What the signatures cover. */
  readonly text: string;
  /** Of known witnesses, one each. */
  readonly cosignatures: readonly Cosignature[];
}

/** @throws EvidenceError `checkpoint.malformed` where the checkpoint cannot be that of a log */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root.toString('base64')}\n`;
  parseCheckpoint(text);
  return text;
}

/**
 * Reads the text of a checkpoint. Lines after the root, which the format leaves for extensions, are refused: nothing in
 * a signed head may go unread.
 * @throws EvidenceError `checkpoint.malformed`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin = '', decimal = '', encoded = '', end] = lines;
  if (lines.length !== 4 || end !== '') {
    throw malformed(`${lines.length - 1} line ends; expected 3 lines: origin, size and root`);
  }
  if (!isKeyName(origin)) throw malformed('an origin that is empty, or has spaces or +');
  const size = decodeDecimal(decimal);
  if (size === undefined) throw malformed('a size that is not a plain decimal number below 2^53');
  const root = decodeBase64(encoded);
  if (root?.length !== hashLength) throw malformed(`a root that is not ${hashLength} bytes in base64`);
  if (size === 0 && !root.equals(emptyRoot)) throw malformed('size 0 and a root that is not that of the empty tree');
  return { origin, size, root };
}

/**
 * The checkpoint as a signed note. Whoever calls this has made sure that it is consistent with every one signed before.
 * @throws EvidenceError `checkpoint.origin` where a signer is of another log, `checkpoint.malformed`
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: LogSigner, ...more: readonly LogSigner[]): string {
  for (const { key } of [signer, ...more]) expectOrigin(checkpoint.origin, key);
  return signNote(formatCheckpoint(checkpoint), signer, ...more);
}

/**
 * A witness's signature line for a checkpoint. Whoever calls this has seen that it extends the last one of its origin.
 * @param at when that was seen
 * @throws EvidenceError `checkpoint.malformed`
 */
export function cosignCheckpoint(checkpoint: Checkpoint, signer: WitnessSigner, at: Date): string {
  return cosign(formatCheckpoint(checkpoint), signer, at);
}

/**
 * Reads a signed checkpoint. It must bear the signature of one of the log's keys: witnesses alone do not make a head.
 * @param logKeys more than one while a log changes its key
 * @param witnessKeys whose cosignatures count; every one of theirs on the note must hold
 * @throws EvidenceError `note.malformed`, `note.signature`, `note.no-known-signature`, `checkpoint.malformed`, or
 *   `checkpoint.origin` where the key that signed is of another log
 */
export function openCheckpoint(
  note: string | Uint8Array,
  logKeys: readonly LogKey[],
  witnessKeys: readonly WitnessKey[] = [],
): OpenCheckpoint {
  const { text, signatures } = openNote(note, [...logKeys, ...witnessKeys]);
  const checkpoint = parseCheckpoint(text);
  const logSignatures = signatures.filter((signature) => signature.type === 'ed25519');
  if (logSignatures.length === 0) {
    throw new EvidenceError('note.no-known-signature', `witnesses signed the checkpoint, but no key of the log did`);
  }
  for (const { key } of logSignatures) expectOrigin(checkpoint.origin, key);
  return { ...checkpoint, text, cosignatures: signatures.filter((signature) => signature.type === 'cosignature/v1') };
}

function expectOrigin(origin: string, key: LogKey): void {
  if (key.name === origin) return;
  throw new EvidenceError('checkpoint.origin', `the checkpoint is of ${origin}, its key is that of ${key.name}`);
}

function malformed(found: string): EvidenceError {
  return new EvidenceError('checkpoint.malformed', `this is no checkpoint: it has ${found}`);
}
