import { constants, createDecipheriv, createHmac, privateDecrypt, randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ByteReader, Malformed } from '../../../../evidence/der/bytes.ts';
import { uint16, vector } from '../../../../agent/tls/bytes.ts';
import { Channel } from '../../../../agent/tls/client12/channel.ts';
import { message, messageTypes } from '../../../../agent/tls/client12/messages.ts';
import { openerFor, sealerFor, type DirectionKeys } from '../../../../agent/tls/client12/protection.ts';
import { Records, recordTypes, type TlsRecord } from '../../../../agent/tls/client12/records.ts';
import { directionKeys, masterSecret, verifyData, type Agreement } from '../../../../agent/tls/client12/secrets.ts';
import { suiteByNumber } from '../../../../agent/tls/client12/suites.ts';
import type { KeyFiles, Peer } from '../peers.ts';

/** An alert by its number (fatal, and the connection ends), an end without one, or nothing at all. */
export type Refusal = number | 'end' | 'silence';

/** What is wrong with a record. */
export interface Flaw {
  readonly mac: boolean;
  readonly padding: boolean;
  /** The padding leaves no place for a MAC. */
  readonly noRoom: boolean;
  readonly empty: boolean;
}

export type RsaForm = 'proper' | 'wrong-version' | 'not-pkcs1';

/** How a server behaves that is sound where nothing is said. */
export interface Behaviour {
  /** `overreads` answers a heartbeat with what it claims; it may be awake only behind a handshake. */
  readonly heartbeat?: 'overreads' | 'overreads-behind-handshake' | 'discards' | 'hangs';
  /** Takes a ChangeCipherSpec at any moment, and derives keys of what it has: nothing, or something of its own. */
  readonly earlyChange?: 'empty-master' | 'other-keys';
  readonly ticket?: 'bleeds' | 'bleeds-once' | 'echoes' | 'declines' | 'none';
  readonly rsa?: (form: RsaForm, connection: number) => Refusal | undefined;
  readonly renegotiation?: 'insecure' | 'secure' | 'ends' | 'ignores';
  /** Undefined: the record is taken. */
  readonly record?: (flaw: Flaw, connection: number) => Refusal | undefined;
  /** Connections beyond this many are ended at once. */
  readonly connections?: number;
}

export interface FlawedServer extends Peer {
  readonly connections: number;
}

const alerts = { unexpectedMessage: 10, badRecordMac: 20, noRenegotiation: 100 } as const;
const suite = suiteByNumber(0x002f);

