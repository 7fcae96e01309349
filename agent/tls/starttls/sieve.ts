import { line, linesUntil } from './lines.ts';
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

/** ManageSieve, RFC 5804: the greeting lists what the server can, and ends with a status. */
export const sieve: Protocol = { port: 4190, wellKnown: [4190], converse };

async function converse(talk: Talk): Promise<Outcome> {
  // Anything but a capability (a quoted word) or a status ends it: another protocol's greeting is one line.
  const greeting = await talk.hearGreeting(linesUntil((text) => !text.startsWith('"')));
  const opening = statusOf(greeting.at(-1) ?? '');
  if (opening === undefined) return otherProtocol;
  if (opening !== 'OK') return turnedAway(opening);
  // A bare OK is Redis' or another's as well; ManageSieve names itself (RFC 5804 1.7).
  if (!greeting.some((text) => /^"IMPLEMENTATION"/i.test(text))) return otherProtocol;
  if (!greeting.some((text) => /^"STARTTLS"\s*$/i.test(text))) return notOffered;

  talk.send('STARTTLS\r\n');
  const status = statusOf(await talk.hear(line));
  if (status === undefined) return otherProtocol;
  if (status === 'BYE') return turnedAway(status);
  return status === 'OK' ? ready : refused(status);
}

function statusOf(text: string): string | undefined {
  return /^(OK|NO|BYE)\b/i.exec(text)?.[1]?.toUpperCase();
}
