import { hash, type KeyObject } from 'node:crypto';
import { decodeBase64 } from './encoding.ts';
import { EvidenceError } from './error.ts';
import { publicKeyFromRaw, publicKeyLength, rawPublicKey } from './keys.ts';

/** A key that signs notes as they stand: a log's, under the name of its origin. */
export interface LogKey extends NamedKey {
  readonly type: 'ed25519';
}

/** A key that signs checkpoints together with the moment it saw them: a witness's (C2SP tlog-cosignature). */
export interface WitnessKey extends NamedKey {
  readonly type: 'cosignature/v1';
}

interface NamedKey {
  readonly name: string;
  /** In hex: the first 4 bytes of SHA-256(name || 0x0A || type || public key). It tells keys apart, no more. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** A key that can be known to a reader of signed notes. */
export type NoteKey = LogKey | WitnessKey;

/** C2SP signed-note, "Signature types". */
const typeBytes = { ed25519: 0x01, 'cosignature/v1': 0x04 } as const;

/** @throws EvidenceError `vkey.malformed` for a name that is not one, `key.malformed` for a key that is not Ed25519 */
export function logKey(name: string, publicKey: KeyObject): LogKey {
  return { type: 'ed25519', name, id: keyIdOf(name, 'ed25519', publicKey), publicKey };
}

/** @throws EvidenceError `vkey.malformed` for a name that is not one, `key.malformed` for a key that is not Ed25519 */
export function witnessKey(name: string, publicKey: KeyObject): WitnessKey {
  return { type: 'cosignature/v1', name, id: keyIdOf(name, 'cosignature/v1', publicKey), publicKey };
}

/** The key as text, to be pinned elsewhere: name, key id in hex, and type and public key in base64, joined by "+". */
export function vkeyOf(key: NoteKey): string {
  return `${key.name}+${key.id}+${typedKey(key.type, key.publicKey).toString('base64')}`;
}

/**
 * Reads what `vkeyOf` writes (C2SP signed-note, "Verifier keys").
 * @throws EvidenceError `vkey.malformed`
 */
export function parseVkey(text: string): NoteKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const [, name, id, encoded] = match ?? [];
  const typed = decodeBase64(encoded ?? '');
  if (name === undefined || typed?.length !== 1 + publicKeyLength) {
    throw new EvidenceError('vkey.malformed', 'expected name+key id in 8 hexadecimal digits+base64 of a typed key');
  }
  const key = keyOfType(typed.readUInt8(0), name, publicKeyFromRaw(typed.subarray(1)));
  if (key.id !== id) {
    throw new EvidenceError('vkey.malformed', `the key of ${name} has id ${key.id}, but the text says ${id}`);
  }
  return key;
}

/**
 * Reads a log's key, refusing a witness's: those sign something else.
 * @throws EvidenceError `vkey.malformed`
 */
export function parseLogKey(text: string): LogKey {
  const key = parseVkey(text);
  if (key.type === 'ed25519') return key;
  throw new EvidenceError('vkey.malformed', `${key.name} is the key of a witness, expected that of a log`);
}

/**
 * Reads a witness's key, refusing a log's.
 * @throws EvidenceError `vkey.malformed`
 */
export function parseWitnessKey(text: string): WitnessKey {
  const key = parseVkey(text);
  if (key.type === 'cosignature/v1') return key;
  throw new EvidenceError('vkey.malformed', `${key.name} is the key of a log, expected that of a witness`);
}

function keyOfType(type: number, name: string, publicKey: KeyObject): NoteKey {
  switch (type) {
    case typeBytes.ed25519:
      return logKey(name, publicKey);
    case typeBytes['cosignature/v1']:
      return witnessKey(name, publicKey);
    default:
      throw new EvidenceError(
        'vkey.malformed',
        `the key of ${name} is of type ${type}; expected 1 (Ed25519) or 4 (Ed25519 cosignature/v1)`,
      );
  }
}

/** Whether a name may stand in a note: C2SP signed-note forbids spaces of any kind, controls and "+". */
export function isKeyName(name: string): boolean {
  return (
    name !== '' && name.isWellFormed() && !/[\p{White_Space}+]/u.test(name) && Array.from(name).every((c) => c > ' ')
  );
}

function keyIdOf(name: string, type: NoteKey['type'], publicKey: KeyObject): string {
  if (!isKeyName(name)) {
    throw new EvidenceError(
      'vkey.malformed',
      `${JSON.stringify(name)} is no key name: expected one without spaces or +`,
    );
  }
  const input = Buffer.concat([Buffer.from(`${name}\n`), typedKey(type, publicKey)]);
  return hash('sha256', input, 'buffer').toString('hex', 0, 4);
}

function typedKey(type: NoteKey['type'], publicKey: KeyObject): Buffer {
  return Buffer.concat([Buffer.of(typeBytes[type]), rawPublicKey(publicKey)]);
}
