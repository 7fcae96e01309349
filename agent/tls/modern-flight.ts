import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';
import { joinBytes } from './bytes.ts';
import { handshakeOpener, type Opener } from './key-schedule.ts';
import type { KeyShare } from './key-share.ts';
import { alertName, doubt, type Flight, type Reply, type ReplyReader } from './reply.ts';
import { extensionNumbers, parseExtensions, parseServerHello, type ServerHello } from './server-messages.ts';

const maximumBytes = 256 * 1024;
const maximumRecord = 2 ** 14 + 256; // RFC 8446 5.2
const recordTypes = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
const messageTypes = {
  serverHello: 2,
  encryptedExtensions: 8,
  certificate: 11,
  certificateRequest: 13,
  certificateVerify: 15,
  finished: 20,
} as const;
const tls13 = 0x0304;

/**
 * Reads a server's first flight of TLS 1.3 up to its signature, with the keys that its hello leads to: certificates,
 * signature scheme and all that older versions say in clear. Nothing is verified. A HelloRetryRequest and a hello of
 * an older version end it, and come without certificates.
 */
export class ModernFlightReader implements ReplyReader {
  readonly #clientHello: Uint8Array;
  readonly #shares: ReadonlyMap<number, KeyShare>;
  #received = 0;
  #pending: Uint8Array = new Uint8Array();
  #handshake: Uint8Array = new Uint8Array();
  #hello: ServerHello | undefined;
  #opener: Opener | undefined;
  #extensions = new Map<number, Uint8Array>();
  #certificates: Uint8Array[] = [];
  #signatureScheme: number | undefined;
  #isStapled = false;
  #hasTimestamps = false;
  #asksCertificate = false;

  /**
   * @param record the ClientHello as it was sent, in its record
   * @param shares by group, those that it held
   */
  constructor(record: Uint8Array, shares: ReadonlyMap<number, KeyShare>) {
    this.#clientHello = record.subarray(5);
    this.#shares = shares;
  }

