import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { uint16, vector } from '../bytes.ts';
import type { Channel, Ending } from './channel.ts';
import type { Opener, Sealer } from './protection.ts';

export const recordTypes = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const;

export interface TlsRecord {
  readonly type: number;
  /** As sent, or decrypted where the server protects what it sends. */
  readonly content: Uint8Array;
}

const maximumRecord = 2 ** 14 + 2048; // RFC 5246 6.2.3

/** The record layer over a channel (RFC 5246 6.2). */
export class Records {
  readonly #channel: Channel;
  /** As on the wire. */
  #version = 0x0301;
  #sealer: Sealer | undefined;
  #opener: Opener | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** From now on records name this version; the first one names TLS 1.0 (RFC 5246 E.1). */
  agreeOn(version: number): void {
    this.#version = version;
  }

  protectSending(sealer: Sealer): void {
    this.#sealer = sealer;
  }

  protectReceiving(opener: Opener): void {
    this.#opener = opener;
  }

  /** Whether anything at all came. */
  get hasHeard(): boolean {
    return this.#channel.received > 0;
  }

  send(...records: readonly TlsRecord[]): void {
    const framed = records.map(({ type, content }) => this.#frame(type, this.#sealer?.seal(type, content) ?? content));
    this.#channel.send(Buffer.concat(framed));
  }

  /** A fragment as it is, for records that are not as they should be. */
  sendFragment(type: number, fragment: Uint8Array): void {
    this.#channel.send(this.#frame(type, fragment));
  }

  #frame(type: number, fragment: Uint8Array): Uint8Array {
    return Uint8Array.from([type, ...uint16(this.#version), ...vector(2, [...fragment])]);
  }

  /**
   * The next record's type and the length of its fragment, without the fragment.
   * @throws Malformed
   */
  async receiveHeader(patience?: number): Promise<{ type: number; length: number } | Ending> {
    const header = await this.#channel.take(5, patience);
    if (typeof header === 'string') return header;
    const reader = new ByteReader(header);
    const type = reader.number(1);
    const major = reader.number(1);
    reader.take(1);
    const length = reader.number(2);
    if (type < recordTypes.changeCipherSpec || type > recordTypes.heartbeat || major !== 3) {
      throw new Malformed('a record does not begin as one');
    }
    if (length > maximumRecord) throw new Malformed('a record is too long');
    return { type, length };
  }

  /** Passes over a fragment whose header was taken. */
  async discard(length: number): Promise<void> {
    await this.#channel.take(length);
  }

  /** @throws Malformed */
  async receive(patience?: number): Promise<TlsRecord | Ending> {
    const header = await this.receiveHeader(patience);
    if (typeof header === 'string') return header;
    const fragment = await this.#channel.take(header.length, patience);
    if (typeof fragment === 'string') return fragment;
    return { type: header.type, content: this.#opener?.open(header.type, fragment) ?? fragment };
  }
}
