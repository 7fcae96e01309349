import { uint16, vector } from '../../../../agent/tls/bytes.ts';
import { suiteOf } from '../../../../policies/checks/tls/suites.ts';
import {
  alert,
  certificateMessage,
  helloDone,
  record,
  recordTypes,
  scriptedServer,
  type ScriptedServer,
  type Visit,
} from '../scripted.ts';

export interface SuiteServerOptions {
  /** As on the wire; it refuses others. */
  readonly version: number;
  /** In its own order. */
  readonly suites: readonly number[];
  /** Follows the client's order instead. */
  readonly followsClient?: boolean;
  /** Takes no more than this many suites in one greeting, and ends the connection of who offers more. */
  readonly maximumOffered?: number;
  readonly compression?: number;
  /** In DER; no certificate unless said. */
  readonly certificate?: Uint8Array;
  /** For DHE suites. */
  readonly prime?: Uint8Array;
  /** For ECDHE suites, in its own order; it refuses a client that has none of them. */
  readonly groups?: readonly number[];
  /** How it refuses. */
  readonly refuse?: (visit: Visit) => void;
}

/** Up to TLS 1.2 a server that never gets further than its first flight, and so can have suites that no program has any more. */
export function suiteServer(options: SuiteServerOptions): Promise<ScriptedServer> {
  return scriptedServer(suiteAnswer(options));
}

/** How such a server answers a greeting. */
export function suiteAnswer(options: SuiteServerOptions): (visit: Visit) => void {
  const refuse = options.refuse ?? (({ socket }: Visit) => void socket.end(alert(40)));
  return (visit) => {
    if (visit.offered !== options.version) {
      visit.socket.end(alert(70));
      return;
    }
    const { suites, groups } = parseGreeting(visit.greeting);
    if (suites.length > (options.maximumOffered ?? Infinity)) {
      visit.socket.destroy();
      return;
    }
    const order = options.followsClient === true ? suites : options.suites;
    const suite = order.find((one) => suites.includes(one) && options.suites.includes(one));
    const group = options.groups?.find((one) => groups.includes(one));
    if (suite === undefined || (suiteOf(suite)?.keyExchange === 'ECDHE' && group === undefined)) refuse(visit);
    else visit.socket.write(record(recordTypes.handshake, firstFlight(options, suite, group ?? 0)));
  };
}

function firstFlight(options: SuiteServerOptions, suite: number, group: number): number[] {
  const { version, compression = 0, prime = new Uint8Array(), certificate } = options;
  const random = Array.from({ length: 32 }, () => 7);
  const hello = [...uint16(version), ...random, 0, ...uint16(suite), compression];
  const isShown = certificate !== undefined && suiteOf(suite)?.authentication !== 'anonymous';
  const shown = isShown ? certificateMessage(certificate) : [];
  return [2, ...vector(3, hello), ...shown, ...keyExchange(suite, group, prime), ...helloDone];
}

function keyExchange(suite: number, group: number, prime: Uint8Array): number[] {
  const signature = suiteOf(suite)?.authentication === 'anonymous' ? [] : [...uint16(0x0401), ...vector(2, [1])];
  switch (suiteOf(suite)?.keyExchange) {
    case 'ECDHE':
      return [12, ...vector(3, [3, ...uint16(group), ...vector(1, [4]), ...signature])];
    case 'DHE':
      return [12, ...vector(3, [...vector(2, [...prime]), ...vector(2, [2]), ...vector(2, [5]), ...signature])];
    default:
      return [];
  }
}

/** The suites and groups of a ClientHello. */
export function parseGreeting(greeting: Buffer): { suites: number[]; groups: number[] } {
  const numbers = (start: number): number[] =>
    Array.from({ length: greeting.readUInt16BE(start) / 2 }, (_, index) =>
      greeting.readUInt16BE(start + 2 + 2 * index),
    );
  const suitesAt = 5 + 4 + 2 + 32 + 1;
  const suites = numbers(suitesAt);
  const compressionAt = suitesAt + 2 + 2 * suites.length;
  let at = compressionAt + 1 + greeting.readUInt8(compressionAt) + 2;
  while (at + 4 <= greeting.length) {
    if (greeting.readUInt16BE(at) === 10) return { suites, groups: numbers(at + 4) };
    at += 4 + greeting.readUInt16BE(at + 2);
  }
  return { suites, groups: [] };
}
