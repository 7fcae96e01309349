import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import type { MessageReader } from './dialogue.ts';
import {
  notOffered,
  otherProtocol,
  ready,
  refused,
  turnedAway,
  type Outcome,
  type Protocol,
  type Talk,
} from './protocol.ts';

/**
 * The client/server protocol of MySQL and MariaDB, "Connection Phase": the server's first packet says whether it can
 * do TLS; a client that wants it answers with a packet that says so and begins at once.
 */
export const mysql: Protocol = { port: 3306, wellKnown: [3306], converse };

const capabilities = { protocol41: 0x0200, ssl: 0x0800, secureConnection: 0x8000 } as const;

/** Error numbers by which a server turns a client away before it knows who it is: too many connections, host blocked. */
const passingErrors = [1040, 1129, 1203];

async function converse(talk: Talk): Promise<Outcome> {
  const greeting = await talk.hearGreeting(firstPacket);
  if (greeting === undefined) return otherProtocol;
  if ('error' in greeting) {
    const code = String(greeting.error);
    return passingErrors.includes(greeting.error) ? turnedAway(code) : refused(code);
  }
  if ((greeting.capabilities & capabilities.ssl) === 0) return notOffered;
  talk.send(sslRequest());
  return ready;
}

type Greeting = { readonly error: number } | { readonly capabilities: number };

/** Greetings are some 100 bytes long; a length beyond this is another protocol's text. */
const maximumPacket = 1024;

const firstPacket: MessageReader<Greeting | undefined> = (bytes) => {
  if (bytes.length < 5) return undefined;
  const [low = 0, middle = 0, high = 0, sequence] = bytes;
  const length = low + middle * 0x100 + high * 0x1_0000;
  if (length > maximumPacket || sequence !== 0) return { message: undefined, length: 0 };
  if (bytes.length < 4 + length) return undefined;
  return { message: parseGreeting(bytes.subarray(4, 4 + length)), length: 4 + length };
};

function parseGreeting(packet: Uint8Array): Greeting | undefined {
  try {
    const reader = new ByteReader(packet);
    const kind = reader.number(1);
    if (kind === 0xff) return { error: littleEndian16(reader) };
    // Protocol 9 is older than TLS in it.
    if (kind === 9) return { capabilities: 0 };
    if (kind !== 10) return undefined;
    while (reader.number(1) !== 0) continue; // the version, which ends with a zero
    reader.take(4 + 8 + 1); // connection, first part of the challenge, filler
    return { capabilities: littleEndian16(reader) };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function littleEndian16(reader: ByteReader): number {
  return reader.number(1) + reader.number(1) * 0x100;
}

/** SSLRequest: capabilities, longest packet (16 MiB), character set (utf8), 23 zeros; the second packet of the connection. */
function sslRequest(): Uint8Array {
  const wanted = capabilities.protocol41 | capabilities.ssl | capabilities.secureConnection;
  const head = [32, 0, 0, 1, wanted & 0xff, wanted >> 8, 0, 0, 0, 0, 0, 1, 33];
  return Uint8Array.from([...head, ...Array.from({ length: 23 }, () => 0)]);
}
