import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { lateTls } from '../host/late.ts';
import type { Vantage } from '../host/vantage.ts';
import { bestOf, down, outcomeOfObstacle, type Outcome } from './outcome.ts';

/** What a probe may use. */
export interface Probing {
  readonly vantage: Vantage;
  /** Aborted when the probe's time is over. */
  readonly signal: AbortSignal;
}

/** Asks `ask` of every address of a name at the same time; one that is up is enough. */
export async function atAnyAddress(
  { vantage, signal }: Probing,
  host: string,
  ask: (address: string) => Promise<Outcome>,
): Promise<Outcome> {
  const addresses = await vantage.addresses(host, signal);
  if (addresses.state === 'unreadable') return outcomeOfObstacle(addresses.obstacle);
  return bestOf(await Promise.all(addresses.value.map(ask)));
}

/** Connects to every address of a host, and lets `talk` have each connection until it is done, which it must be once time is over. */
export function converse(
  probing: Probing,
  { host, port }: { readonly host: string; readonly port: number },
  talk: (connection: Duplex) => Promise<Outcome>,
): Promise<Outcome> {
  const { vantage, signal } = probing;
  return atAnyAddress(probing, host, async (address) => {
    const connection = await vantage.connect(address, port, { signal });
    if (connection.state === 'unreadable') return outcomeOfObstacle(connection.obstacle);
    try {
      return await talk(connection.value);
    } finally {
      connection.value.destroy();
    }
  });
}

/**
 * Speaks TLS on a connection and lets `talk` have what it laid over it. Whom it speaks to is not verified, and nothing
 * is too old or too weak: that is for other checks to judge.
 */
export async function overTls(
  connection: Duplex,
  { host, signal }: { readonly host: string; readonly signal: AbortSignal },
  talk: (secure: TLSSocket) => Promise<Outcome>,
): Promise<Outcome> {
  const secure = lateTls().connect({
    socket: connection,
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  const isDone = await new Promise<boolean>((resolve) => {
    signal.addEventListener('abort', () => resolve(false), { once: true });
    secure.once('secureConnect', () => resolve(true));
    for (const event of ['error', 'close']) secure.on(event, () => resolve(false));
  });
  const outcome = isDone ? await talk(secure) : down(signal.aborted ? 'silent' : 'no TLS');
  // A TLS layer ends before the connection under it: Node crashes when they are torn down the other way round.
  await new Promise<void>((resolve) => {
    if (secure.closed) resolve();
    secure.once('close', () => resolve());
    secure.destroy();
  });
  return outcome;
}
