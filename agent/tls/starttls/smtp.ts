import { smtpReply } from './lines.ts';
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

/** RFC 3207. Postscreen and others make a stranger wait for the greeting, to see whether it can. */
export const smtp: Protocol = {
  port: 25,
  wellKnown: [25, 587],
  greetingSeconds: 20,
  converse: (talk) => converse(talk, 'EHLO'),
};

/** RFC 2033: SMTP but for the word by which a client introduces itself. */
export const lmtp: Protocol = { port: 24, wellKnown: [24], converse: (talk) => converse(talk, 'LHLO') };

/** Codes by which a server says that it does not know a command (RFC 5321 4.2.4): then it has no extensions either. */
const unknownCommand = ['500', '502'];

async function converse(talk: Talk, hello: 'EHLO' | 'LHLO'): Promise<Outcome> {
  const greeting = await talk.hearGreeting(smtpReply);
  if (greeting.code === undefined) return otherProtocol;
  if (greeting.code !== '220') return unwilling(greeting.code);

  talk.send(`${hello} ${talk.ownName}\r\n`);
  const { code, texts } = await talk.hear(smtpReply);
  if (code === undefined) return otherProtocol;
  if (unknownCommand.includes(code)) return notOffered;
  if (code !== '250') return unwilling(code);
  // The first line ought to be the server's name, but there are servers that begin with an extension.
  if (!texts.some((text) => /^STARTTLS\s*$/i.test(text))) return notOffered;

  talk.send('STARTTLS\r\n');
  const answer = await talk.hear(smtpReply);
  if (answer.code === undefined) return otherProtocol;
  return answer.code === '220' ? ready : unwilling(answer.code);
}

/** Codes that begin with 4 pass (RFC 5321 4.2.1). */
function unwilling(code: string): Outcome {
  return code.startsWith('4') ? turnedAway(code) : refused(code);
}
