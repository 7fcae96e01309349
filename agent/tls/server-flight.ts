import { ByteReader, joinBytes, Malformed } from './bytes.ts';
import { alertName, doubt, type Reply, type ReplyReader } from './reply.ts';

const maximumBytes = 256 * 1024;
const maximumRecord = 2 ** 14 + 2048; // RFC 5246 6.2.3

const recordTypes = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const;
const messageTypes = {
  helloRequest: 0,
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  helloDone: 14,
} as const;

interface ServerHello {
  readonly version: number;
  readonly suite: number;
}

/**
 * Reads what a server sends in answer to a ClientHello, however it is cut into segments and records. A
 * HelloRetryRequest is a ServerHello in form and means the same here: the server takes the version.
 */
export class ServerFlightReader implements ReplyReader {
  readonly #until: 'hello' | 'certificate';
  #received = 0;
  #pending: Uint8Array = new Uint8Array();
  #handshake: Uint8Array = new Uint8Array();
  #hello: ServerHello | undefined;
  #warning: string | undefined;

  /** @param until how far to read; certificates are in clear up to TLS 1.2 only */
  constructor(until: 'hello' | 'certificate') {
    this.#until = until;
  }

  push(chunk: Uint8Array): Reply | undefined {
    const isFirstRecord = this.#received === this.#pending.length;
    this.#received += chunk.length;
    if (this.#received > maximumBytes) return doubt('malformed', 'more than 256 KiB before an answer');
    this.#pending = joinBytes(this.#pending, chunk);
    if (isFirstRecord && !this.#beginsAsRecord()) return { kind: 'not-tls' };
    try {
      return this.#readRecords();
    } catch (error) {
      if (error instanceof Malformed) return doubt('malformed', error.message);
      throw error;
    }
  }

  end(): Reply {
    if (this.#received === 0) return { kind: 'closed' };
    // An alert of level "warning" and an end is how some servers refuse.
    if (this.#hello === undefined && this.#pending.length === 0 && this.#warning !== undefined) {
      return this.#warning === 'close_notify' ? { kind: 'closed' } : { kind: 'alert', name: this.#warning };
    }
    return doubt('cut-off');
  }

  #beginsAsRecord(): boolean {
    const [type = 0, major = 3] = this.#pending;
    return type >= recordTypes.changeCipherSpec && type <= recordTypes.heartbeat && major === 3;
  }

  #readRecords(): Reply | undefined {
    while (this.#pending.length >= 5) {
      if (!this.#beginsAsRecord()) throw new Malformed('a record does not begin as one');
      const length = new ByteReader(this.#pending.subarray(3)).number(2);
      if (length > maximumRecord) throw new Malformed('a record is too long');
      if (this.#pending.length < 5 + length) return undefined;
      const [type] = this.#pending;
      const content = this.#pending.subarray(5, 5 + length);
      this.#pending = this.#pending.subarray(5 + length);
      const reply = type === recordTypes.alert ? this.#readAlerts(content) : this.#readHandshake(type, content);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  #readAlerts(content: Uint8Array): Reply | undefined {
    const reader = new ByteReader(content);
    while (reader.remaining > 0) {
      const level = reader.number(1);
      const name = alertName(reader.number(1));
      if (level === 2) return { kind: 'alert', name };
      if (level !== 1) throw new Malformed('an alert has an unknown level');
      this.#warning = name;
    }
    return undefined;
  }

  #readHandshake(type: number | undefined, content: Uint8Array): Reply | undefined {
    if (type !== recordTypes.handshake) throw new Malformed('a record is out of place');
    this.#handshake = joinBytes(this.#handshake, content);
    while (this.#handshake.length >= 4) {
      const length = new ByteReader(this.#handshake.subarray(1)).number(3);
      if (length > maximumBytes) throw new Malformed('a message is too long');
      if (this.#handshake.length < 4 + length) return undefined;
      const [messageType] = this.#handshake;
      const body = this.#handshake.subarray(4, 4 + length);
      this.#handshake = this.#handshake.subarray(4 + length);
      const reply = this.#hello === undefined ? this.#readFirst(messageType, body) : this.#readNext(messageType, body);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  #readFirst(type: number | undefined, body: Uint8Array): Reply | undefined {
    if (type === messageTypes.helloRequest) return undefined;
    if (type !== messageTypes.serverHello) throw new Malformed('the first message is not a ServerHello');
    this.#hello = parseServerHello(body);
    return this.#until === 'hello' ? this.#answer(undefined) : undefined;
  }

  #readNext(type: number | undefined, body: Uint8Array): Reply | undefined {
    if (type === messageTypes.certificate) return this.#answer(parseCertificates(body));
    // A suite without a certificate goes on at once.
    if (type === messageTypes.serverKeyExchange || type === messageTypes.helloDone) return this.#answer(undefined);
    throw new Malformed('a message is out of place');
  }

  #answer(certificates: readonly Uint8Array[] | undefined): Reply | undefined {
    return this.#hello === undefined ? undefined : { kind: 'hello', ...this.#hello, certificates };
  }
}

/** RFC 5246 7.4.1.3; a version that it names in an extension counts (RFC 8446 4.2.1). */
function parseServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const version = reader.number(2);
  reader.take(32);
  if (reader.vector(1).length > 32) throw new Malformed('a session id is too long');
  const suite = reader.number(2);
  reader.take(1);
  const extensions = new ByteReader(reader.remaining > 0 ? reader.vector(2) : new Uint8Array());
  if (reader.remaining > 0) throw new Malformed('a ServerHello has bytes to spare');
  let selected: number | undefined;
  while (extensions.remaining > 0) {
    const type = extensions.number(2);
    const content = new ByteReader(extensions.vector(2));
    if (type === 43) selected = content.number(2);
  }
  return { version: selected ?? version, suite };
}

/** RFC 5246 7.4.2. */
function parseCertificates(body: Uint8Array): readonly Uint8Array[] {
  const list = new ByteReader(new ByteReader(body).vector(3));
  const certificates: Uint8Array[] = [];
  while (list.remaining > 0) certificates.push(list.vector(3));
  return certificates;
}
