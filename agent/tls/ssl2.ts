import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';
import { joinBytes, uint16 } from './bytes.ts';
import { doubt, type Reply, type ReplyReader } from './reply.ts';
import { ServerFlightReader } from './server-flight.ts';
import { ssl2Suites } from './suites.ts';

const ssl2Version = 0x0002;
const messageTypes = { error: 0, serverHello: 4 } as const;

/**
 * A CLIENT-HELLO of SSL 2.0 (Hickman, "The SSL Protocol", 1995) that offers version 2 alone.
 * @param challenge 16 bytes
 */
export function ssl2ClientHello(challenge: Uint8Array): Uint8Array {
  const suites = ssl2Suites.flatMap((kind) => [kind >> 16, (kind >> 8) & 0xff, kind & 0xff]);
  const message = [
    1,
    ...uint16(ssl2Version),
    ...uint16(suites.length),
    ...uint16(0),
    ...uint16(challenge.length),
    ...suites,
    ...challenge,
  ];
  return Uint8Array.from([...uint16(0x8000 | message.length), ...message]);
}

/** Reads the answer to it: a SERVER-HELLO, or what a server without SSL 2.0 makes of it (a TLS alert, an end). */
export class Ssl2ReplyReader implements ReplyReader {
  #pending: Uint8Array = new Uint8Array();
  #inTls: ServerFlightReader | undefined;

  push(chunk: Uint8Array): Reply | undefined {
    if (this.#inTls !== undefined) return this.#inTls.push(chunk);
    this.#pending = joinBytes(this.#pending, chunk);
    const [first] = this.#pending;
    if (first === undefined) return undefined;
    // A record without padding has the top bit set; a TLS record and text do not.
    if ((first & 0x80) === 0) {
      this.#inTls = new ServerFlightReader('hello');
      return this.#inTls.push(this.#pending);
    }
    if (this.#pending.length < 2) return undefined;
    const length = new ByteReader(this.#pending).number(2) & 0x7fff;
    if (this.#pending.length < 2 + length) return undefined;
    try {
      return parseMessage(this.#pending.subarray(2, 2 + length));
    } catch (error) {
      if (error instanceof Malformed) return doubt('malformed', error.message);
      throw error;
    }
  }

  end(): Reply {
    if (this.#inTls !== undefined) return this.#inTls.end();
    return this.#pending.length === 0 ? { kind: 'closed' } : doubt('cut-off');
  }
}

/** A SERVER-HELLO without suites counts too: servers with such a one are open to DROWN. */
function parseMessage(message: Uint8Array): Reply {
  const reader = new ByteReader(message);
  const type = reader.number(1);
  if (type === messageTypes.error) return { kind: 'alert', name: `SSLv2 error ${reader.number(2)}` };
  if (type !== messageTypes.serverHello) throw new Malformed('the first message is not a SERVER-HELLO');
  reader.take(2); // session id hit, certificate type
  const version = reader.number(2);
  const certificateLength = reader.number(2);
  const suitesLength = reader.number(2);
  const connectionIdLength = reader.number(2);
  const certificate = reader.take(certificateLength);
  const kinds = new ByteReader(reader.take(suitesLength));
  const taken: number[] = [];
  while (kinds.remaining >= 3) taken.push(kinds.number(3));
  reader.take(connectionIdLength);
  const certificates = certificate.length > 0 ? [certificate] : undefined;
  return { kind: 'hello', version, suite: undefined, certificates, ssl2Suites: taken };
}
