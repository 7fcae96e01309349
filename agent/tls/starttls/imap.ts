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

/** RFC 3501 6.2.1, RFC 9051 6.2.1. */
export const imap: Protocol = { port: 143, wellKnown: [143], converse };

async function converse(talk: Talk): Promise<Outcome> {
  const greeting = await talk.hearGreeting(line);
  const kind = /^\* (OK|PREAUTH|BYE)\b/i.exec(greeting)?.[1]?.toUpperCase();
  if (kind === undefined) return otherProtocol;
  if (kind === 'BYE') return turnedAway('BYE');
  // Who is logged in already may not ask for TLS any more.
  if (kind === 'PREAUTH') return refused('PREAUTH');

  const listed = await command(talk, 'a1', 'CAPABILITY');
  if (listed.status === 'BYE') return turnedAway('BYE');
  if (listed.status !== 'OK') return refused(listed.status);
  const capabilities = listed.untagged.flatMap((text) => (/^\* CAPABILITY (.*)$/i.exec(text)?.[1] ?? '').split(' '));
  if (!capabilities.some((word) => word.toUpperCase() === 'STARTTLS')) return notOffered;

  const { status } = await command(talk, 'a2', 'STARTTLS');
  if (status === 'BYE') return turnedAway('BYE');
  return status === 'OK' ? ready : refused(status);
}

interface Completion {
  /** `OK`, `NO`, `BAD`, or `BYE` where the server took its leave instead. */
  readonly status: string;
  readonly untagged: readonly string[];
}

/** Untagged lines may come at any time, before the line with the command's own tag. */
async function command(talk: Talk, tag: string, name: string): Promise<Completion> {
  talk.send(`${tag} ${name}\r\n`);
  const lines = await talk.hear(linesUntil((text) => text.startsWith(`${tag} `) || /^\* BYE\b/i.test(text)));
  const status = /^\S+ ([A-Za-z]{1,10})/.exec(lines.at(-1) ?? '')?.[1]?.toUpperCase() ?? '';
  return { status, untagged: lines.slice(0, -1) };
}
