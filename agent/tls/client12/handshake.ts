import { randomBytes } from 'node:crypto';
import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { joinBytes } from '../bytes.ts';
import { alertName } from '../reply.ts';
import { NoAnswer, type Channel } from './channel.ts';
import { exchangeEcdhe, exchangeRsa, type KeyExchange } from './exchange.ts';
import {
  clientHelloMessage,
  message,
  messageTypes,
  parseEcdheKey,
  parseLeaf,
  parseServerHello,
  parseTicket,
  type ServerHello,
  type Wish,
} from './messages.ts';
import { openerFor, sealerFor, type Sealer } from './protection.ts';
import { Records, recordTypes, type TlsRecord } from './records.ts';
import { directionKeys, masterSecret, verifyData, type Agreement } from './secrets.ts';
import { suiteByNumber } from './suites.ts';

/** A server has answered a ClientHello with its whole first flight, and waits for the client's key exchange. */
export interface Greeted {
  readonly records: Records;
  readonly messages: Messages;
  readonly wish: Wish;
  readonly clientRandom: Uint8Array;
  readonly hello: ServerHello;
  /** DER; undefined where the suite has none. */
  readonly leaf: Uint8Array | undefined;
  /** The body of the ServerKeyExchange. */
  readonly keyExchange: Uint8Array | undefined;
  readonly asksForCertificate: boolean;
}

/** Both sides protect what they send. */
export interface Established {
  readonly records: Records;
  readonly messages: Messages;
  readonly hello: ServerHello;
  readonly sealer: Sealer;
  /** What the client's Finished held: a secure renegotiation repeats it (RFC 5746). */
  readonly clientVerifyData: Uint8Array;
  readonly ticket: Uint8Array | undefined;
}

/** The parts of a handshake, and all of them as both sides hash them. */
export class Messages {
  readonly #records: Records;
  #pending: Uint8Array = new Uint8Array();
  #transcript: Uint8Array = new Uint8Array();

  constructor(records: Records) {
    this.#records = records;
  }

  get transcript(): Uint8Array {
    return this.#transcript;
  }

  send(...messages: readonly Uint8Array[]): void {
    for (const one of messages) this.#transcript = joinBytes(this.#transcript, one);
    this.#records.send(...messages.map((content) => ({ type: recordTypes.handshake, content })));
  }

  /**
   * The next message of the server.
   * @throws NoAnswer where an alert or an end comes instead, or Malformed
   */
  async next(): Promise<{ type: number; body: Uint8Array }> {
    for (;;) {
      const found = this.#takeMessage();
      if (found === undefined) this.#add(await this.#nextOf(recordTypes.handshake));
      else if (found.type !== messageTypes.helloRequest) return found;
    }
  }

