import type { ScanTarget } from '../../../../agent/tls/scan.ts';
import type { Peer } from '../peers.ts';
import { ownName } from './certificates.ts';

/** Servers that were started together, by the names that the table gives them. */
export interface Running extends AsyncDisposable {
  readonly targets: Readonly<Record<string, ScanTarget>>;
}

export function targetAt(port: number, more: Partial<ScanTarget> = {}): ScanTarget {
  return { address: '127.0.0.1', port, name: ownName, ...more };
}

/** The name of a server, and how to start it. */
export type Starting = readonly [name: string, start: () => Promise<Peer>];

/** Each started by itself, side by side. */
export async function startAll(servers: readonly Starting[]): Promise<Running> {
  const started = await Promise.all(servers.map(async ([name, start]) => [name, await start()] as const));
  return {
    targets: Object.fromEntries(started.map(([name, { port }]) => [name, targetAt(port)])),
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(([, server]) => server[Symbol.asyncDispose]()));
    },
  };
}
