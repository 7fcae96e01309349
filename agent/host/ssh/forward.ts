import type { Duplex } from 'node:stream';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import { systemCode } from '../errors.ts';
import type { SshConnection } from './connection.ts';

/** What sshd says in the words of strerror(3) when a connection from there fails. */
const codes: Readonly<Record<string, string>> = {
  'Connection refused': 'ECONNREFUSED',
  'Connection reset by peer': 'ECONNRESET',
  'Connection timed out': 'ETIMEDOUT',
  'No route to host': 'EHOSTUNREACH',
  'Network is unreachable': 'ENETUNREACH',
  'Permission denied': 'EACCES',
  'Cannot assign requested address': 'EADDRNOTAVAIL',
};

/** RFC 4254 5.1: the reason of a server that will not forward at all (AllowTcpForwarding, PermitOpen). */
const prohibited = 1;

/**
 * What it means that a connection from there failed. That a server will not forward says nothing of what listens there:
 * it must never look like a port where nobody answers.
 */
function forwardObstacle(error: unknown, what: string): Unreadable {
  const said = error instanceof Error ? error.message.replace(/^\(SSH\) Channel open failure: /, '') : String(error);
  const { reason } = error as { reason?: unknown };
  if (reason === prohibited) {
    return unreadable(
      'unsupported',
      what,
      'a connection from there over SSH: its AllowTcpForwarding or PermitOpen forbids it',
    );
  }
  if (reason === undefined) return unreadable('unreachable', what, systemCode(error));
  const code = codes[said];
  // Such as a name that it cannot look up.
  return code === undefined ? unreadable('command-failed', what, said) : unreadable('unreachable', what, code);
}

/** A TCP connection from there: {@link Host.connect}. */
export async function forward(
  connection: SshConnection,
  address: string,
  port: number,
  { timeout = 10, signal }: { timeout?: number; signal?: AbortSignal },
): Promise<Reading<Duplex>> {
  const what = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  if (signal?.aborted) return unreadable('timeout', what);
  const { promise: over, resolve: giveUp } = Promise.withResolvers<'over'>();
  const onAbort = (): void => giveUp('over');
  const timer = setTimeout(onAbort, timeout * 1000);
  signal?.addEventListener('abort', onAbort, { once: true });
  const opening = connection.forward(address, port);
  try {
    const channel = await Promise.race([opening, over]);
    if (channel === 'over') {
      letGo(opening);
      return unreadable('timeout', what);
    }
    // Heard for as long as it lives: a peer that resets when nobody listens would end the agent.
    channel.on('error', () => undefined);
    return read(channel);
  } catch (error) {
    return forwardObstacle(error, what);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** One that comes when nobody waits for it any more. */
function letGo(opening: Promise<Duplex>): void {
  opening.then(
    (late) => late.destroy(),
    () => undefined,
  );
}