  /** @throws as `next` */
  async changeCipherSpec(): Promise<void> {
    if (this.#pending.length > 0) throw new Malformed('a message is cut by a change of protection');
    await this.#nextOf(recordTypes.changeCipherSpec);
  }

  /** Whether the next record is of this type; else it is a message for `next`. */
  async isNext(type: number): Promise<boolean> {
    if (this.#pending.length > 0) return type === recordTypes.handshake;
    const record = await this.#nextOf(recordTypes.handshake, recordTypes.changeCipherSpec);
    if (record.type === recordTypes.handshake) this.#add(record);
    return record.type === type;
  }

  #add({ content }: TlsRecord): void {
    this.#pending = joinBytes(this.#pending, content);
  }

  #takeMessage(): { type: number; body: Uint8Array } | undefined {
    if (this.#pending.length < 4) return undefined;
    const reader = new ByteReader(this.#pending);
    const type = reader.number(1);
    const length = reader.number(3);
    if (reader.remaining < length) return undefined;
    const whole = this.#pending.subarray(0, 4 + length);
    this.#pending = this.#pending.subarray(4 + length);
    if (type !== messageTypes.helloRequest) this.#transcript = joinBytes(this.#transcript, whole);
    return { type, body: whole.subarray(4) };
  }

  async #nextOf(...types: readonly number[]): Promise<TlsRecord> {
    for (;;) {
      const record = await this.#records.receive();
      if (typeof record === 'string') throw new NoAnswer({ what: this.#records.hasHeard ? 'cut-off' : 'closed' });
      if (record.type === recordTypes.alert) passWarnings(record.content);
      else if (types.includes(record.type)) return record;
      else throw new Malformed('a record is out of place');
    }
  }
}

/** Servers warn of a name that they do not know, and go on. */
function passWarnings(content: Uint8Array): void {
  const reader = new ByteReader(content);
  const isWarning = reader.number(1) === 1;
  const name = alertName(reader.number(1));
  if (!isWarning || name === 'close_notify') throw new NoAnswer({ what: 'alert', detail: name });
}

/** A server's first word, before the rest of its flight. */
export type Hailed = Pick<Greeted, 'records' | 'messages' | 'wish' | 'clientRandom' | 'hello'>;

/**
 * Sends a ClientHello and waits for the ServerHello alone.
 * @throws NoAnswer, Malformed
 */
export async function hail(channel: Channel, wish: Wish): Promise<Hailed> {
  const records = new Records(channel);
  const messages = new Messages(records);
  const clientRandom = randomBytes(32);
  messages.send(clientHelloMessage(wish, clientRandom));
  const first = await messages.next();
  if (first.type !== messageTypes.serverHello) throw new Malformed('the first message is not a ServerHello');
  const hello = parseServerHello(first.body);
  if (hello.version < 0x0301 || hello.version > wish.version) {
    throw new NoAnswer({ what: 'not-offered', detail: `version ${hexadecimal(hello.version)}` });
  }
  if (!wish.suites.includes(hello.suite)) {
    throw new NoAnswer({ what: 'not-offered', detail: `suite ${hexadecimal(hello.suite)}` });
  }
  records.agreeOn(hello.version);
  return { records, messages, wish, clientRandom, hello };
}

/** @throws NoAnswer, Malformed */
export async function greet(channel: Channel, wish: Wish): Promise<Greeted> {
  const hailed = await hail(channel, wish);
  return { ...hailed, ...(await readFlight(hailed.messages)) };
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

async function readFlight(messages: Messages): Promise<Pick<Greeted, 'leaf' | 'keyExchange' | 'asksForCertificate'>> {
  const bodies = new Map<number, Uint8Array>();
  for (;;) {
    const { type, body } = await messages.next();
    if (type === messageTypes.helloDone) break;
    bodies.set(type, body);
  }
  const certificates = bodies.get(messageTypes.certificate);
  return {
    leaf: certificates === undefined ? undefined : parseLeaf(certificates),
    keyExchange: bodies.get(messageTypes.serverKeyExchange),
    asksForCertificate: bodies.has(messageTypes.certificateRequest),
  };
}

/**
 * The rest of a full handshake; where the server asks for a certificate, without one.
 * @throws NoAnswer, Malformed
 */
export async function establish(greeted: Greeted): Promise<Established> {
  const { records, messages, hello, wish, clientRandom } = greeted;
  const suite = suiteByNumber(hello.suite);
  if (suite === undefined) throw new NoAnswer({ what: 'handshake-failed', detail: 'a suite not spoken here' });
  const agreement: Agreement = { suite, version: hello.version, clientRandom, serverRandom: hello.random };
  const exchange = exchangeFor(greeted, agreement, wish.version);
  const master = masterSecret(agreement, exchange.premaster);
  const keys = directionKeys(agreement, master);
  if (greeted.asksForCertificate) messages.send(message(messageTypes.certificate, [0, 0, 0]));
  messages.send(message(messageTypes.clientKeyExchange, exchange.body));

  records.send({ type: recordTypes.changeCipherSpec, content: Uint8Array.of(1) });
  const sealer = sealerFor(suite.cipher, hello.version, keys.client);
  records.protectSending(sealer);
  const clientVerifyData = verifyData(agreement, master, 'client', messages.transcript);
  messages.send(message(messageTypes.finished, [...clientVerifyData]));

  const ticket = await receiveTicket(messages);
  records.protectReceiving(openerFor(suite.cipher, hello.version, keys.server));
  const expected = verifyData(agreement, master, 'server', messages.transcript);
  const finished = await messages.next();
  if (finished.type !== messageTypes.finished || !expected.equals(finished.body)) {
    throw new Malformed('the Finished message does not fit the handshake');
  }
  return { records, messages, hello, sealer, clientVerifyData, ticket };
}

function exchangeFor({ leaf, keyExchange }: Greeted, { suite }: Agreement, offered: number): KeyExchange {
  if (suite.exchange === 'RSA') {
    if (leaf === undefined) throw new Malformed('a certificate is missing');
    return exchangeRsa(leaf, offered);
  }
  if (keyExchange === undefined) throw new Malformed('a key exchange is missing');
  const { group, key } = parseEcdheKey(keyExchange);
  return exchangeEcdhe(group, key);
}

/** Reads up to the server's change of protection, with a ticket on the way where it gives one (RFC 5077 3.3). */
async function receiveTicket(messages: Messages): Promise<Uint8Array | undefined> {
  if (await messages.isNext(recordTypes.changeCipherSpec)) return undefined;
  const { type, body } = await messages.next();
  if (type !== messageTypes.newSessionTicket) throw new Malformed('a message is out of place');
  await messages.changeCipherSpec();
  return parseTicket(body);
}
