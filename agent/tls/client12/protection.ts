import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Malformed } from '../../../evidence/der/bytes.ts';
import { uint16 } from '../bytes.ts';
import type { Cipher } from './suites.ts';

/** The secrets of one direction (RFC 5246 6.3). */
export interface DirectionKeys {
  readonly macKey: Uint8Array;
  readonly key: Uint8Array;
  /** TLS 1.0: the first record's; AEAD: the part of the nonce that stays, or what its numbers are laid over. */
  readonly iv: Uint8Array;
}

/** Makes protected fragments, in order. */
export interface Sealer {
  seal(type: number, content: Uint8Array): Uint8Array;
}

/** Takes protected fragments, in order. */
export interface Opener {
  /** @throws Malformed where it is not what the peer with these secrets would send */
  open(type: number, fragment: Uint8Array): Uint8Array;
}

type CbcCipher = Extract<Cipher, { mode: 'cbc' }>;
type AeadCipher = Extract<Cipher, { mode: 'aead' }>;

const tls10 = 0x0301;
/** Bytes, of every AEAD here. */
export const nonceSize = 12;
/** Bytes of the part that is sent. */
const explicitSize = 8;

export function sealerFor(cipher: Cipher, version: number, keys: DirectionKeys): Sealer {
  return cipher.mode === 'cbc' ? new CbcSealer(cipher, version, keys) : new AeadSealer(cipher, version, keys);
}

export function openerFor(cipher: Cipher, version: number, keys: DirectionKeys): Opener {
  return cipher.mode === 'cbc' ? new CbcOpener(cipher, version, keys) : new AeadOpener(cipher, version, keys);
}

/** RFC 5246 6.2.3.2 (MAC, then padding, then encryption). Its steps can be had one by one, to make records go wrong. */
export class CbcSealer implements Sealer {
  readonly cipher: CbcCipher;
  readonly #version: number;
  readonly #keys: DirectionKeys;
  #iv: Uint8Array;
  #sequence = 0n;

  constructor(cipher: CbcCipher, version: number, keys: DirectionKeys) {
    this.cipher = cipher;
    this.#version = version;
    this.#keys = keys;
    this.#iv = keys.iv;
  }

  seal(type: number, content: Uint8Array): Uint8Array {
    const authentic = Buffer.concat([content, this.mac(type, content)]);
    return this.encrypt(Buffer.concat([authentic, padding(authentic.length, this.cipher.blockSize)]));
  }

