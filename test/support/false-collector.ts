import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

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

/** A server on a free port of 127.0.0.1, or where it is told, that answers as told, right or wrong. */
export async function falseCollector(
  behave: Behaviour,
  { host, port } = { host: '127.0.0.1', port: 0 },
): Promise<FalseCollector> {
  const asked: FalseCollector['asked'] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    // An agent of another test may ask whatever listens on this machine what it is.
    if (!path.startsWith('/api/') && path !== '/readyz') return void response.writeHead(404).end();
    const sent = await text(request);
    const body = sent === '' ? undefined : (JSON.parse(sent) as unknown);
    asked.push({ path, body, headers: request.headers });
    const behaved = await behave(path, body, asked.length);
    if (behaved === 'hang-up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(behaved.status, { 'content-type': 'application/json', ...behaved.headers });
    response.end(typeof behaved.body === 'string' ? behaved.body : JSON.stringify(behaved.body ?? {}));
  };
  const server = createServer((request, response) => {
    const one = answer(request, response)
      .catch((error: unknown) => {
        // Who went away before he had said all is answered nothing.
        if (request.complete) failures.push(error);
        request.socket.destroy();
      })
      .finally(() => underWay.delete(one));
    underWay.add(one);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
      // What it was passing on when its client left ends first: a test closes the real collector after this.
      await Promise.all(underWay);
      if (failures.length > 0)
        throw new AggregateError(failures, 'the false collector could not behave as it was told');
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
