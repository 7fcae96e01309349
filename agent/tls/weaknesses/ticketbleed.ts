import { randomBytes } from 'node:crypto';
import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { converse, establish, extensionTypes, greet, hail, type Heard } from '../client12/index.ts';
import {
  commonSuites,
  no,
  noTicket,
  notSpoken,
  renegotiationInfo,
  unknown,
  wishFor,
  yes,
  type Ground,
} from './ground.ts';

/** One byte short of the longest: a server that pads it with memory shows one byte of it. */
const idSize = 31;

/**
 * Ticketbleed (CVE-2016-9244): F5 BIG-IP echoes the session id that comes with a ticket as 32 bytes, however short
 * it was, and fills up with memory. Proof is a longer id that begins with the scanner's own, twice.
 */
export async function ticketbleed(ground: Ground): Promise<Answer> {
  if (!ground.extensions.has(extensionTypes.sessionTicket)) return no;
  const suites = commonSuites(ground);
  if (suites.length === 0) return notSpoken;
  let proofs = 0;
  for (let attempt = 0; attempt < attempts; attempt++) {
    // A ticket of its own each time: several machines behind one address do not always know each other's.
    const given = await askTicket(ground, suites);
    if (given.heard === 'doubt') return { answer: 'unknown', why: given.why };
    if (given.value.ticket.length === 0) return no;
    const echo = await resume(ground, given.value);
    if (echo.heard === 'doubt') return { answer: 'unknown', why: echo.why };
    if (echo.value === 'same') return no;
    if (echo.value === 'longer' && ++proofs === 2) return yes;
  }
  // It echoes no id: its tickets are never taken up, as with servers that begin a process for each client.
  return proofs > 0 ? unknown('unsteady') : no;
}

/** A server that declines as many of its own tickets takes none up. */
const attempts = 4;

interface Ticket {
  readonly suite: number;
  readonly ticket: Uint8Array;
}

function askTicket(ground: Ground, suites: readonly number[]): Promise<Heard<Ticket>> {
  return converse(ground.line, async (channel) => {
    const greeted = await greet(channel, wishFor(ground, suites, [renegotiationInfo(), noTicket]));
    const { ticket = new Uint8Array() } = await establish(greeted);
    return { ticket, suite: greeted.hello.suite };
  });
}

function resume(ground: Ground, { suite, ticket }: Ticket): Promise<Heard<'same' | 'longer' | 'other'>> {
  const sessionId = randomBytes(idSize);
  const wish = wishFor(ground, [suite], [renegotiationInfo(), [extensionTypes.sessionTicket, [...ticket]]]);
  return converse(ground.line, async (channel) => {
    const { hello } = await hail(channel, { ...wish, sessionId });
    if (!sessionId.equals(hello.sessionId.subarray(0, idSize))) return 'other';
    return hello.sessionId.length === idSize ? 'same' : 'longer';
  });
}
