import type { Duplex } from 'node:stream';
import { randomBytes } from 'node:crypto';
import type { Host } from '../host/host.ts';
import { clientHello, freshEntropy, type Offer } from './client-hello.ts';
import { doubt, type Reply, type ReplyReader } from './reply.ts';
import { ServerFlightReader, type ReadUntil } from './server-flight.ts';
import { Ssl2ReplyReader, ssl2ClientHello } from './ssl2.ts';

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
}

/** Sends one ClientHello on a connection of its own. */
export function sayHello(line: Line, offer: Omit<Offer, 'name'>, until: ReadUntil): Promise<Reply> {
  const named = line.name === undefined ? offer : { ...offer, name: line.name };
  return ask(line, clientHello(named, freshEntropy(offer.version)), new ServerFlightReader(until));
}

export function saySsl2Hello(line: Line): Promise<Reply> {
  return ask(line, ssl2ClientHello(randomBytes(16)), new Ssl2ReplyReader());
}

/**
 * Connects and lets `talk` have the connection until it replies or time is over; then ends it.
 * @param talk returns what it laid over the connection, or the connection itself
 */
export async function withConnection(
  line: Line,
  talk: (connection: Duplex, settle: (reply: Reply) => void) => Duplex,
): Promise<Reply> {
  const connection = await line.host.connect(line.address, line.port, {
    timeout: line.stepSeconds,
    signal: line.signal,
  });
  if (connection.state === 'unreadable') {
    const { code, detail } = connection.obstacle;
    return code === 'timeout' ? doubt('silent') : doubt('unreachable', detail ?? code);
  }
  const socket = connection.value;
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
