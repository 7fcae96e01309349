import {
  constants,
  createECDH,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { Malformed, uint16, vector } from '../bytes.ts';

/** A premaster secret, and what tells it to the server. */
export interface KeyExchange {
  readonly premaster: Uint8Array;
  /** The body of the ClientKeyExchange. */
  readonly body: readonly number[];
}

/**
 * The RSA key of a certificate.
 * @throws Malformed where it has none
 */
export function rsaKeyOf(leaf: Uint8Array): KeyObject {
  const key = publicKeyOf(leaf);
  if (key?.asymmetricKeyType !== 'rsa') throw new Malformed('a certificate has no RSA key');
  return key;
}

function publicKeyOf(leaf: Uint8Array): KeyObject | undefined {
  try {
    return new X509Certificate(leaf).publicKey;
  } catch {
    return undefined;
  }
}

/**
 * RFC 5246 7.4.7.1.
 * @param offered the version of the ClientHello
 * @throws Malformed
 */
export function exchangeRsa(leaf: Uint8Array, offered: number): KeyExchange {
  const premaster = Buffer.from([...uint16(offered), ...randomBytes(46)]);
  const key = rsaKeyOf(leaf);
  try {
    const encrypted = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, premaster);
    return { premaster, body: vector(2, [...encrypted]) };
  } catch {
    throw new Malformed('the RSA key cannot encrypt');
  }
}

const curves: ReadonlyMap<number, string> = new Map([
  [0x0017, 'prime256v1'],
  [0x0018, 'secp384r1'],
]);
const x25519 = 0x001d;
/** SubjectPublicKeyInfo of an X25519 key up to the key itself (RFC 8410 4). */
const x25519Prefix = Buffer.from('302a300506032b656e032100', 'hex');

/**
 * RFC 8422 5.10 and 5.11.
 * @throws Malformed where the server's key is none of its group, or the group was not offered
 */
export function exchangeEcdhe(group: number, serverKey: Uint8Array): KeyExchange {
  try {
    return group === x25519 ? exchangeX25519(serverKey) : exchangeOnCurve(group, serverKey);
  } catch (error) {
    if (error instanceof Malformed) throw error;
    throw new Malformed('the key of a key exchange is none');
  }
}

function exchangeX25519(serverKey: Uint8Array): KeyExchange {
  const publicKey = createPublicKey({ key: Buffer.concat([x25519Prefix, serverKey]), format: 'der', type: 'spki' });
  const own = generateKeyPairSync('x25519');
  const shared = own.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const premaster = diffieHellman({ privateKey: own.privateKey, publicKey });
  return { premaster, body: vector(1, [...shared]) };
}

function exchangeOnCurve(group: number, serverKey: Uint8Array): KeyExchange {
  const curve = curves.get(group);
  if (curve === undefined) throw new Malformed('the server chose a group that was not offered');
  const own = createECDH(curve);
  const shared = own.generateKeys();
  return { premaster: own.computeSecret(serverKey), body: vector(1, [...shared]) };
}
