import type { Duplex } from 'node:stream';
import { Dialogue, Interrupted, type Interruption } from './dialogue.ts';
import type { Outcome, Protocol } from './protocol.ts';

/** What became of the wish for TLS on one connection. */
export type Opening =
  | Outcome
  /** It said something after it had agreed to TLS and before TLS began: someone in between may have (CVE-2021-23222). */
  | { readonly outcome: 'injected' }
  /** It fell silent, dripped, ended in the middle or never stopped. */
  | { readonly outcome: 'interrupted'; readonly why: Interruption; readonly hasGreeted: boolean };

export interface OpeningInput {
  readonly signal: AbortSignal;
  /** Seconds for each reply. */
  readonly stepSeconds: number;
  /** Seconds for the greeting; the protocol's own, or those of a step, unless given. */
  readonly greetingSeconds?: number;
  readonly ownName: string;
  readonly serverName: string;
}

/**
 * Takes a fresh connection to the point where a ClientHello may be sent. With every other outcome the connection is of
 * no more use. Never throws for what the server does.
 */
export async function openTls(connection: Duplex, protocol: Protocol, input: OpeningInput): Promise<Opening> {
  const dialogue = new Dialogue(connection, input.signal);
  const patience = input.greetingSeconds ?? Math.max(protocol.greetingSeconds ?? 0, input.stepSeconds);
  const outcome = await protocol
    .converse({
      ownName: input.ownName,
      serverName: input.serverName,
      send: (message) => dialogue.send(message),
      hear: (reader) => dialogue.read(input.stepSeconds, reader),
      hearGreeting: (reader) => dialogue.read(patience, reader),
    })
    .catch((error: unknown): Opening => {
      if (error instanceof Interrupted) {
        return { outcome: 'interrupted', why: error.why, hasGreeted: dialogue.hasHeard };
      }
      throw error;
    });
  const isTooMuch = dialogue.release();
  return outcome.outcome === 'ready' && isTooMuch ? { outcome: 'injected' } : outcome;
}
