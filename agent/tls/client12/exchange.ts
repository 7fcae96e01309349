import { constants, publicEncrypt, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { Malformed } from '../../../evidence/der/bytes.ts';
import { uint16, vector } from '../bytes.ts';
import { makeKeyShare } from '../key-share.ts';

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

/**
 * RFC 8422 5.10 and 5.11.
 * @throws Malformed where the server's key is none of its group
 */
export function exchangeEcdhe(group: number, serverKey: Uint8Array): KeyExchange {
  const share = makeKeyShare(group);
  const premaster = share?.combine(serverKey);
  if (share === undefined || premaster === undefined) throw new Malformed('the key of a key exchange is none');
  return { premaster, body: vector(1, [...share.publicKey]) };
}
