import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { TlsVersion } from '../../policies/checks/tls/profile.ts';
import { uint16, vector } from './bytes.ts';

/** Versions that begin with a ClientHello in a TLS record; SSL 2.0 has a form of its own (`ssl2.ts`). */
export type RecordVersion = Exclude<TlsVersion, 'SSLv2'>;

export const versionNumbers: Readonly<Record<RecordVersion, number>> = {
  SSLv3: 0x0300,
  'TLSv1.0': 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
};

/** What one ClientHello offers: a single version, as the highest that the client knows. */
export interface Offer {
  readonly version: RecordVersion;
  /** At most 63. */
  readonly suites: readonly number[];
  /** Schemes for the server's signature (RFC 8446 4.2.3), best first; sent from TLS 1.2 on. */
  readonly signatureSchemes: readonly number[];
  /** For SNI: a host name without a trailing dot, never an address (RFC 6066 3). */
  readonly name?: string;
  /** Named groups, best first; every one there is where left out. */
  readonly groups?: readonly number[];
  /** In TLS 1.3: whether it also takes TLS 1.2. */
  readonly orTls12?: boolean;
  /** In TLS 1.3: sends no key share, so that the server has to name the group that it wants (RFC 8446 4.2.8). */
  readonly withoutShares?: boolean;
  /** Offers DEFLATE beside no compression. */
  readonly deflate?: boolean;
  /** Further extensions, by number. */
  readonly extensions?: ReadonlyMap<number, readonly number[]>;
}

/** What a ClientHello takes from chance. */
export interface Entropy {
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** Public keys by the number of their group. */
  readonly keyShares: ReadonlyMap<number, Uint8Array>;
}

const x25519 = 0x001d;
const p256 = 0x0017;

/** Hybrid and classic groups of TLS 1.3; the server asks again (HelloRetryRequest) for one that has no share. */
export const modernGroups: readonly number[] = [
  x25519,
  p256,
  0x11ec,
  0x0018,
  0x0019,
  0x001e,
  0x11eb,
  0x11ed,
  0x001f,
  0x0020,
  0x0021,
  0x0200,
  0x0201,
  0x0202,
];
export const finiteFieldGroups: readonly number[] = [0x0100, 0x0101, 0x0102, 0x0103, 0x0104];
/** Up to TLS 1.2 also every curve of RFC 4492 and RFC 7027. No finite fields: naming some makes servers keep to them (RFC 7919). */
export const classicGroups: readonly number[] = [
  x25519,
  p256,
  0x0018,
  0x0019,
  0x001e,
  0x001a,
  0x001b,
  0x001c,
  ...Array.from({ length: 22 }, (_, index) => 22 - index),
];

const emptyRenegotiationInfo = 0x00ff;

/** Fresh keys, because a server computes with them before it answers: bytes that are no point on the curve would be refused. */
export function freshEntropy(version: RecordVersion): Entropy {
  if (version !== 'TLSv1.3') return { random: randomBytes(32), keyShares: new Map() };
  const raw = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const keyShares = new Map([
    [x25519, raw],
    [p256, createECDH('prime256v1').generateKeys()],
  ]);
  return { random: randomBytes(32), keyShares };
}

/** A ClientHello in its record (RFC 6101 5.6.1.2, RFC 5246 7.4.1.2, RFC 8446 4.1.2), ready to send. */
export function clientHello(offer: Offer, { random, keyShares }: Entropy): Uint8Array {
  const isSsl3 = offer.version === 'SSLv3';
  const suites = isSsl3 ? [...offer.suites, emptyRenegotiationInfo] : offer.suites;
  const body = [
    // TLS 1.3 names itself in an extension and keeps the older number here.
    ...uint16(Math.min(versionNumbers[offer.version], versionNumbers['TLSv1.2'])),
    ...random,
    ...vector(1, []), // no session to resume
    ...vector(2, suites.flatMap(uint16)),
    ...vector(1, offer.deflate === true ? [1, 0] : [0]),
    // Extensions came with TLS: servers that know nothing newer than SSL 3.0 may stumble over them.
    ...(isSsl3 ? [] : vector(2, extensions(offer, keyShares))),
  ];
  const message = [1, ...vector(3, body)];
  // The record says TLS 1.0 for all later versions, as servers expect of a first record (RFC 5246 E.1).
  return Uint8Array.from([22, ...uint16(isSsl3 ? 0x0300 : 0x0301), ...vector(2, message)]);
}

function extensions(
  { version, name, signatureSchemes, orTls12 = false, withoutShares = false, ...offer }: Offer,
  keyShares: Entropy['keyShares'],
): number[] {
  const found = name === undefined ? [] : extension(0, vector(2, [0, ...vector(2, [...Buffer.from(name, 'ascii')])]));
  const groups = offer.groups ?? (version === 'TLSv1.3' ? [...modernGroups, ...finiteFieldGroups] : classicGroups);
  found.push(...extension(10, vector(2, groups.flatMap(uint16))));
  if (version !== 'TLSv1.3' || orTls12) {
    found.push(...extension(11, vector(1, [0])), ...extension(0xff01, vector(1, [])));
  }
  if (version === 'TLSv1.2' || version === 'TLSv1.3') {
    found.push(...extension(13, vector(2, signatureSchemes.flatMap(uint16))));
  }
  if (version === 'TLSv1.3') {
    const sent = withoutShares ? [] : [...keyShares].filter(([group]) => groups.includes(group));
    const shares = sent.flatMap(([group, key]) => [...uint16(group), ...vector(2, [...key])]);
    const versions = orTls12 ? [version, 'TLSv1.2' as const] : [version];
    const numbers = versions.flatMap((one) => uint16(versionNumbers[one]));
    found.push(...extension(43, vector(1, numbers)), ...extension(51, vector(2, shares)));
  }
  for (const [number, content] of offer.extensions ?? []) found.push(...extension(number, content));
  return found;
}

function extension(number: number, content: readonly number[]): number[] {
  return [...uint16(number), ...vector(2, content)];
}
