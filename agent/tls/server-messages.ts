import { suiteOf, type Suite } from '../../policies/checks/tls/suites.ts';
import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';

/** Extensions by their number (IANA "TLS ExtensionType Values"). */
export const extensionNumbers = {
  serverName: 0,
  statusRequest: 5,
  supportedGroups: 10,
  alpn: 16,
  timestamps: 18,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  sessionTicket: 35,
  supportedVersions: 43,
  keyShare: 51,
  renegotiationInfo: 0xff01,
} as const;

export interface ServerHello {
  /** The one that it chose, be it named in an extension. */
  readonly version: number;
  readonly suite: number;
  readonly compression: number;
  readonly sessionIdLength: number;
  readonly isRetry: boolean;
  /** TLS 1.3 only. */
  readonly group: number | undefined;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

/** SHA-256 of "HelloRetryRequest": a ServerHello with this random is one (RFC 8446 4.1.3). */
const retryRandom = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/**
 * RFC 5246 7.4.1.3; a version that it names in an extension counts (RFC 8446 4.2.1).
 * @throws Malformed
 */
export function parseServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const version = reader.number(2);
  const random = reader.take(32);
  const sessionIdLength = reader.vector(1).length;
  if (sessionIdLength > 32) throw new Malformed('a session id is too long');
  const suite = reader.number(2);
  const compression = reader.number(1);
  const extensions = parseExtensions(reader.remaining > 0 ? reader.vector(2) : new Uint8Array());
  if (reader.remaining > 0) throw new Malformed('a ServerHello has bytes to spare');
  const first = (number: number): number | undefined => {
    const content = extensions.get(number);
    return content === undefined ? undefined : new ByteReader(content).number(2);
  };
  return {
    version: first(extensionNumbers.supportedVersions) ?? version,
    suite,
    compression,
    sessionIdLength,
    isRetry: Buffer.from(random).toString('hex') === retryRandom,
    group: first(extensionNumbers.keyShare),
    extensions,
  };
}

/** @throws Malformed */
export function parseExtensions(list: Uint8Array): Map<number, Uint8Array> {
  const reader = new ByteReader(list);
  const extensions = new Map<number, Uint8Array>();
  while (reader.remaining > 0) extensions.set(reader.number(2), reader.vector(2));
  return extensions;
}

export interface KeyExchange {
  readonly group?: number;
  readonly prime?: Uint8Array;
  readonly signatureScheme?: number;
}

const namedCurve = 3;
const firstWithScheme = 0x0303;

/**
 * A ServerKeyExchange (RFC 5246 7.4.3, RFC 8422 5.4, RFC 4279 3). Nothing for suites whose message says neither
 * group nor prime, such as the temporary RSA keys of export suites.
 * @throws Malformed
 */
export function parseKeyExchange(
  { suite, version }: Pick<ServerHello, 'suite' | 'version'>,
  body: Uint8Array,
): KeyExchange {
  const reader = new ByteReader(body);
  const made = suiteOf(suite);
  // Beside a pre-shared key, a hint comes first.
  if (made?.authentication === 'PSK') reader.vector(2);
  const parameters = parseParameters(made, reader);
  if (parameters === undefined) return {};
  // What is signed says so in TLS 1.2; anonymous suites end here.
  if (version < firstWithScheme || reader.remaining < 4) return parameters;
  return { ...parameters, signatureScheme: reader.number(2) };
}

function parseParameters(suite: Suite | undefined, reader: ByteReader): KeyExchange | undefined {
  switch (suite?.keyExchange) {
    case 'ECDHE': {
      // Curves that the server describes itself (explicit_prime, explicit_char2) have no number; a password's is salted.
      if (suite.authentication === 'password' || reader.number(1) !== namedCurve) return undefined;
      const group = reader.number(2);
      reader.vector(1);
      return { group };
    }
    case 'DHE': {
      const prime = withoutLeadingZeros(reader.vector(2));
      reader.vector(2);
      reader.vector(2);
      return { prime };
    }
    default:
      return undefined;
  }
}

function withoutLeadingZeros(number: Uint8Array): Uint8Array {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? new Uint8Array() : number.subarray(start);
}