  push(chunk: Uint8Array): Reply | undefined {
    const isFirst = this.#received === this.#pending.length;
    this.#received += chunk.length;
    if (this.#received > maximumBytes) return doubt('malformed', 'more than 256 KiB before an answer');
    this.#pending = joinBytes(this.#pending, chunk);
    if (isFirst && !this.#beginsAsRecord()) return { kind: 'not-tls' };
    try {
      return this.#readRecords();
    } catch (error) {
      if (error instanceof Malformed) return doubt('malformed', error.message);
      throw error;
    }
  }

  end(): Reply {
    return this.#received === 0 ? { kind: 'closed' } : doubt('cut-off');
  }

  #beginsAsRecord(): boolean {
    const [type = recordTypes.handshake, major = 3] = this.#pending;
    return type >= recordTypes.changeCipherSpec && type <= recordTypes.applicationData && major === 3;
  }

  #readRecords(): Reply | undefined {
    while (this.#pending.length >= 5) {
      if (!this.#beginsAsRecord()) throw new Malformed('a record does not begin as one');
      const header = this.#pending.subarray(0, 5);
      const length = new ByteReader(header.subarray(3)).number(2);
      if (length > maximumRecord) throw new Malformed('a record is too long');
      if (this.#pending.length < 5 + length) return undefined;
      const content = this.#pending.subarray(5, 5 + length);
      this.#pending = this.#pending.subarray(5 + length);
      const reply = this.#readRecord(header, content);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  #readRecord(header: Uint8Array, content: Uint8Array): Reply | undefined {
    const [type = 0] = header;
    // For the sake of middleboxes only (RFC 8446 D.4).
    if (type === recordTypes.changeCipherSpec) return undefined;
    if (type !== recordTypes.applicationData) return this.#readPlain(type, content);
    const opened = this.#opener?.(header, content);
    if (opened === undefined) throw new Malformed('a record cannot be decrypted');
    const end = opened.findLastIndex((byte) => byte !== 0);
    return this.#readPlain(opened[end] ?? 0, opened.subarray(0, Math.max(end, 0)));
  }

  #readPlain(type: number, content: Uint8Array): Reply | undefined {
    if (type === recordTypes.alert) return readAlert(content);
    if (type !== recordTypes.handshake) throw new Malformed('a record is out of place');
    this.#handshake = joinBytes(this.#handshake, content);
    while (this.#handshake.length >= 4) {
      const length = new ByteReader(this.#handshake.subarray(1)).number(3);
      if (length > maximumBytes) throw new Malformed('a message is too long');
      if (this.#handshake.length < 4 + length) return undefined;
      const message = this.#handshake.subarray(0, 4 + length);
      this.#handshake = this.#handshake.subarray(4 + length);
      const hello = this.#hello;
      const reply = hello === undefined ? this.#readHello(message) : this.#readEncrypted(hello, message);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  #readHello(message: Uint8Array): Reply | undefined {
    if (message[0] !== messageTypes.serverHello) throw new Malformed('the first message is not a ServerHello');
    const hello = parseServerHello(message.subarray(4));
    if (hello.version !== tls13 || hello.isRetry) return this.#answer(hello);
    this.#hello = hello;
    const share = new ByteReader(hello.extensions.get(extensionNumbers.keyShare) ?? new Uint8Array());
    const group = share.number(2);
    const shared = this.#shares.get(group)?.combine(share.vector(2));
    if (shared === undefined) throw new Malformed('the key share is of no use');
    this.#opener = handshakeOpener(hello.suite, shared, joinBytes(this.#clientHello, message));
    // A suite whose records cannot be read here: the choices themselves are known.
    return this.#opener === undefined ? this.#answer(hello) : undefined;
  }

  #readEncrypted(hello: ServerHello, message: Uint8Array): Reply | undefined {
    const [type] = message;
    const body = message.subarray(4);
    switch (type) {
      case messageTypes.encryptedExtensions:
        this.#extensions = parseExtensions(new ByteReader(body).vector(2));
        return undefined;
      case messageTypes.certificateRequest:
        this.#asksCertificate = true;
        return undefined;
      case messageTypes.certificate:
        this.#readCertificates(body);
        return undefined;
      case messageTypes.certificateVerify:
        this.#signatureScheme = new ByteReader(body).number(2);
        return this.#answer(hello);
      case messageTypes.finished:
        return this.#answer(hello);
      default:
        throw new Malformed('a message is out of place');
    }
  }

  /** RFC 8446 4.4.2; staple and timestamps stand beside the leaf. */
  #readCertificates(body: Uint8Array): void {
    const message = new ByteReader(body);
    message.vector(1);
    const list = new ByteReader(message.vector(3));
    while (list.remaining > 0) {
      const der = list.vector(3);
      const extensions = parseExtensions(list.vector(2));
      if (this.#certificates.length === 0) {
        this.#isStapled = extensions.has(extensionNumbers.statusRequest);
        this.#hasTimestamps = extensions.has(extensionNumbers.timestamps);
      }
      this.#certificates.push(der);
    }
  }

  #answer({ version, suite, ...hello }: ServerHello): Reply {
    const flight: Flight = {
      ...hello,
      extensions: new Map([...hello.extensions, ...this.#extensions]),
      prime: undefined,
      signatureScheme: this.#signatureScheme,
      isStapled: this.#isStapled,
      hasTimestamps: this.#hasTimestamps,
      asksCertificate: this.#asksCertificate,
    };
    const certificates = this.#certificates.length > 0 ? this.#certificates : undefined;
    return { kind: 'hello', version, suite, certificates, flight };
  }
}

/** Warnings are none in TLS 1.3, but an older server may answer with one. */
function readAlert(content: Uint8Array): Reply | undefined {
  const reader = new ByteReader(content);
  const level = reader.number(1);
  const name = alertName(reader.number(1));
  return level === 1 && name !== 'close_notify' ? undefined : { kind: 'alert', name };
}
