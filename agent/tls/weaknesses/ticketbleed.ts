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
  const given = await converse(ground.line, async (channel) => {
    const greeted = await greet(channel, wishFor(ground, suites, [renegotiationInfo(), noTicket]));
    const { ticket = new Uint8Array() } = await establish(greeted);
    return { ticket, suite: greeted.hello.suite };
  });
  if (given.heard === 'doubt') return { answer: 'unknown', why: given.why };
  const { ticket, suite } = given.value;
  if (ticket.length === 0) return no;

  // Several machines behind one address do not always know each other's tickets.
  for (let proofs = 0, attempt = 0; attempt < 3; attempt++) {
    const echo = await resume(ground, suite, ticket);
    if (echo.heard === 'doubt') return { answer: 'unknown', why: echo.why };
    if (echo.value === 'same') return no;
    if (echo.value === 'longer' && ++proofs === 2) return yes;
  }
  return unknown('handshake-failed', 'its ticket was not taken up again');
}

function resume(ground: Ground, suite: number, ticket: Uint8Array): Promise<Heard<'same' | 'longer' | 'other'>> {
  const sessionId = randomBytes(idSize);
  const wish = wishFor(ground, [suite], [renegotiationInfo(), [extensionTypes.sessionTicket, [...ticket]]]);
  return converse(ground.line, async (channel) => {
    const { hello } = await hail(channel, { ...wish, sessionId });
    if (!sessionId.equals(hello.sessionId.subarray(0, idSize))) return 'other';
    return hello.sessionId.length === idSize ? 'same' : 'longer';
  });
}
