import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { uint16, vector } from '../../../agent/tls/bytes.ts';

/** What the script may look at and do for one connection. */
export interface Visit {
  readonly socket: Socket;
  /** The client's first bytes. */
  readonly greeting: Buffer;
  /** The highest version the greeting offers, as on the wire; 0x0002 for SSL 2.0. */
  readonly offered: number;
  /** How many connections came before. */
  readonly number: number;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** What each greeting offered, in order. */
  readonly offered: readonly number[];
}

/** A server on 127.0.0.1 that answers greetings by a script. `onConnect` speaks first. */
export async function scriptedServer(
  answer: (visit: Visit) => unknown,
  onConnect: (socket: Socket) => void = () => undefined,
): Promise<ScriptedServer> {
  const offeredSoFar: number[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    onConnect(socket);
    socket.once('data', (greeting: Buffer) => {
      const offered = offeredBy(greeting);
      offeredSoFar.push(offered);
      void answer({ socket, greeting, offered, number: offeredSoFar.length - 1 });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    offered: offeredSoFar,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function offeredBy(greeting: Buffer): number {
  if (greeting[0] !== 22) return greeting.length > 5 ? greeting.readUInt16BE(3) : 0;
  // supported_versions with TLS 1.3 alone
  return greeting.includes(Buffer.from([0, 43, 0, 3, 2, 3, 4])) ? 0x0304 : greeting.readUInt16BE(9);
}

export const recordTypes = { alert: 21, handshake: 22 } as const;

export function record(type: number, content: readonly number[]): Buffer {
  return Buffer.from([type, 3, 3, ...vector(2, content)]);
}

/** A fatal alert unless said otherwise. */
export function alert(description: number, level = 2): Buffer {
  return record(recordTypes.alert, [level, description]);
}

/** A ServerHello message; TLS 1.3 is named in its extension. */
export function serverHello(version: number, suite = usualSuite(version)): number[] {
  const isModern = version === 0x0304;
  const extensions = isModern ? vector(2, [...uint16(43), ...vector(2, uint16(version))]) : [];
  const random = Array.from({ length: 32 }, () => 7);
  return [2, ...vector(3, [...uint16(Math.min(version, 0x0303)), ...random, 0, ...uint16(suite), 0, ...extensions])];
}

function usualSuite(version: number): number {
  if (version === 0x0304) return 0x1301;
  // SSL 3.0 has neither elliptic curves nor GCM.
  return version === 0x0300 ? 0x000a : 0xc02f;
}

export function certificateMessage(...certificates: readonly Uint8Array[]): number[] {
  const list = certificates.flatMap((der) => vector(3, [...der]));
  return [11, ...vector(3, vector(3, list))];
}

export const helloDone = [14, 0, 0, 0];

/** An SSL 2.0 SERVER-HELLO with these cipher kinds. */
export function ssl2ServerHello(certificate: Uint8Array, suites: readonly number[]): Buffer {
  const kinds = suites.flatMap((kind) => [kind >> 16, (kind >> 8) & 0xff, kind & 0xff]);
  const connectionId = Array.from({ length: 16 }, () => 9);
  const message = [
    4,
    0,
    1,
    ...uint16(2),
    ...uint16(certificate.length),
    ...uint16(kinds.length),
    ...uint16(16),
    ...certificate,
    ...kinds,
    ...connectionId,
  ];
  return Buffer.from([...uint16(0x8000 | message.length), ...message]);
}

/** The wire numbers. */
export const wire = {
  SSLv2: 2,
  SSLv3: 0x0300,
  'TLSv1.0': 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
} as const;

/** Accepts these versions and refuses others with protocol_version. */
export function accepting(...versions: readonly number[]): (visit: Visit) => void {
  return ({ socket, offered }) => {
    if (versions.includes(offered)) socket.write(record(recordTypes.handshake, serverHello(offered)));
    else socket.end(alert(70));
  };
}
