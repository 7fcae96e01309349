import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TimestampAuthority } from './timestamp-authority.ts';

export interface TimestampServer extends AsyncDisposable {
  readonly url: string;
  /** The requests that came, newest last. */
  readonly requests: readonly { readonly type: string | undefined; readonly body: Buffer }[];
}

/** What to answer to a request: a TimeStampResp, or anything else by hand. */
export type Answering = (request: Buffer, response: ServerResponse) => Buffer | undefined;

/** A timestamp authority on a free port of 127.0.0.1, answering with `openssl ts` unless said otherwise. */
export async function startTimestampServer(
  authority: TimestampAuthority,
  answering: Answering = (request) => authority.reply(request),
): Promise<TimestampServer> {
  const requests: { type: string | undefined; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      requests.push({ type: request.headers['content-type'], body });
      const answer = answering(body, response);
      if (answer !== undefined) response.setHeader('content-type', 'application/timestamp-reply').end(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tsr`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
