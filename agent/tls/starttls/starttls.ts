import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import type { Doubt, StarttlsName } from '../../../policies/checks/endpoints.ts';
import type { Reading, Unreadable } from '../../../policies/reading.ts';
import { openTls, type Opening, type OpeningInput } from './open.ts';
import { starttlsProtocols } from './index.ts';

export interface StarttlsOptions {
  /** It was only found on the protocol's usual port, and may be something else. */
  readonly isGuess?: boolean;
  /** Seconds to stay away after the server turned a connection away; 3 unless said. */
  readonly pauseSeconds?: number;
  /** Seconds for the greeting; the protocol's own unless said. */
  readonly greetingSeconds?: number;
}

/** A connection on which TLS may begin, or what stood in the way. */
export type Opened =
  { readonly state: 'open'; readonly connection: Duplex } | { readonly state: 'shut'; readonly why: Doubt };

type Connect = () => Promise<Reading<Duplex>>;
type ConversationInput = Omit<OpeningInput, 'greetingSeconds'>;

/** One server that begins in plain text. Whoever asks it shares this, so that it sees one connection at a time. */
export class Starttls {
  readonly protocol: StarttlsName;
  readonly isGuess: boolean;
  readonly #pauseSeconds: number;
  readonly #greetingSeconds: number | undefined;
  readonly #turn = pLimit(1);
  /** How often in a row it turned a connection away. */
  #setbacks = 0;
  #lastSetback: Doubt = { what: 'turned-away' };
  #spoken: Promise<boolean> | undefined;

  constructor(protocol: StarttlsName, options: StarttlsOptions = {}) {
    this.protocol = protocol;
    this.isGuess = options.isGuess ?? false;
    this.#pauseSeconds = options.pauseSeconds ?? 3;
    this.#greetingSeconds = options.greetingSeconds;
  }

  /** Does what takes a connection, after all that was asked for before. */
  inTurn<T>(ask: () => Promise<T>): Promise<T> {
    return this.#turn(ask);
  }

  /**
   * Whether the server speaks the protocol at all: asked once, on one connection, where that is a guess.
   */
  isSpoken(connect: Connect, input: ConversationInput): Promise<boolean> {
    this.#spoken ??= this.isGuess ? this.inTurn(() => this.#recognise(connect, input)) : Promise.resolve(true);
    return this.#spoken;
  }

  /**
   * Opens a connection and asks for TLS on it. A server that turns it away is asked once more after a pause; turned
   * away again, it is left in peace, and all further questions come back without an answer.
   */
  async open(connect: Connect, input: ConversationInput): Promise<Opened | Unreadable> {
    for (;;) {
      if (this.#setbacks >= maximumSetbacks) return { state: 'shut', why: this.#lastSetback };
      if (this.#setbacks > 0) await pause(this.#pauseSeconds, input.signal);
      const connection = await connect();
      if (connection.state === 'unreadable') return connection;
      const opening = await this.#ask(connection.value, input);
      if (opening.outcome === 'ready') return { state: 'open', connection: connection.value };
      connection.value.destroy();
      const why = doubtOf(opening, this.protocol);
      if (why.what !== 'turned-away') return { state: 'shut', why };
    }
  }

  async #recognise(connect: Connect, input: ConversationInput): Promise<boolean> {
    const connection = await connect();
    if (connection.state === 'unreadable') return false;
    const opening = await this.#ask(connection.value, input);
    connection.value.destroy();
    if (opening.outcome === 'interrupted') return opening.hasGreeted;
    return opening.outcome !== 'other-protocol';
  }

  async #ask(connection: Duplex, input: ConversationInput): Promise<Opening> {
    const greeting = this.#greetingSeconds === undefined ? {} : { greetingSeconds: this.#greetingSeconds };
    const opening = await openTls(connection, starttlsProtocols[this.protocol], { ...input, ...greeting });
    const why = opening.outcome === 'ready' ? undefined : doubtOf(opening, this.protocol);
    if (why?.what === 'turned-away') {
      this.#setbacks += 1;
      this.#lastSetback = why;
    } else {
      this.#setbacks = 0;
    }
    return opening;
  }
}

const maximumSetbacks = 2;

/** Ends early where time is over. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}

/** Details are a protocol's own codes: sentences of servers hold moments and addresses, and facts hold no noise. */
function doubtOf(opening: Exclude<Opening, { outcome: 'ready' }>, protocol: StarttlsName): Doubt {
  switch (opening.outcome) {
    case 'not-offered':
      return { what: 'no-starttls' };
    case 'other-protocol':
      return { what: 'not-tls', detail: `not ${protocol}` };
    case 'turned-away':
      return { what: 'turned-away', detail: opening.code };
    case 'refused':
      return { what: 'starttls-refused', detail: opening.code };
    case 'injected':
      return { what: 'injected' };
    case 'interrupted':
      return interruptionDoubt(opening);
  }
}

function interruptionDoubt({ why, hasGreeted }: Extract<Opening, { outcome: 'interrupted' }>): Doubt {
  switch (why) {
    case 'silent':
      return hasGreeted ? { what: 'silent', detail: 'after the greeting' } : { what: 'silent' };
    case 'unfinished':
      return { what: 'silent', detail: 'in the middle of a reply' };
    // Servers with too many clients often hang up without a word. It must not look like an end within TLS, which counts
    // as the refusal of a version.
    case 'closed':
    case 'cut-off':
      return { what: 'turned-away', detail: 'closed' };
    case 'too-long':
      return { what: 'malformed', detail: 'too much before TLS' };
  }
}
