import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

/** A client's half of a key exchange. */
export interface KeyShare {
  readonly publicKey: Uint8Array;
  /** What both halves make together; undefined where the other half is no point of the curve. */
  combine(peer: Uint8Array): Uint8Array | undefined;
}

/** Montgomery curves by group: the name of the key type, and what stands before the raw key in its SPKI (RFC 8410). */
const montgomery: Readonly<Record<number, readonly ['x25519' | 'x448', string]>> = {
  0x001d: ['x25519', '302a300506032b656e032100'],
  0x001e: ['x448', '3042300506032b656f033900'],
};

const weierstrass: Readonly<Record<number, string>> = {
  0x0017: 'prime256v1',
  0x0018: 'secp384r1',
  0x0019: 'secp521r1',
};

/** Groups that a share can be made for, the likeliest first. */
export const shareableGroups: readonly number[] = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e];

/** A fresh share of one of `shareableGroups`; undefined for another group. */
export function makeKeyShare(group: number): KeyShare | undefined {
  const [type, prefix] = montgomery[group] ?? [];
  if (type !== undefined && prefix !== undefined) return montgomeryShare(type, Buffer.from(prefix, 'hex'));
  const curve = weierstrass[group];
  return curve === undefined ? undefined : weierstrassShare(curve);
}

function montgomeryShare(type: 'x25519' | 'x448', prefix: Buffer): KeyShare {
  const { publicKey, privateKey } = type === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('x448');
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(prefix.length),
    combine: (peer) =>
      orUndefined(() => {
        const key = createPublicKey({ key: Buffer.concat([prefix, peer]), format: 'der', type: 'spki' });
        return diffieHellman({ privateKey, publicKey: key });
      }),
  };
}

function weierstrassShare(curve: string): KeyShare {
  const half = createECDH(curve);
  return { publicKey: half.generateKeys(), combine: (peer) => orUndefined(() => half.computeSecret(peer)) };
}

function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
