import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { systemCode } from './errors.ts';
import type { Host } from './host.ts';
import { LocalHost } from './local.ts';

/** What looking at services from outside takes, beside what a host can do. Obstacles come back, and are never thrown. */
export interface Vantage extends Pick<Host, 'hostname' | 'connect' | 'run' | 'readText'> {
  /** The addresses of a name by this host's own resolver, of both families; an address is its own. */
  addresses(name: string, signal: AbortSignal): Promise<Reading<string[]>>;
  /** Sends one datagram and waits for the first that answers it. */
  exchange(exchange: Exchange, signal: AbortSignal): Promise<Reading<Uint8Array>>;
}

export interface Exchange {
  readonly address: string;
  readonly port: number;
  readonly message: Uint8Array;
  /** Whether a datagram from there answers the message; others are passed over. */
  readonly isAnswer: (datagram: Uint8Array) => boolean;
}

const maximumAddresses = 8;

export class LocalVantage extends LocalHost implements Vantage {
  async addresses(name: string, signal: AbortSignal): Promise<Reading<string[]>> {
    if (isIP(name) !== 0) return read([name]);
    const over = new Promise<Reading<string[]>>((resolve) => {
      // The resolver's own word for not having an answer: a name that nobody was asked about is not one that is gone.
      const giveUp = (): void => resolve(unreadable('unreachable', name, 'EAI_AGAIN'));
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
    });
    return Promise.race([lookUp(name), over]);
  }

  exchange({ address, port, message, isAnswer }: Exchange, signal: AbortSignal): Promise<Reading<Uint8Array>> {
    const what = `${address.includes(':') ? `[${address}]` : address}:${port}/udp`;
    if (signal.aborted) return Promise.resolve(unreadable('timeout', what));
    return new Promise((resolve) => {
      const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
      const settle = (reading: Reading<Uint8Array>): void => {
        signal.removeEventListener('abort', giveUp);
        socket.removeAllListeners('message');
        socket.close();
        resolve(reading);
      };
      const giveUp = (): void => settle(unreadable('timeout', what));
      signal.addEventListener('abort', giveUp, { once: true });
      socket.once('error', (error) => settle(unreadable('unreachable', what, systemCode(error))));
      socket.on('message', (datagram) => {
        if (isAnswer(datagram)) settle(read(datagram));
      });
      // Connected, so that the kernel tells of refusals, and drops what comes from elsewhere.
      socket.connect(port, address, () => socket.send(message));
    });
  }
}

async function lookUp(name: string): Promise<Reading<string[]>> {
  try {
    const found = await lookup(name, { all: true });
    return read([...new Set(found.map(({ address }) => address))].slice(0, maximumAddresses));
  } catch (error) {
    return unreadable('unreachable', name, systemCode(error));
  }
}
