import { randomBytes } from 'node:crypto';
import type { Answer } from '../../../policies/checks/tls/profile.ts';
import {
  clientHelloMessage,
  converse,
  establish,
  greet,
  listenOnce,
  NoAnswer,
  recordTypes,
  type Channel,
  type Greeted,
  type Heard,
  type Wish,
} from '../client12/index.ts';
import { askAgainOnEnd, isEnd, no, patience, unknown, wishFor, yes, type Ground } from './ground.ts';

const greetingRefused = 'greeting refused';

type Extension = readonly [number, readonly number[]];

/** What the two greetings of a renegotiation carry. */
export interface Renegotiation {
  readonly first: readonly Extension[];
  /** @param clientVerifyData what the client's Finished of the first handshake held */
  readonly second: (clientVerifyData: Uint8Array) => readonly Extension[];
}

/** Greets a second time within a connection. A ServerHello is a renegotiation; the handshake is left there. */
export async function renegotiate(
  ground: Ground,
  suites: readonly number[],
  { first, second }: Renegotiation,
): Promise<Answer> {
  const ask = (): Promise<Heard<string>> =>
    converse(ground.line, async (channel) => {
      const greeted = await greetUnlessRefused(channel, wishFor(ground, suites, first));
      if (greeted === undefined) return greetingRefused;
      const { records, clientVerifyData } = await establish(greeted);
      const wish = wishFor(ground, [greeted.hello.suite], second(clientVerifyData));
      records.send({ type: recordTypes.handshake, content: clientHelloMessage(wish, randomBytes(32)) });
      return listenOnce(records, patience);
    });
  const reaction = await askAgainOnEnd(ask);
  if (reaction.heard === 'doubt') return { answer: 'unknown', why: reaction.why };
  if (reaction.value === 'server hello') return yes;
  // It took the greeting with RFC 5746: a server that wants none without it renegotiates with nobody who lacks it.
  if (reaction.value === greetingRefused) return first.length === 0 ? no : unknown('alert', 'handshake_failure');
  if (reaction.value === 'open') return unknown('silent');
  // Whatever alert: it goes no further.
  const isAlert = reaction.value.startsWith('alert ') || reaction.value.startsWith('warning ');
  return isAlert || isEnd(reaction.value) ? no : unknown('malformed', reaction.value);
}

/** Undefined where the server refuses the greeting itself; a refusal later on may be for want of a client certificate. */
async function greetUnlessRefused(channel: Channel, wish: Wish): Promise<Greeted | undefined> {
  try {
    return await greet(channel, wish);
  } catch (error) {
    if (error instanceof NoAnswer && error.why.detail === 'handshake_failure') return undefined;
    throw error;
  }
}
