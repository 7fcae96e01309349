import type { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { WebAnswer } from '../../policies/checks/https/facts.ts';
import type { Host } from '../host/host.ts';
import { lateTls } from '../host/late.ts';
import { askWeb, type WebRequest } from './exchange.ts';

/** Seconds for connecting, and again for the answer: a server that drips gives none. */
const stepSeconds = 5;

export interface Visit extends WebRequest {
  readonly address: string;
  readonly port: number;
  /** Asked for with SNI; only where TLS is spoken. */
  readonly name?: string;
}

/** Asks for one page in plain HTTP. Never throws for what the server does. */
export async function visitPlain(host: Host, visit: Visit, signal: AbortSignal): Promise<WebAnswer> {
  return withDeadline(host, visit, signal, (connection, deadline) => askWeb(connection, visit, deadline));
}

/**
 * Asks for one page over TLS. Whom it speaks to is not verified, and nothing is too old or too weak: that is for other
 * checks to judge. `other`: no handshake came about.
 */
export async function visitSecure(host: Host, visit: Visit, signal: AbortSignal): Promise<WebAnswer> {
  return withDeadline(host, visit, signal, async (connection, deadline) => {
    const secure = lateTls().connect({
      socket: connection,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ciphers: 'ALL:@SECLEVEL=0',
      ALPNProtocols: ['http/1.1'],
      ...(visit.name === undefined ? {} : { servername: visit.name }),
    });
    const handshake = await outcomeOf(secure, deadline);
    const answer = handshake === 'done' ? await askWeb(secure, visit, deadline) : handshake;
    // A TLS layer ends before the connection under it: Node crashes when they are torn down the other way round.
    await new Promise<void>((resolve) => {
      if (secure.closed) resolve();
      secure.once('close', () => resolve());
      secure.destroy();
    });
    return answer;
  });
}

function outcomeOf(secure: TLSSocket, deadline: AbortSignal): Promise<'done' | WebAnswer> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve({ state: 'unknown', why: { what: 'silent' } });
    if (deadline.aborted) giveUp();
    deadline.addEventListener('abort', giveUp, { once: true });
    secure.once('secureConnect', () => resolve('done'));
    for (const event of ['error', 'close']) secure.on(event, () => resolve({ state: 'other' }));
  });
}

async function withDeadline(
  host: Host,
  { address, port }: Visit,
  signal: AbortSignal,
  talk: (connection: Duplex, deadline: AbortSignal) => Promise<WebAnswer>,
): Promise<WebAnswer> {
  const connection = await host.connect(address, port, { timeout: stepSeconds, signal });
  if (connection.state === 'unreadable') {
    const { code, detail } = connection.obstacle;
    if (code === 'timeout') return { state: 'unknown', why: { what: 'silent' } };
    return { state: 'unknown', why: { what: 'unreachable', detail: (detail ?? code).slice(0, 200) } };
  }
  const socket = connection.value;
  // What comes after the answer interests nobody.
  socket.on('error', () => undefined);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(stepSeconds * 1000)]);
  const answer = await talk(socket, deadline);
  socket.destroy();
  return answer;
}