/** A TLS 1.2 server with AES128-SHA and RSA key exchange, written for what no server of today does any more. */
export async function flawedServer(files: KeyFiles, behaviour: Behaviour = {}): Promise<FlawedServer> {
  const key = readFileSync(files.key, 'utf8');
  const leaf = new X509Certificate(readFileSync(files.certificate)).raw;
  const open = new Set<Socket>();
  let connections = 0;
  const bled = { count: 0 };
  const server = createServer((socket) => {
    const connection = ++connections;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    if (connection > (behaviour.connections ?? Infinity)) socket.end();
    else void new Visit(socket, { key, leaf, behaviour, connection, bled }).serve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

interface Setting {
  readonly key: string;
  readonly leaf: Uint8Array;
  readonly behaviour: Behaviour;
  readonly connection: number;
  /** How many tickets it has bled over, on all connections. */
  readonly bled: { count: number };
}

interface ClientHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

/** The connection is over. */
class Over extends Error {}

class Visit {
  readonly #socket: Socket;
  readonly #records: Records;
  readonly #setting: Setting;
  readonly #behaviour: Behaviour;
  readonly #serverRandom = randomBytes(32);
  #transcript = Buffer.alloc(0);
  /** How many protected records were read. */
  #sequence = 0n;
  #clientVerifyData: Uint8Array = new Uint8Array();

  constructor(socket: Socket, setting: Setting) {
    this.#socket = socket;
    this.#records = new Records(new Channel(socket));
    this.#setting = setting;
    this.#behaviour = setting.behaviour;
  }

  async serve(): Promise<void> {
    try {
      const hello = parseClientHello((await this.#message(messageTypes.clientHello)).subarray(4));
      this.#records.agreeOn(0x0303);
      this.#greet(hello);
      const agreement = this.#agreement(hello);
      const master = masterSecret(agreement, await this.#premaster(agreement));
      await this.#finish(agreement, master);
      for (;;) await this.#serveRecord(directionKeys(agreement, master).client);
    } catch (error) {
      if (error instanceof Over) return;
      this.#socket.destroy();
      if (!(error instanceof Malformed)) throw error;
    }
  }

  #agreement({ random: clientRandom }: ClientHello): Agreement {
    if (suite === undefined) throw new Error('the suite is not spoken');
    return { suite, version: 0x0303, clientRandom, serverRandom: this.#serverRandom };
  }

  #greet(hello: ClientHello): void {
    this.#send(this.#serverHello(hello));
    const certificates = vector(3, vector(3, [...this.#setting.leaf]));
    this.#send(message(messageTypes.certificate, certificates));
    this.#send(message(messageTypes.helloDone, []));
  }

  #serverHello({ sessionId, extensions }: ClientHello): Uint8Array {
    const { heartbeat, ticket } = this.#behaviour;
    const answered: [number, number[]][] = [];
    if (heartbeat !== undefined && extensions.has(15)) answered.push([15, [1]]);
    if (ticket !== undefined && extensions.has(35)) answered.push([35, []]);
    if (extensions.has(0xff01)) answered.push([0xff01, [0]]);
    const resumes = (extensions.get(35)?.length ?? 0) > 0;
    let id: Uint8Array = new Uint8Array();
    if (resumes && ticket === 'echoes') id = sessionId;
    const bleeds = ticket === 'bleeds' || (ticket === 'bleeds-once' && this.#setting.bled.count === 0);
    if (resumes && bleeds) this.#setting.bled.count += 1;
    if (resumes && bleeds) id = Buffer.concat([sessionId, randomBytes(32 - sessionId.length)]);
    if (resumes && (ticket === 'declines' || (ticket === 'bleeds-once' && !bleeds))) id = randomBytes(32);
    const list = answered.flatMap(([type, content]) => [...uint16(type), ...vector(2, content)]);
    const body = [3, 3, ...this.#serverRandom, ...vector(1, [...id]), ...uint16(0x002f), 0, ...vector(2, list)];
    return message(messageTypes.serverHello, body);
  }

  async #premaster(agreement: Agreement): Promise<Uint8Array> {
    const exchange = await this.#message(messageTypes.clientKeyExchange, (record) => this.#early(record, agreement));
    const encrypted = new ByteReader(exchange.subarray(4)).vector(2);
    const block = privateDecrypt({ key: this.#setting.key, padding: constants.RSA_NO_PADDING }, encrypted);
    const form = formOf(block);
    const refusal = this.#behaviour.rsa?.(form, this.#setting.connection);
    if (refusal !== undefined) this.#refuse(refusal);
    return form === 'proper' ? block.subarray(-48) : randomBytes(48);
  }

  /** What comes where a key exchange should. */
  async #early({ type, content }: TlsRecord, agreement: Agreement): Promise<void> {
    const { earlyChange, heartbeat } = this.#behaviour;
    if (type === recordTypes.heartbeat && heartbeat !== undefined) {
      this.#beat(content, heartbeat === 'overreads');
      return;
    }
    if (type !== recordTypes.changeCipherSpec || earlyChange === undefined) this.#refuse(alerts.unexpectedMessage);
    const master = earlyChange === 'empty-master' ? new Uint8Array() : randomBytes(48);
    const opener = openerFor(agreement.suite.cipher, 0x0303, directionKeys(agreement, master).client);
    this.#records.protectReceiving(opener);
    try {
      await this.#records.receive();
    } catch {
      this.#refuse(alerts.badRecordMac);
    }
    this.#refuse(alerts.unexpectedMessage);
  }

  /** Answers with as many bytes as are claimed, as OpenSSL 1.0.1 did; or does not. */
  #beat(request: Uint8Array, answers: boolean): void {
    if (!answers) return;
    const claimed = new ByteReader(request.subarray(1)).number(2);
    const payload = [...request.subarray(3, 3 + claimed)];
    while (payload.length < claimed) payload.push(0x42);
    const padding = Buffer.alloc(16);
    this.#records.send({
      type: recordTypes.heartbeat,
      content: Buffer.from([2, ...uint16(claimed), ...payload, ...padding]),
    });
  }

  async #finish(agreement: Agreement, master: Uint8Array): Promise<void> {
    const keys = directionKeys(agreement, master);
    const change = await this.#receive();
    if (change.type !== recordTypes.changeCipherSpec) this.#refuse(alerts.unexpectedMessage);
    const fragment = await this.#receive();
    const opened = inspect(fragment, keys.client, this.#sequence++);
    this.#clientVerifyData = verifyData(agreement, master, 'client', this.#transcript);
    if (opened.flaw.mac || opened.flaw.padding) this.#refuse(alerts.badRecordMac);
    this.#transcript = Buffer.concat([this.#transcript, opened.content]);
    const { ticket } = this.#behaviour;
    if (ticket !== undefined) {
      const content = ticket === 'none' ? [] : [...randomBytes(64)];
      this.#send(message(messageTypes.newSessionTicket, [0, 0, 0, 60, ...vector(2, content)]));
    }
    this.#records.send({ type: recordTypes.changeCipherSpec, content: Uint8Array.of(1) });
    this.#records.protectSending(sealerFor(agreement.suite.cipher, 0x0303, keys.server));
    this.#send(message(messageTypes.finished, [...verifyData(agreement, master, 'server', this.#transcript)]));
  }

  async #serveRecord(keys: DirectionKeys): Promise<void> {
    const record = await this.#receive();
    const { flaw, content } = inspect(record, keys, this.#sequence++);
    if (flaw.mac || flaw.padding || flaw.noRoom) {
      const refuse = this.#behaviour.record ?? (() => alerts.badRecordMac);
      const refusal = refuse(flaw, this.#setting.connection);
      if (refusal !== undefined) this.#refuse(refusal);
    }
    if (record.type === recordTypes.heartbeat) {
      if (this.#behaviour.heartbeat === 'hangs') this.#refuse('silence');
      this.#beat(content, this.#behaviour.heartbeat !== 'discards');
    } else if (record.type === recordTypes.handshake) this.#serveMessage(content);
  }

  #serveMessage(content: Uint8Array): void {
    if (content[0] !== messageTypes.clientHello) this.#refuse(alerts.unexpectedMessage);
    const hello = parseClientHello(content.subarray(4));
    const { renegotiation } = this.#behaviour;
    if (renegotiation === 'ends') this.#refuse('end');
    if (renegotiation === 'ignores') this.#refuse('silence');
    const isSecure = Buffer.from(this.#clientVerifyData).equals(
      hello.extensions.get(0xff01)?.subarray(1) ?? Buffer.of(),
    );
    if (renegotiation === 'insecure' || (renegotiation === 'secure' && isSecure)) this.#greet(hello);
    else this.#records.send({ type: recordTypes.alert, content: Uint8Array.of(1, alerts.noRenegotiation) });
  }

  #send(handshake: Uint8Array): void {
    this.#transcript = Buffer.concat([this.#transcript, handshake]);
    this.#records.send({ type: recordTypes.handshake, content: handshake });
  }

  async #receive(): Promise<TlsRecord> {
    const record = await this.#records.receive();
    if (typeof record === 'string') throw new Over();
    return record;
  }

  /** The client sends one message a record. */
  async #message(type: number, other?: (record: TlsRecord) => Promise<void>): Promise<Uint8Array> {
    for (;;) {
      const record = await this.#receive();
      if (record.type === recordTypes.handshake && record.content[0] === type) {
        this.#transcript = Buffer.concat([this.#transcript, record.content]);
        return record.content;
      }
      if (other === undefined) this.#refuse(alerts.unexpectedMessage);
      await other(record);
    }
  }

  #refuse(refusal: Refusal): never {
    if (typeof refusal === 'number') {
      this.#records.send({ type: recordTypes.alert, content: Uint8Array.of(2, refusal) });
    }
    if (refusal !== 'silence') this.#socket.end();
    throw new Over();
  }
}

function parseClientHello(body: Uint8Array): ClientHello {
  const reader = new ByteReader(body);
  reader.take(2);
  const random = reader.take(32);
  const sessionId = reader.vector(1);
  reader.vector(2);
  reader.vector(1);
  const list = new ByteReader(reader.vector(2));
  const extensions = new Map<number, Uint8Array>();
  while (list.remaining > 0) extensions.set(list.number(2), list.vector(2));
  return { random, sessionId, extensions };
}

function formOf(block: Uint8Array): RsaForm {
  const isProper = block[0] === 0 && block[1] === 2 && block.indexOf(0, 2) === block.length - 49;
  if (!isProper) return 'not-pkcs1';
  return block[block.length - 48] === 3 && block[block.length - 47] === 3 ? 'proper' : 'wrong-version';
}

/** Decrypts a record and says everything that is wrong with it. */
function inspect(
  { type, content: fragment }: TlsRecord,
  { key, macKey }: DirectionKeys,
  sequence: bigint,
): { flaw: Flaw; content: Uint8Array } {
  const decipher = createDecipheriv('aes-128-cbc', key, fragment.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(fragment.subarray(16)), decipher.final()]);
  const size = (plain.at(-1) ?? 0) + 1;
  const padding = plain.subarray(-size, -1).some((byte) => byte !== size - 1);
  const noRoom = size + 20 > plain.length;
  const end = Math.max(0, plain.length - size - 20);
  const content = plain.subarray(0, end);
  const header = Buffer.alloc(8);
  header.writeBigUInt64BE(sequence);
  const hmac = createHmac('sha1', macKey).update(Buffer.from([...header, type, 3, 3, ...uint16(end)]));
  const mac = !hmac
    .update(content)
    .digest()
    .equals(plain.subarray(end, end + 20));
  return { flaw: { mac, padding, noRoom, empty: end === 0 && !noRoom }, content };
}
