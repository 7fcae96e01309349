import { doubtText, type Doubt } from '../../../policies/checks/endpoints.ts';
import type { Answer } from '../../../policies/checks/tls/profile.ts';
import type { Span } from '../../../policies/checks/tls/rating/scores.ts';
import { cleanText, paint, textWidth, wrap } from '../style.ts';

/** A heading within a page. */
export function heading(text: string): string {
  return paint('underline', text);
}

/** A label, and a text that keeps to its own column over several lines. */
export function hanging(label: string, text: string): string[] {
  return wrap(text, textWidth() - label.length).map(
    (line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  );
}

/** `████████░░ 80`, or `20 to 80` where it is open. */
export function scoreText({ lowest, highest }: Span): string {
  const filled = Math.floor(lowest / 10);
  const bar = '█'.repeat(filled) + paint('dim', '░'.repeat(10 - filled));
  return `${bar} ${lowest === highest ? lowest : `${lowest} to ${highest}`}`;
}

export function answerWord(answer: Answer): string {
  return answer.answer === 'unknown' ? `not clear (${cleanText(doubtText(answer.why))})` : answer.answer;
}

/** What a doubt means, to who stands before the server: what it did, and the technical word. */
export function doubtWords(doubt: Doubt): string {
  const { what, detail } = doubt;
  const said = what === 'unreachable' ? (unreachable[detail ?? ''] ?? 'no connection can be made') : did[what];
  return cleanText(detail === undefined ? said : `${said} (${detail})`);
}

const did: Readonly<Record<Exclude<Doubt['what'], 'unreachable'>, string>> = {
  silent: 'it takes the connection and stays silent',
  closed: 'it closes the connection without an answer',
  'cut-off': 'it ends in the middle of an answer',
  malformed: 'its answer is malformed',
  'not-tls': 'it answers with something else than TLS',
  alert: 'it refuses with an alert',
  'not-offered': 'it chose what was not offered',
  'handshake-failed': 'the handshake did not come to its end',
  'bad-certificate': 'its certificate cannot be read',
  'no-certificate': 'it shows no certificate',
  unsteady: 'it answers the same question in different ways',
  'no-starttls': 'it no longer offers STARTTLS',
  'starttls-refused': 'it offers STARTTLS and refuses it',
  'turned-away': 'it turns the asker away',
  injected: 'it goes on in plain text where TLS should begin',
};

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it resets the connection',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name server does not answer',
  ETIMEDOUT: 'no connection in time',
  '': 'no connection in time',
};
