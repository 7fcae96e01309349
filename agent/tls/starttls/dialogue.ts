import type { Duplex } from 'node:stream';
import { joinBytes } from '../bytes.ts';

/** Why a conversation in plain text came to an end before TLS could begin. */
export type Interruption =
  /** Not one byte came in time. */
  | 'silent'
  /** Something came in time, but not the whole of it. */
  | 'unfinished'
  /** It ended without one byte. */
  | 'closed'
  /** It ended in the middle. */
  | 'cut-off'
  /** More came than anything that belongs here. */
  | 'too-long';

/** Ends a protocol's script. Never leaves this folder: `openTls` turns it into an answer. */
export class Interrupted extends Error {
  readonly why: Interruption;

  constructor(why: Interruption) {
    super(why);
    this.why = why;
  }
}

/**
 * Finds one whole message at the front of what came so far.
 * @returns the message and how many bytes it takes; undefined where more has to come
 */
export type MessageReader<T> = (bytes: Uint8Array) => { readonly message: T; readonly length: number } | undefined;

/** What a server may say in all before TLS begins. */
const maximumBytes = 64 * 1024;

/** Reads whole messages from a connection, each within its time, and leaves the connection as it found it. */
export class Dialogue {
  readonly #socket: Duplex;
  readonly #signal: AbortSignal;
  #pending: Uint8Array = new Uint8Array();
  #total = 0;
  #hasHeard = false;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  /** @param signal aborted when time is over altogether */
  constructor(socket: Duplex, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.on('readable', this.#onReadable);
    for (const event of ['end', 'close', 'error']) socket.on(event, this.#onEnd);
  }

  /** Whether the server has said one whole message. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  send(message: string | Uint8Array): void {
    this.#socket.write(message);
  }

  /**
   * @param seconds for the whole message: one that drips is none
   * @throws Interrupted
   */
  async read<T>(seconds: number, reader: MessageReader<T>): Promise<T> {
    const deadline = AbortSignal.any([this.#signal, AbortSignal.timeout(seconds * 1000)]);
    const wake = (): void => this.#wake();
    deadline.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        const found = reader(this.#pending);
        if (found !== undefined) {
          this.#hasHeard = true;
          this.#pending = this.#pending.subarray(found.length);
          return found.message;
        }
        const isEmpty = this.#pending.length === 0;
        if (this.#total > maximumBytes) throw new Interrupted('too-long');
        if (this.#hasEnded) throw new Interrupted(isEmpty ? 'closed' : 'cut-off');
        if (deadline.aborted) throw new Interrupted(isEmpty ? 'silent' : 'unfinished');
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      deadline.removeEventListener('abort', wake);
    }
  }

  /** Ends the reading. @returns whether bytes were left that nobody asked for */
  release(): boolean {
    this.#onReadable();
    this.#socket.off('readable', this.#onReadable);
    for (const event of ['end', 'close', 'error']) this.#socket.off(event, this.#onEnd);
    return this.#pending.length > 0;
  }

  // 'readable' rather than 'data': when nobody listens any more the stream waits, and the next listener loses nothing.
  readonly #onReadable = (): void => {
    for (;;) {
      const chunk = this.#socket.read() as Uint8Array | null;
      if (chunk === null) break;
      this.#total += chunk.length;
      if (this.#total <= maximumBytes + chunk.length) this.#pending = joinBytes(this.#pending, chunk);
    }
    this.#wake();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#wake();
  };
}
