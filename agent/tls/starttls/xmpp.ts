import type { MessageReader } from './dialogue.ts';
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

/** RFC 6120 5, as a client. */
export const xmpp: Protocol = { port: 5222, wellKnown: [5222], converse: (talk) => converse(talk, 'jabber:client') };

/** RFC 6120 5, as another server. */
export const xmppServer: Protocol = {
  port: 5269,
  wellKnown: [5269],
  converse: (talk) => converse(talk, 'jabber:server'),
};

/** Stream errors that pass (RFC 6120 4.9.3). */
const passingErrors = [
  'connection-timeout',
  'policy-violation',
  'remote-connection-failed',
  'reset',
  'resource-constraint',
  'system-shutdown',
];

async function converse(talk: Talk, namespace: string): Promise<Outcome> {
  const names = namespace === 'jabber:server' ? ` from='${escape(talk.ownName)}'` : '';
  talk.send(
    `<?xml version='1.0'?><stream:stream xmlns='${namespace}' xmlns:stream='http://etherx.jabber.org/streams'` +
      `${names} to='${escape(talk.serverName)}' version='1.0'>`,
  );
  // Text is searched rather than parsed as XML: until TLS begins nothing but these few fixed elements may come.
  const opening = await talk.hear(until(/<(?:[\w-]+:)?features\s*\/>|<\/(?:[\w-]+:)?features\s*>/));
  if (opening.kind === 'other') return otherProtocol;
  if (opening.kind === 'error') return unwilling(opening.text);
  if (!/<starttls[\s/>]/.test(opening.text)) return notOffered;

  talk.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  const answer = await talk.hear(
    until(/<(?:[\w-]+:)?(?:proceed|failure)\b[^>]*?(?:\/>|>\s*<\/(?:[\w-]+:)?(?:proceed|failure)\s*>)/),
  );
  if (answer.kind === 'other') return otherProtocol;
  if (answer.kind === 'error') return unwilling(answer.text);
  return /<(?:[\w-]+:)?proceed\b/.test(answer.text) ? ready : refused('failure');
}

interface Heard {
  readonly kind: 'wanted' | 'error' | 'other';
  readonly text: string;
}

/** Text up to the end of what is wanted, or of a stream error. What does not begin with a tag is another protocol. */
function until(wanted: RegExp): MessageReader<Heard> {
  return (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    const start = text.trimStart();
    if (start === '') return undefined;
    if (!start.startsWith('<')) return { message: { kind: 'other', text: '' }, length: 0 };
    const error = /<(?:[\w-]+:)?error\b[\s\S]*?<\/(?:[\w-]+:)?error\s*>/.exec(text);
    const found = wanted.exec(text);
    const match = error ?? found;
    if (match === null) return undefined;
    const length = match.index + match[0].length;
    return { message: { kind: error === null ? 'wanted' : 'error', text: text.slice(0, length) }, length };
  };
}

function unwilling(text: string): Outcome {
  const condition = /<(?:[\w-]+:)?error\b[^>]*>\s*<([a-z-]{1,40})[\s/>]/.exec(text)?.[1] ?? 'error';
  return passingErrors.includes(condition) ? turnedAway(condition) : refused(condition);
}

function escape(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
