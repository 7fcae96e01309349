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

/** RFC 2595 4. */
export const pop3: Protocol = { port: 110, wellKnown: [110], converse };

async function converse(talk: Talk): Promise<Outcome> {
  const greeting = await talk.hearGreeting(line);
  if (isError(greeting)) return turnedAway('-ERR');
  if (!isOk(greeting)) return otherProtocol;

  talk.send('CAPA\r\n');
  // A list ends with a dot; a server without CAPA (RFC 2449) says so in one line, and may know STLS all the same.
  const listed = await talk.hear(linesUntil((text, before) => text === '.' || (before.length === 0 && !isOk(text))));
  const [first = ''] = listed;
  if (!isOk(first) && !isError(first)) return otherProtocol;
  if (isOk(first) && !listed.some((text) => /^STLS\s*$/i.test(text))) return notOffered;

  talk.send('STLS\r\n');
  const answer = await talk.hear(line);
  if (isOk(answer)) return ready;
  if (!isError(answer)) return otherProtocol;
  return isError(first) ? notOffered : refused('-ERR');
}

function isOk(text: string): boolean {
  return /^\+OK\b/i.test(text);
}

function isError(text: string): boolean {
  return /^-ERR\b/i.test(text);
}
