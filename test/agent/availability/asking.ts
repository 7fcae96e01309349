import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { z } from 'zod';
import type { Outcome } from '../../../agent/availability/outcome.ts';
import { probe } from '../../../agent/availability/probe.ts';
import { AvailabilityTarget } from '../../../agent/availability/settings.ts';
import { LocalVantage, type Vantage } from '../../../agent/host/vantage.ts';

type Settings = z.input<typeof AvailabilityTarget>;
/** A target as settings have it, but for its name. */
export type Asked = Settings extends infer Each ? (Each extends unknown ? Omit<Each, 'name'> : never) : never;

/** Asks a service once, and tells what came of it: `up`, or the state and why. */
export async function ask(
  asked: Asked,
  { seconds = 10, vantage = new LocalVantage() }: { seconds?: number; vantage?: Vantage } = {},
): Promise<string> {
  const target = AvailabilityTarget.parse({ name: 'it', ...asked });
  return told(await probe(target, { vantage, signal: AbortSignal.timeout(seconds * 1000) }));
}

function told(outcome: Outcome): string {
  return outcome.state === 'up' ? 'up' : `${outcome.state}: ${outcome.why}`;
}

/** A server on 127.0.0.1 that says what a test has it say to whoever connects. */
export async function startSaying(
  say: (socket: Socket) => void,
  port = 0,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    say(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
