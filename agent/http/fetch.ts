import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import { lateHttp, lateTls } from '../host/late.ts';

export interface WebQuestion {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  /** Beside `host`, which the URL gives. */
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates of authorities in PEM, in place of the usual ones. */
  readonly authorities?: string | undefined;
  /** Bytes of the body. */
  readonly maximumBody: number;
}

export interface WebReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Asks a server and reads its whole answer, over a connection that the host makes. With `https:` the certificate must be
 * good for the URL's host. Redirects are not followed.
 * @param signal aborted when time is over
 */
export async function fetchOver(host: Host, question: WebQuestion, signal: AbortSignal): Promise<Reading<WebReply>> {
  const { url } = question;
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const connection = await host.connect(name, port, { signal });
  if (connection.state === 'unreadable') return connection;
  const socket = url.protocol === 'https:' ? secured(connection.value, name, question.authorities) : connection.value;
  try {
    return await ask(socket, question, signal);
  } finally {
    socket.destroy();
    connection.value.destroy();
  }
}

function secured(socket: Duplex, name: string, ca: string | undefined): Duplex {
  const servername = isIP(name) === 0 ? { servername: name } : {};
  return lateTls().connect({
    socket,
    host: name,
    ...servername,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  });
}

function ask(socket: Duplex, question: WebQuestion, signal: AbortSignal): Promise<Reading<WebReply>> {
  const { method, url, headers, maximumBody } = question;
  const what = `${url.protocol}//${url.host}`;
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      if (signal.aborted) resolve(unreadable('timeout', what));
      else resolve(unreadable('unreachable', what, describe(error)));
    };
    // A failed handshake is told by the socket before any request hears of it.
    socket.on('error', fail);
    const path = `${url.pathname}${url.search}`;
    const sent = lateHttp().request(
      { createConnection: () => socket, method, path, headers: { ...headers, host: url.host }, signal },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= maximumBody) return;
          resolve(unreadable('too-large', what));
          sent.destroy();
        });
        answer.on('error', fail);
        answer.on('end', () => {
          resolve(read({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }));
        });
      },
    );
    sent.on('error', fail);
    sent.end();
  });
}

function describe(error: Error): string {
  return ('code' in error ? String(error.code) : error.message).slice(0, 200);
}
