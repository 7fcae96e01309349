import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ListenSettings {
  readonly listen: { readonly address: string; readonly port: number };
  /** PEM files; without them plain HTTP is spoken. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
}

/** A server that listens. */
export interface Listening {
  /** Where, as a browser would write it. */
  readonly url: string;
  /** Requests under way get their answers; after two seconds whoever still holds a connection loses it. */
  end(beforeWaiting?: () => void): Promise<void>;
}

/** @throws the system's error where the port is taken or a file cannot be read */
export async function listen(app: RequestListener, settings: ListenSettings): Promise<Listening> {
  const { tls } = settings;
  const server =
    tls === undefined
      ? createHttpServer(app)
      : createHttpsServer(
          { cert: readFileSync(tls.certificate), key: readFileSync(tls.key), minVersion: 'TLSv1.2' },
          app,
        );
  await begin(server, settings);
  return { url: urlOf(server, settings), end: (beforeWaiting) => endServer(server, beforeWaiting) };
}

function begin(server: Server, { listen: { address, port } }: ListenSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, { tls, listen: { address } }: ListenSettings): string {
  const { port } = server.address() as AddressInfo;
  return `${tls === undefined ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

async function endServer(server: Server, beforeWaiting: () => void = () => undefined): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  beforeWaiting();
  const patience = setTimeout(() => server.closeAllConnections(), 2000);
  await closed;
  clearTimeout(patience);
}