  /** The MAC that the next record has to carry. */
  mac(type: number, content: Uint8Array): Buffer {
    return macOf(this.cipher, this.#keys, pseudoHeader(this.#sequence, type, this.#version, content.length), content);
  }

  /** @param plain content, MAC and padding: whole blocks; the next record */
  encrypt(plain: Uint8Array): Uint8Array {
    const isChained = this.#version === tls10;
    const iv = isChained ? this.#iv : randomBytes(this.cipher.blockSize);
    const cipher = createCipheriv(this.cipher.name, this.#keys.key, iv).setAutoPadding(false);
    const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
    this.#iv = encrypted.subarray(-this.cipher.blockSize);
    this.#sequence += 1n;
    return isChained ? encrypted : Buffer.concat([iv, encrypted]);
  }
}

/** The least padding that fills the last block: each byte says how many stand before the last. */
export function padding(length: number, blockSize: number): Buffer {
  const size = blockSize - (length % blockSize);
  return Buffer.alloc(size, size - 1);
}

class CbcOpener implements Opener {
  readonly #cipher: CbcCipher;
  readonly #version: number;
  readonly #keys: DirectionKeys;
  #iv: Uint8Array;
  #sequence = 0n;

  constructor(cipher: CbcCipher, version: number, keys: DirectionKeys) {
    this.#cipher = cipher;
    this.#version = version;
    this.#keys = keys;
    this.#iv = keys.iv;
  }

  open(type: number, fragment: Uint8Array): Uint8Array {
    const { blockSize, macSize, name } = this.#cipher;
    const isChained = this.#version === tls10;
    const iv = isChained ? this.#iv : fragment.subarray(0, blockSize);
    const encrypted = isChained ? fragment : fragment.subarray(blockSize);
    if (encrypted.length === 0 || encrypted.length % blockSize !== 0)
      throw new Malformed('a record has part of a block');
    const decipher = createDecipheriv(name, this.#keys.key, iv).setAutoPadding(false);
    const plain = Buffer.concat([decipher.update(encrypted), decipher.final()]);
    this.#iv = encrypted.subarray(-blockSize);
    const content = withoutPadding(plain, macSize);
    const mac = plain.subarray(content.length, content.length + macSize);
    const header = pseudoHeader(this.#sequence++, type, this.#version, content.length);
    if (!timingSafeEqual(mac, macOf(this.#cipher, this.#keys, header, content))) throw new Malformed('a MAC is wrong');
    return content;
  }
}

function withoutPadding(plain: Buffer, macSize: number): Buffer {
  const size = (plain.at(-1) ?? 0) + 1;
  const end = plain.length - size - macSize;
  if (end < 0 || plain.subarray(-size).some((byte) => byte !== size - 1)) throw new Malformed('a padding is wrong');
  return plain.subarray(0, end);
}

function macOf(cipher: CbcCipher, { macKey }: DirectionKeys, header: Uint8Array, content: Uint8Array): Buffer {
  return createHmac(cipher.mac, macKey).update(header).update(content).digest();
}

/** What is authenticated beside the content: number, type, version, length. */
function pseudoHeader(sequence: bigint, type: number, version: number, length: number): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(sequence);
  return Buffer.from([...number, type, ...uint16(version), ...uint16(length)]);
}

/** RFC 5246 6.2.3.3. */
class AeadSealer implements Sealer {
  readonly #cipher: AeadCipher;
  readonly #version: number;
  readonly #keys: DirectionKeys;
  #sequence = 0n;

  constructor(cipher: AeadCipher, version: number, keys: DirectionKeys) {
    this.#cipher = cipher;
    this.#version = version;
    this.#keys = keys;
  }

  seal(type: number, content: Uint8Array): Uint8Array {
    const header = pseudoHeader(this.#sequence++, type, this.#version, content.length);
    // The number of a record is used for its nonce once, so it serves for the part that is sent.
    const number = header.subarray(0, explicitSize);
    const options = { authTagLength: this.#cipher.tagSize };
    const nonce = nonceOf(this.#cipher, this.#keys.iv, number);
    const cipher = createCipheriv(asGcm(this.#cipher), this.#keys.key, nonce, options);
    cipher.setAAD(header, { plaintextLength: content.length });
    const sealed = [cipher.update(content), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(this.#cipher.nonce === 'sent' ? [number, ...sealed] : sealed);
  }
}

class AeadOpener implements Opener {
  readonly #cipher: AeadCipher;
  readonly #version: number;
  readonly #keys: DirectionKeys;
  #sequence = 0n;

  constructor(cipher: AeadCipher, version: number, keys: DirectionKeys) {
    this.#cipher = cipher;
    this.#version = version;
    this.#keys = keys;
  }

  open(type: number, fragment: Uint8Array): Uint8Array {
    const { tagSize } = this.#cipher;
    const sentSize = this.#cipher.nonce === 'sent' ? explicitSize : 0;
    const length = fragment.length - sentSize - tagSize;
    if (length < 0) throw new Malformed('a record is too short');
    const header = pseudoHeader(this.#sequence++, type, this.#version, length);
    const number = sentSize > 0 ? fragment.subarray(0, sentSize) : header.subarray(0, explicitSize);
    const nonce = nonceOf(this.#cipher, this.#keys.iv, number);
    const decipher = createDecipheriv(asGcm(this.#cipher), this.#keys.key, nonce, { authTagLength: tagSize });
    decipher.setAuthTag(fragment.subarray(-tagSize));
    decipher.setAAD(header, { plaintextLength: length });
    try {
      return Buffer.concat([decipher.update(fragment.subarray(sentSize, sentSize + length)), decipher.final()]);
    } catch {
      throw new Malformed('a tag is wrong');
    }
  }
}

function nonceOf(cipher: AeadCipher, iv: Uint8Array, number: Uint8Array): Buffer {
  if (cipher.nonce === 'sent') return Buffer.concat([iv, number]);
  const nonce = Buffer.from(iv);
  for (const [index, byte] of number.entries()) {
    const place = nonceSize - explicitSize + index;
    nonce.writeUInt8(nonce.readUInt8(place) ^ byte, place);
  }
  return nonce;
}

/** The types tell AEADs apart by name; what is called here is the same for all of them. */
function asGcm({ name }: AeadCipher): 'aes-256-gcm' {
  return name as 'aes-256-gcm';
}
