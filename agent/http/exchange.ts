import type { Duplex } from 'node:stream';
import type { WebAnswer } from '../../policies/checks/https/facts.ts';
import { fieldsOf, parseHead, type Head } from './head.ts';

/** More than any server's head of an answer. */
const maximumHead = 65_536;

/** What to ask for. */
export interface WebRequest {
  /** For the `Host` field: a name, or an address in its brackets where it has some; with its port unless that is usual. */
  readonly host: string;
  /** Beginning with `/`. */
  readonly path: string;
  /** `waarborg` unless said. */
  readonly userAgent?: string;
}

/**
 * Sends one GET on a connection that is open, and reads the head of the answer; the body is left unread. The caller
 * ends the connection.
 * @param signal aborted when time is over; that counts as silence
 */
export function askWeb(connection: Duplex, request: WebRequest, signal: AbortSignal): Promise<WebAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const settle = (answer: WebAnswer): void => {
      signal.removeEventListener('abort', giveUp);
      connection.removeListener('data', onData);
      resolve(answer);
    };
    const giveUp = (): void => settle({ state: 'unknown', why: { what: 'silent' } });
    const onEnd = (): void => {
      settle(text === '' ? { state: 'closed' } : { state: 'unknown', why: { what: 'cut-off' } });
    };
    const onData = (chunk: Uint8Array): void => {
      text += Buffer.from(chunk).toString('latin1');
      const head = parseHead(text);
      if (head === 'other') settle({ state: 'other' });
      else if (head !== undefined) settle(answerOf(head));
      else if (text.length > maximumHead) settle({ state: 'unknown', why: { what: 'malformed', detail: 'long head' } });
    };
    if (signal.aborted) {
      giveUp();
      return;
    }
    signal.addEventListener('abort', giveUp, { once: true });
    connection.on('data', onData);
    for (const event of ['end', 'close', 'error']) connection.on(event, onEnd);
    connection.write(
      `GET ${request.path} HTTP/1.1\r\nHost: ${request.host}\r\nUser-Agent: ${request.userAgent ?? 'waarborg'}\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  });
}

function answerOf(head: Head): WebAnswer {
  const [location] = fieldsOf(head, 'location');
  return {
    state: 'http',
    status: head.status,
    location: location === undefined || location.length > 2048 ? null : location,
    strictTransportSecurity: fieldsOf(head, 'strict-transport-security')
      .slice(0, 8)
      .map((value) => value.slice(0, 1024)),
  };
}
