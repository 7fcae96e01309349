import type { Duplex } from 'node:stream';
import { randomBytes } from 'node:crypto';
import type { Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import { clientHello, freshEntropy, type Offer } from './client-hello.ts';
import { makeKeyShare, type KeyShare } from './key-share.ts';
import { ModernFlightReader } from './modern-flight.ts';
import { doubt, type Reply, type ReplyReader } from './reply.ts';
import { ServerFlightReader, type ReadUntil } from './server-flight.ts';
import { Ssl2ReplyReader, ssl2ClientHello } from './ssl2.ts';
import type { Starttls } from './starttls/starttls.ts';

/** Where questions go, and how long they may take. */
export interface Line {
  readonly host: Host;
  readonly address: string;
  readonly port: number;
  /** Asked for with SNI. */
  readonly name?: string;
  /** Aborted when the endpoint's time is over; then every question comes back as silence. */
  readonly signal: AbortSignal;
  /** Seconds for connecting, and again for the whole answer: one that drips is no answer. */
  readonly stepSeconds: number;
  /** Asks for TLS in plain text first; left out where the server speaks TLS from the first byte. */
  readonly starttls?: Starttls;
}

/** Sends one ClientHello on a connection of its own. */
export function sayHello(line: Line, offer: Omit<Offer, 'name'>, until: ReadUntil): Promise<Reply> {
  return ask(line, clientHello(named(line, offer), freshEntropy(offer.version)), new ServerFlightReader(until));
}

/**
 * Sends a ClientHello of TLS 1.3 and reads the encrypted answer too.
 * @param group that it sends a share of: one of `shareableGroups`
 */
export function sayModernHello(line: Line, offer: Omit<Offer, 'name' | 'version'>, group: number): Promise<Reply> {
  const { greeting, reader } = modernGreeting(line, offer, [group]);
  return ask(line, greeting, reader);
}

/** What one connection showed at once and in the end. */
export interface InFull {
  /** Up to where was asked; what goes wrong behind it does not touch it. */
  readonly head: Reply;
  /** The whole flight, with certificates where they could be read. */
  readonly whole: Reply;
}

/** Seconds for what follows the head: a flight comes at once, and who needs the rest asks again by itself. */
const afterHead = 1;

/**
 * Sends one ClientHello and reads the answer twice: as far as `until`, and as far as it can be read. In TLS 1.3 it
 * holds shares of the usual groups, so that certificates come to light.
 */
export async function sayInFull(
  line: Line,
  offer: Omit<Offer, 'name'>,
  until: Exclude<ReadUntil, 'done'>,
): Promise<InFull> {
  const { greeting, reader } =
    offer.version === 'TLSv1.3' ? modernGreeting(line, offer, usualShares) : classic(line, offer);
  const headReader = new ServerFlightReader(until);
  let head: Reply | undefined;
  const whole = await withConnection(line, (socket, settle) => {
    let patience: NodeJS.Timeout | undefined;
    socket.on('data', (chunk: Uint8Array) => {
      head ??= headReader.push(chunk);
      if (head !== undefined) patience ??= setTimeout(() => settle(doubt('silent')), afterHead * 1000);
      const reply = reader.push(chunk);
      if (reply !== undefined) settle(reply);
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        clearTimeout(patience);
        head ??= headReader.end();
        settle(reader.end());
      });
    }
    socket.write(greeting);
    return socket;
  });
  return { head: head ?? whole, whole };
}

const usualShares = [0x001d, 0x0017];

function classic(line: Line, offer: Omit<Offer, 'name'>): { greeting: Uint8Array; reader: ReplyReader } {
  const greeting = clientHello(named(line, offer), freshEntropy(offer.version));
  return { greeting, reader: new ServerFlightReader('done') };
}

function modernGreeting(
  line: Line,
  offer: Omit<Offer, 'name' | 'version'>,
  groups: readonly number[],
): { greeting: Uint8Array; reader: ReplyReader } {
  const shares = new Map<number, KeyShare>();
  for (const group of groups) {
    const share = makeKeyShare(group);
    if (share !== undefined) shares.set(group, share);
  }
  const keyShares = new Map([...shares].map(([number, { publicKey }]) => [number, publicKey]));
  const greeting = clientHello(named(line, { ...offer, version: 'TLSv1.3' }), { random: randomBytes(32), keyShares });
  return { greeting, reader: new ModernFlightReader(greeting, shares) };
}

