import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing that somebody was told. */
export interface Told {
  readonly change: 'begun' | 'over';
  readonly kind: string;
  readonly control: string | null;
  readonly host: string | null;
  readonly text: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** What was posted and not looked at since. */
  take(): Told[];
}

/** Takes messages by webhook. */
export async function startReceiver(): Promise<Receiver> {
  const took: Told[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      // Whoever else knocks on this machine's ports tells nothing.
      if (request.headers['webhook-id'] !== undefined) took.push(...(JSON.parse(body) as { notices: Told[] }).notices);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    take: () => took.splice(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
