import type { MessageReader } from './dialogue.ts';

/** How a server answered the wish for TLS, in its protocol's own words. */
export type Outcome =
  /** It said to go ahead: the next byte from either side belongs to TLS. */
  | { readonly outcome: 'ready' }
  /** It speaks the protocol and does not offer TLS in it. */
  | { readonly outcome: 'not-offered' }
  /** What it says is not this protocol. */
  | { readonly outcome: 'other-protocol' }
  /** It does not want to serve this connection now (421, too many connections). `code` as the protocol has it. */
  | { readonly outcome: 'turned-away'; readonly code: string }
  /** It will not go ahead although it does not say that it has no TLS. */
  | { readonly outcome: 'refused'; readonly code: string };

/** A script's way to talk: messages within the time that the step may take. */
export interface Talk {
  send(message: string | Uint8Array): void;
  /** @throws Interrupted where the server is silent, drips or ends */
  hear<T>(reader: MessageReader<T>): Promise<T>;
  /** For what a server says first: some wait on purpose before they do. */
  hearGreeting<T>(reader: MessageReader<T>): Promise<T>;
  /** What a client calls itself, where the protocol asks: this host's name. */
  readonly ownName: string;
  /** The name that the server is wanted for. */
  readonly serverName: string;
}

/** A protocol that begins in plain text. */
export interface Protocol {
  /** The usual port, for a target that names none. */
  readonly port: number;
  /** All ports on which a found server is first taken for one of this protocol. */
  readonly wellKnown: readonly number[];
  /** Seconds that its greeting may take, where that is more than another step. */
  readonly greetingSeconds?: number;
  /** Goes from the open connection to the point where a ClientHello may be sent. */
  readonly converse: (talk: Talk) => Promise<Outcome>;
}

export const ready: Outcome = { outcome: 'ready' };
export const notOffered: Outcome = { outcome: 'not-offered' };
export const otherProtocol: Outcome = { outcome: 'other-protocol' };

/** @param code a protocol's own word, never a sentence: sentences hold moments and addresses that change */
export function turnedAway(code: string): Outcome {
  return { outcome: 'turned-away', code };
}

export function refused(code: string): Outcome {
  return { outcome: 'refused', code };
}
