import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import {
  secureOptions,
  serveRenewals,
  type CertificateFiles,
  type RenewalInput,
  type Renewals,
} from './certificate.ts';

export interface ListenSettings {
  readonly listen: { readonly address: string; readonly port: number };
  /** Without it plain HTTP is spoken. */
  readonly tls?: CertificateFiles | undefined;
  /** In PEM: whose certificates clients are asked for, and may leave out. None: they are not asked. */
  readonly clientAuthorities?: readonly string[];
}

/** A server that listens. */
export interface Listening {
  /** Where, as a browser would write it. */
  readonly url: string;
  /** Serves what the files of the certificate hold now, where there is one; else it is found within a minute. */
  renew(): void;
  /** Requests under way get their answers; after two seconds whoever still holds a connection loses it. */
  end(beforeWaiting?: () => void): Promise<void>;
}

/** @throws the system's error where the port is taken or a file cannot be read, OpenSSL's where it is no certificate */
export async function listen(
  app: RequestListener,
  settings: ListenSettings,
  log: Pick<Logger, 'info' | 'error'>,
): Promise<Listening> {
  const { tls, clientAuthorities = [] } = settings;
  using resources = new DisposableStack();
  const secured = tls === undefined ? undefined : secureServer(app, { files: tls, clientAuthorities, log });
  if (secured !== undefined) resources.use(secured.renewals);
  const server = secured?.server ?? createHttpServer(app);
  await begin(server, settings);
  const running = resources.move();
  return {
    url: urlOf(server, settings),
    renew: () => secured?.renewals.look(),
    end(beforeWaiting) {
      running.dispose();
      return endServer(server, beforeWaiting);
    },
  };
}

function secureServer(
  app: RequestListener,
  input: Omit<RenewalInput, 'server'> & { readonly clientAuthorities: readonly string[] },
): { server: Server; renewals: Renewals } {
  const { files, clientAuthorities } = input;
  // Asked and not demanded: browsers and Prometheus come to the same port and have none. Which routes need one is for these
  // to say, and so is whether it counts.
  const clients = clientAuthorities.length === 0 ? {} : { requestCert: true, rejectUnauthorized: false };
  const server = createHttpsServer({ ...secureOptions(files, clientAuthorities), ...clients }, app);
  return { server, renewals: serveRenewals({ ...input, server }) };
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