function named(line: Line, offer: Omit<Offer, 'name'>): Offer {
  return line.name === undefined ? offer : { ...offer, name: line.name };
}

export function saySsl2Hello(line: Line): Promise<Reply> {
  return ask(line, ssl2ClientHello(randomBytes(16)), new Ssl2ReplyReader());
}

/**
 * A fresh connection on which the next byte belongs to TLS; the reply to whatever was to be asked where there is none.
 * For what does not fit `withConnection`, and then within `inTurn`; not within each other, which would wait for ever.
 */
export async function openLine(
  line: Line,
): Promise<{ readonly socket: Duplex } | { readonly reply: Extract<Reply, { kind: 'doubt' }> }> {
  const opened =
    line.starttls === undefined
      ? await connectTo(line)
      : await line.starttls.open(() => connectTo(line), conversationOn(line));
  switch (opened.state) {
    case 'read':
      return { socket: opened.value };
    case 'open':
      return { socket: opened.connection };
    case 'shut':
      return { reply: { kind: 'doubt', why: opened.why } };
    case 'unreadable': {
      const { code, detail } = opened.obstacle;
      return { reply: code === 'timeout' ? doubt('silent') : doubt('unreachable', detail ?? code) };
    }
  }
}

/**
 * The line as the server turns out to be: one that was only found on a protocol's usual port may speak TLS from the
 * first byte, or something else altogether.
 */
export async function settleLine({ starttls, ...direct }: Line): Promise<Line> {
  if (starttls === undefined) return direct;
  const line = { ...direct, starttls };
  return (await starttls.isSpoken(() => connectTo(direct), conversationOn(direct))) ? line : direct;
}

function connectTo(line: Line): Promise<Reading<Duplex>> {
  return line.host.connect(line.address, line.port, { timeout: line.stepSeconds, signal: line.signal });
}

function conversationOn({ signal, stepSeconds, host, name }: Line) {
  return { signal, stepSeconds, ownName: host.hostname, serverName: name ?? host.hostname };
}

/** Servers that begin in plain text are asked one connection at a time: mail servers ban who opens many. */
export function inTurn<T>(line: Line, ask: () => Promise<T>): Promise<T> {
  return line.starttls === undefined ? ask() : line.starttls.inTurn(ask);
}

/**
 * Connects and lets `talk` have the connection until it replies or time is over; then ends it.
 * @param talk returns what it laid over the connection, or the connection itself
 */
export function withConnection(
  line: Line,
  talk: (connection: Duplex, settle: (reply: Reply) => void) => Duplex,
): Promise<Reply> {
  return inTurn(line, async () => {
    const opened = await openLine(line);
    return 'reply' in opened ? opened.reply : converse(line, opened.socket, talk);
  });
}

function converse(
  line: Line,
  socket: Duplex,
  talk: (connection: Duplex, settle: (reply: Reply) => void) => Duplex,
): Promise<Reply> {
  return new Promise((resolve) => {
    const settle = (reply: Reply): void => {
      clearTimeout(timer);
      line.signal.removeEventListener('abort', giveUp);
      // A TLS layer ends before the connection under it: Node crashes when they are torn down the other way round.
      outermost.once('close', () => socket.destroy());
      outermost.destroy();
      resolve(reply);
    };
    const giveUp = (): void => settle(doubt('silent'));
    const timer = setTimeout(giveUp, line.stepSeconds * 1000);
    line.signal.addEventListener('abort', giveUp, { once: true });
    const outermost = talk(socket, settle);
    if (line.signal.aborted) giveUp();
  });
}

function ask(line: Line, greeting: Uint8Array, reader: ReplyReader): Promise<Reply> {
  return withConnection(line, (socket, settle) => {
    socket.on('data', (chunk: Uint8Array) => {
      const reply = reader.push(chunk);
      if (reply !== undefined) settle(reply);
    });
    // A reset after the last byte of an answer is an end like another.
    for (const event of ['end', 'close', 'error']) socket.on(event, () => settle(reader.end()));
    socket.write(greeting);
    return socket;
  });
}
