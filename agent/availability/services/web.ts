import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { lateHttp } from '../../host/late.ts';
import { down, outcomeOfObstacle, up, type Outcome } from '../outcome.ts';
import { converse, overTls, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';

type WebTarget = TargetOf<'http' | 'https'>;

/** Bytes of a page that are looked through for its text. */
const maximumPage = 2 ** 20;

/** Whether a page comes with an expected status, and says what it must. Redirections are not followed: they are a status. */
export function probeWeb(target: WebTarget, probing: Probing): Promise<Outcome> {
  const url = new URL(target.url);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isSecure = target.service === 'https';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const { signal } = probing;
  return converse(probing, { host, port }, (connection) =>
    isSecure
      ? overTls(connection, { host, signal }, (secure) => askFor(target, secure, signal))
      : askFor(target, connection, signal),
  );
}

async function askFor(target: WebTarget, connection: Duplex, signal: AbortSignal): Promise<Outcome> {
  const url = new URL(target.url);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking = lateHttp().request({
        createConnection: () => connection,
        path: url.pathname + url.search,
        headers: { host: url.host, 'user-agent': 'waarborg', accept: '*/*', connection: 'close' },
        signal,
      });
      asking.once('response', resolve).on('error', reject).end();
    });
    const status = answer.statusCode ?? 0;
    if (!target.status.includes(status)) return down(`status ${status}`);
    return target.text === undefined || (await says(answer, target.text)) ? up : down('text missing');
  } catch (error) {
    if (signal.aborted) return down('silent');
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // What node:http makes of bytes that are none of HTTP, and of a connection that ends early.
    if (code.startsWith('HPE_')) return down('another protocol');
    if (code === 'ECONNRESET') return down('closed');
    return outcomeOfObstacle({ code: 'unreachable', what: target.url, detail: code });
  }
}

async function says(answer: IncomingMessage, text: string): Promise<boolean> {
  const wanted = Buffer.from(text);
  let page = Buffer.alloc(0);
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    page = Buffer.concat([page, chunk]);
    if (page.includes(wanted)) return true;
    if (page.length > maximumPage) return false;
  }
  return false;
}
