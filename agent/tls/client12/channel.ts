import type { Duplex } from 'node:stream';
import { doubtText, type Doubt } from '../../../policies/checks/endpoints.ts';
import { Malformed } from '../../../evidence/der/bytes.ts';
import { joinBytes } from '../bytes.ts';
import { withConnection, type Line } from '../dial.ts';
import { doubt, type Reply } from '../reply.ts';

/** Why a conversation went no further. Never leaves `converse`: it turns it into a doubt. */
export class NoAnswer extends Error {
  readonly why: Doubt;

  constructor(why: Doubt) {
    super(doubtText(why));
    this.why = why;
  }
}

/** How it came that nothing more is read: the peer ended it, it broke off, or patience did. */
export type Ending = 'end' | 'reset' | 'open';

const maximumBytes = 256 * 1024;

/** A connection's bytes, to be taken as they are wanted. */
export class Channel {
  readonly #socket: Duplex;
  #pending: Uint8Array = new Uint8Array();
  #received = 0;
  #ending: Ending | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (chunk: Uint8Array) => this.#add(chunk));
    socket.on('error', () => this.#end('reset'));
    socket.on('end', () => this.#end('end'));
    socket.on('close', () => this.#end('end'));
  }

  get received(): number {
    return this.#received;
  }

  send(bytes: Uint8Array): void {
    if (this.#ending === undefined) this.#socket.write(bytes);
  }

  /**
   * The next bytes, or what came instead of that many.
   * @param patience seconds after which nothing is `open`; without it, as long as the connection may last
   * @throws Malformed where a peer sends without end
   */
  async take(count: number, patience?: number): Promise<Uint8Array | Ending> {
    const over = patience === undefined ? Infinity : performance.now() + patience * 1000;
    while (this.#pending.length < count) {
      if (this.#received > maximumBytes) throw new Malformed('more than 256 KiB in one conversation');
      if (this.#ending !== undefined) return this.#ending;
      if (performance.now() >= over) return 'open';
      await this.#change(over);
    }
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }

  async #change(over: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (over !== Infinity) timer = setTimeout(resolve, Math.max(0, over - performance.now()));
    });
    clearTimeout(timer);
  }

  #add(chunk: Uint8Array): void {
    this.#received += chunk.length;
    // What is too much anyway is not kept.
    if (this.#received <= maximumBytes) this.#pending = joinBytes(this.#pending, chunk);
    this.#wake();
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#wake();
  }
}

/** What a conversation came to. */
export type Heard<T> =
  { readonly heard: 'answer'; readonly value: T } | { readonly heard: 'doubt'; readonly why: Doubt };

/**
 * Holds one conversation on a connection of its own, within the line's deadlines. Whatever the server does instead
 * of answering comes back as a doubt.
 */
export async function converse<T>(line: Line, talk: (channel: Channel) => Promise<T>): Promise<Heard<T>> {
  let outcome: Heard<T> | undefined;
  let failure: unknown;
  const reply = await withConnection(line, (socket, settle) => {
    const channel = new Channel(socket);
    talk(channel).then(
      (value) => {
        outcome = { heard: 'answer', value };
        settle({ kind: 'closed' });
      },
      (error: unknown) => {
        const why = doubtOf(error);
        if (why === undefined) failure = error;
        settle(why ?? { kind: 'closed' });
      },
    );
    return socket;
  });
  if (failure !== undefined) throw failure instanceof Error ? failure : new Error('a conversation failed');
  if (outcome !== undefined) return outcome;
  return { heard: 'doubt', why: reply.kind === 'doubt' ? reply.why : { what: 'closed' } };
}

/** Undefined for what is no doing of the server's. */
function doubtOf(error: unknown): Reply | undefined {
  if (error instanceof NoAnswer) return { kind: 'doubt', why: error.why };
  return error instanceof Malformed ? doubt('malformed', error.message) : undefined;
}
