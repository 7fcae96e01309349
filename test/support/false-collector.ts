import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FalseAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `hang-up`: the connection is cut without an answer. */
export type Behaviour = (
  path: string,
  body: unknown,
  asked: number,
) => FalseAnswer | 'hang-up' | Promise<FalseAnswer | 'hang-up'>;

export interface FalseCollector extends AsyncDisposable {
  readonly url: string;
  readonly asked: { readonly path: string; readonly body: unknown; readonly headers: IncomingHttpHeaders }[];
}

/** A server on 127.0.0.1 that answers as told, right or wrong. */
export async function falseCollector(behave: Behaviour): Promise<FalseCollector> {
  const asked: FalseCollector['asked'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const path = request.url ?? '';
        const text = Buffer.concat(chunks).toString();
        const body = text === '' ? undefined : (JSON.parse(text) as unknown);
        asked.push({ path, body, headers: request.headers });
        const answer = await behave(path, body, asked.length);
        if (answer === 'hang-up') {
          request.socket.destroy();
          return;
        }
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
      })();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Hands a request on to a real collector, so that its answer can be altered. */
export async function passOn(collector: { readonly url: string }, path: string, body: unknown): Promise<FalseAnswer> {
  const response = await fetch(new URL(path, collector.url), {
    method: 'POST',
    // A test may put another collector in the place of one: its connections are not to be kept.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
