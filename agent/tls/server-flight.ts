import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';
import { joinBytes } from './bytes.ts';
import { alertName, doubt, type Flight, type Reply, type ReplyReader } from './reply.ts';
import {
  extensionNumbers,
  parseKeyExchange,
  parseServerHello,
  type KeyExchange,
  type ServerHello,
} from './server-messages.ts';

/** From TLS 1.3 on, all that follows the hello is encrypted. */
const firstEncrypted = 0x0304;
const maximumBytes = 256 * 1024;
const maximumRecord = 2 ** 14 + 2048; // RFC 5246 6.2.3

const recordTypes = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const;
const messageTypes = {
  helloRequest: 0,
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  helloDone: 14,
  certificateStatus: 22,
} as const;

/** `done`: the whole first flight, with `flight` in the reply. */
export type ReadUntil = 'hello' | 'certificate' | 'done';

/**
 * Reads what a server sends in answer to a ClientHello, however it is cut into segments and records. A
 * HelloRetryRequest is a ServerHello in form and means the same here: the server takes the version.
 */
export class ServerFlightReader implements ReplyReader {
  readonly #until: ReadUntil;
  #received = 0;
  #pending: Uint8Array = new Uint8Array();
  #handshake: Uint8Array = new Uint8Array();
  #hello: ServerHello | undefined;
  #warning: string | undefined;
  #certificates: readonly Uint8Array[] | undefined;
  #keyExchange: KeyExchange | undefined;
  #isStapled = false;
  #asksCertificate = false;

  /** @param until how far to read; what follows the hello is in clear up to TLS 1.2 only */
  constructor(until: ReadUntil) {
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
      const hello = this.#hello;
      const reply = hello === undefined ? this.#readFirst(messageType, body) : this.#readNext(hello, messageType, body);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  #readFirst(type: number | undefined, body: Uint8Array): Reply | undefined {
    if (type === messageTypes.helloRequest) return undefined;
    if (type !== messageTypes.serverHello) throw new Malformed('the first message is not a ServerHello');
    this.#hello = parseServerHello(body);
    const isWhole = this.#until === 'hello' || (this.#until === 'done' && this.#hello.version >= firstEncrypted);
    return isWhole ? this.#answer(this.#hello) : undefined;
  }

  #readNext(hello: ServerHello, type: number | undefined, body: Uint8Array): Reply | undefined {
    switch (type) {
      case messageTypes.certificate:
        this.#certificates = parseCertificates(body);
        return this.#until === 'certificate' ? this.#answer(hello) : undefined;
      case messageTypes.serverKeyExchange:
        this.#keyExchange = parseKeyExchange(hello, body);
        // A suite without a certificate goes on at once.
        return this.#until === 'certificate' ? this.#answer(hello) : undefined;
      case messageTypes.certificateStatus:
        this.#isStapled = body.length > 4;
        return undefined;
      case messageTypes.certificateRequest:
        this.#asksCertificate = true;
        return undefined;
      case messageTypes.helloDone:
        return this.#answer(hello);
      default:
        throw new Malformed('a message is out of place');
    }
  }

  #answer({ version, suite, ...hello }: ServerHello): Reply {
    const reply = { kind: 'hello', version, suite, certificates: this.#certificates } as const;
    if (this.#until !== 'done') return reply;
    const flight: Flight = {
      ...hello,
      group: this.#keyExchange?.group ?? hello.group,
      prime: this.#keyExchange?.prime,
      signatureScheme: this.#keyExchange?.signatureScheme,
      isStapled: this.#isStapled,
      hasTimestamps: hello.extensions.has(extensionNumbers.timestamps),
      asksCertificate: this.#asksCertificate,
    };
    return { ...reply, flight };
  }
}

/** RFC 5246 7.4.2. */
function parseCertificates(body: Uint8Array): readonly Uint8Array[] {
  const list = new ByteReader(new ByteReader(body).vector(3));
  const certificates: Uint8Array[] = [];
  while (list.remaining > 0) certificates.push(list.vector(3));
  return certificates;
}
