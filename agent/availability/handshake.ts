import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createMac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/**
 * The handshake of WireGuard as its initiator: Noise_IKpsk2 with Curve25519, ChaCha20-Poly1305 and BLAKE2s (Donenfeld,
 * "WireGuard: Next Generation Kernel Network Tunnel", 5.4). It ends with the answer: no key is kept, nothing is sent
 * through a tunnel.
 */
export interface HandshakeInput {
  /** Raw keys of 32 bytes: ours, the other side's, and the one that both share, zeros where there is none. */
  readonly privateKey: Uint8Array;
  readonly peerKey: Uint8Array;
  readonly presharedKey: Uint8Array;
  /** By which the answer names us. */
  readonly index: number;
  /** The other side takes no initiation that is older than the last, nor the same again. */
  readonly at: Date;
}

export interface Handshake {
  readonly initiation: Buffer;
  /** `answer`: only who has the peer's private key can have made it. `busy`: it wants proof of our address first. */
  readonly judge: (datagram: Uint8Array) => 'answer' | 'busy' | 'unrelated';
}

const construction = 'Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s';
const identifier = 'WireGuard v1 zx2c4 Jason@zx2c4.com';
const labelOfMac = 'mac1----';
const types = { initiation: 1, response: 2, cookieReply: 3 } as const;
const lengths = { initiation: 148, response: 92, cookieReply: 64, code: 16 } as const;

/** @throws Error where a key is none on the curve */
export function beginHandshake({ privateKey, peerKey, presharedKey, index, at }: HandshakeInput): Handshake {
  const own = privateKeyOf(privateKey);
  const peer = publicKeyOf(peerKey);
  const ephemeral = generateKeyPairSync('x25519');
  const ephemeralKey = rawOf(ephemeral.publicKey);

  let chain: Buffer = hash(Buffer.from(construction));
  let transcript = hash(hash(chain, Buffer.from(identifier)), peerKey);
  [chain] = derive(chain, ephemeralKey);
  transcript = hash(transcript, ephemeralKey);
  let key: Buffer;
  [chain, key] = derive(chain, secretOf(ephemeral.privateKey, peer));
  const sealedKey = seal(key, rawOf(createPublicKey(own)), transcript);
  transcript = hash(transcript, sealedKey);
  [chain, key] = derive(chain, secretOf(own, peer));
  const sealedTime = seal(key, tai64n(at), transcript);
  transcript = hash(transcript, sealedTime);

  const head = Buffer.alloc(8);
  head.writeUInt32LE(types.initiation, 0);
  head.writeUInt32LE(index, 4);
  const signed = Buffer.concat([head, ephemeralKey, sealedKey, sealedTime]);
  const initiation = Buffer.concat([signed, code(peerKey, signed), Buffer.alloc(lengths.code)]);
  const after = { chain, transcript, own, ephemeral: ephemeral.privateKey, presharedKey };
  return { initiation, judge: (datagram) => judgeDatagram(Buffer.from(datagram), index, after) };
}

interface Initiated {
  readonly chain: Buffer;
  readonly transcript: Buffer;
  readonly own: KeyObject;
  readonly ephemeral: KeyObject;
  readonly presharedKey: Uint8Array;
}

function judgeDatagram(bytes: Buffer, index: number, initiated: Initiated): ReturnType<Handshake['judge']> {
  const type = bytes.length < 8 ? undefined : bytes.readUInt32LE(0);
  if (type === types.cookieReply && bytes.length === lengths.cookieReply) {
    return bytes.readUInt32LE(4) === index ? 'busy' : 'unrelated';
  }
  if (type !== types.response || bytes.length !== lengths.response || bytes.readUInt32LE(8) !== index) {
    return 'unrelated';
  }
  return isGenuine(bytes.subarray(12, 44), bytes.subarray(44, 60), initiated) ? 'answer' : 'unrelated';
}

/** Whether what the response seals, nothing at all, opens: that takes all keys of both sides. */
function isGenuine(theirKey: Buffer, sealed: Buffer, { own, ephemeral, presharedKey, ...given }: Initiated): boolean {
  try {
    const theirs = publicKeyOf(theirKey);
    let [chain] = derive(given.chain, theirKey);
    [chain] = derive(chain, secretOf(ephemeral, theirs));
    [chain] = derive(chain, secretOf(own, theirs));
    const [, shared, key] = derive(chain, presharedKey);
    opens(key, sealed, hash(hash(given.transcript, theirKey), shared));
    return true;
  } catch {
    return false;
  }
}

function hash(...parts: readonly Uint8Array[]): Buffer {
  const hashing = createHash('blake2s256');
  for (const part of parts) hashing.update(part);
  return hashing.digest();
}

/** Three keys of a chaining key and an input (RFC 5869, with HMAC of BLAKE2s). */
function derive(chain: Uint8Array, input: Uint8Array): [Buffer, Buffer, Buffer] {
  const secret = hmac(chain, input);
  const first = hmac(secret, Buffer.from([1]));
  const second = hmac(secret, Buffer.concat([first, Buffer.from([2])]));
  return [first, second, hmac(secret, Buffer.concat([second, Buffer.from([3])]))];
}

function hmac(key: Uint8Array, input: Uint8Array): Buffer {
  return createHmac('blake2s256', key).update(input).digest();
}

/** Each key seals one thing alone, so that the nonce is always 0. */
const nonce = Buffer.alloc(12);
const cipher = 'chacha20-poly1305';

function seal(key: Uint8Array, content: Uint8Array, context: Uint8Array): Buffer {
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: lengths.code });
  sealing.setAAD(context, { plaintextLength: content.length });
  return Buffer.concat([sealing.update(content), sealing.final(), sealing.getAuthTag()]);
}

/** @throws Error where it was sealed with another key */
function opens(key: Uint8Array, tag: Uint8Array, context: Uint8Array): void {
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: lengths.code });
  opening.setAAD(context, { plaintextLength: 0 });
  opening.setAuthTag(tag);
  opening.final();
}

function code(peerKey: Uint8Array, message: Uint8Array): Buffer {
  const coding = createMac('blake2smac', hash(Buffer.from(labelOfMac), peerKey), { outputLength: lengths.code });
  coding.update(message);
  return coding.final();
}

/** Seconds from 1970 TAI, and nanoseconds (https://cr.yp.to/libtai/tai64.html); leap seconds since are left out, as all do. */
function tai64n(at: Date): Buffer {
  const stamp = Buffer.alloc(12);
  stamp.writeBigUInt64BE(0x4000_0000_0000_000an + BigInt(Math.floor(at.getTime() / 1000)), 0);
  stamp.writeUInt32BE((at.getTime() % 1000) * 1_000_000, 8);
  return stamp;
}

/** DER before a raw key (RFC 8410). */
const derOf = {
  private: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  public: Buffer.from('302a300506032b656e032100', 'hex'),
};

function privateKeyOf(raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([derOf.private, raw]), format: 'der', type: 'pkcs8' });
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([derOf.public, raw]), format: 'der', type: 'spki' });
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(derOf.public.length);
}

function secretOf(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  return diffieHellman({ privateKey, publicKey });
}
