import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { uint16, vector } from '../bytes.ts';
import { parseExtensions } from '../server-messages.ts';
import { allSignatureSchemes } from '../signatures.ts';

export const messageTypes = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  helloDone: 14,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** Numbers of the extensions that probes ask for (IANA "TLS ExtensionType Values"). */
export const extensionTypes = { heartbeat: 15, sessionTicket: 35, renegotiationInfo: 0xff01 } as const;

/** A handshake message with its header (RFC 5246 7.4). */
export function message(type: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([type, ...vector(3, body)]);
}

/** What a ClientHello asks for. */
export interface Wish {
  /** The highest version, as on the wire: 0x0301 to 0x0303. */
  readonly version: number;
  readonly suites: readonly number[];
  /** For SNI. */
  readonly name?: string;
  readonly sessionId?: Uint8Array;
  /** Beside those that every client sends (SNI, groups, point formats, signature algorithms). */
  readonly extensions?: readonly (readonly [type: number, content: readonly number[]])[];
}

/** Among those that `key-share.ts` has keys for. */
const groups = [0x001d, 0x0017, 0x0018];

/**
 * A ClientHello of TLS 1.0 to 1.2 (RFC 5246 7.4.1.2) as a message: a renegotiation sends it protected.
 * @param random 32 bytes
 */
export function clientHelloMessage(wish: Wish, random: Uint8Array): Uint8Array {
  const { version, suites, name, sessionId = [], extensions = [] } = wish;
  const standing: [number, readonly number[]][] = [
    ...(name === undefined ? [] : [sni(name)]),
    [10, vector(2, groups.flatMap(uint16))],
    [11, vector(1, [0])],
    ...(version < 0x0303 ? [] : [signatures()]),
  ];
  const all = [...standing, ...extensions].flatMap(([type, content]) => [...uint16(type), ...vector(2, content)]);
  return message(messageTypes.clientHello, [
    ...uint16(version),
    ...random,
    ...vector(1, [...sessionId]),
    ...vector(2, suites.flatMap(uint16)),
    ...vector(1, [0]),
    ...vector(2, all),
  ]);
}

function sni(name: string): [number, readonly number[]] {
  return [0, vector(2, [0, ...vector(2, [...Buffer.from(name, 'ascii')])])];
}

function signatures(): [number, readonly number[]] {
  return [13, vector(2, allSignatureSchemes.flatMap(uint16))];
}

export interface ServerHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

/**
 * RFC 5246 7.4.1.3, with the session id itself and all that secrets are made of.
 * @throws Malformed
 */
export function parseServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const version = reader.number(2);
  const random = reader.take(32);
  const sessionId = reader.vector(1);
  if (sessionId.length > 32) throw new Malformed('a session id is too long');
  const suite = reader.number(2);
  reader.take(1);
  const extensions = parseExtensions(reader.remaining > 0 ? reader.vector(2) : new Uint8Array());
  if (reader.remaining > 0) throw new Malformed('a ServerHello has bytes to spare');
  return { version, random, sessionId, suite, extensions };
}

/**
 * The first certificate of a Certificate message; undefined where it is empty.
 * @throws Malformed
 */
export function parseLeaf(body: Uint8Array): Uint8Array | undefined {
  const list = new ByteReader(new ByteReader(body).vector(3));
  return list.remaining > 0 ? list.vector(3) : undefined;
}

/**
 * The group and the server's public key of an ECDHE ServerKeyExchange (RFC 8422 5.4). Its signature is left unread:
 * this client keeps no secrets that a stranger in between could have.
 * @throws Malformed
 */
export function parseEcdheKey(body: Uint8Array): { group: number; key: Uint8Array } {
  const reader = new ByteReader(body);
  const namedCurve = 3;
  if (reader.number(1) !== namedCurve) throw new Malformed('a key exchange has no named group');
  return { group: reader.number(2), key: reader.vector(1) };
}

/**
 * RFC 5077 3.3.
 * @throws Malformed
 */
export function parseTicket(body: Uint8Array): Uint8Array {
  const reader = new ByteReader(body);
  reader.take(4);
  return reader.vector(2);
}
