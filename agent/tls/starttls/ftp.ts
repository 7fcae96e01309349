import { ftpReply } from './lines.ts';
import {
  notOffered,
  otherProtocol,
  ready,
  refused,
  turnedAway,
  type Outcome,
  type Protocol,
  type Talk,
} from './protocol.ts';

/** RFC 4217: `AUTH TLS` on the control connection. */
export const ftp: Protocol = { port: 21, wellKnown: [21], converse };

async function converse(talk: Talk): Promise<Outcome> {
  const greeting = await talk.hearGreeting(ftpReply);
  if (greeting.code === undefined) return otherProtocol;
  // 120 asks to come back later.
  if (greeting.code.startsWith('4') || greeting.code === '120') return turnedAway(greeting.code);
  if (greeting.code !== '220') return refused(greeting.code);

  // Not FEAT: what it lists before a login differs, and whether TLS is there shows by asking for it.
  talk.send('AUTH TLS\r\n');
  const { code } = await talk.hear(ftpReply);
  if (code === undefined) return otherProtocol;
  if (code === '234') return ready;
  // 500, 502: unknown command; 504: no such mechanism; 530, 534: what servers without TLS say as well (RFC 2228 3).
  return code.startsWith('5') ? notOffered : turnedAway(code);
}
