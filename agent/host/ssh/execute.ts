import { setTimeout as wait } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { read, unreadable, type Obstacle, type Reading } from '../../../policies/reading.ts';
import type { CommandResult } from '../host.ts';
import type { SshConnection } from './connection.ts';

const maximumStderr = 4096;

/** Bytes that sshd takes as one request, with room to spare: the kernel takes 128 KiB as one word. */
const maximumLine = 120 * 1024;

/**
 * The shell that begins a command tells its number first, which stays that of the command: a signal by the channel
 * (RFC 4254 6.9) does not reach what root runs, and closing a channel ends nothing.
 */
const sayPid = 'echo "waarborg:$$" >&2; ';
const pidIn = /^waarborg:(\d+)\n/m;
const firstWord = 1024;

export interface Execution {
  /** What it is called in an obstacle. */
  readonly what: string;
  /** For the user's shell there. */
  readonly line: string;
  readonly input?: string | Uint8Array;
  /** Seconds. */
  readonly timeout: number;
  /** Bytes of standard output at most. */
  readonly maximumOutput: number;
  /** What ends it there when its time is over; KILL unless said. */
  readonly signal?: 'KILL' | 'TERM';
}

/** Runs a command line to its end in a channel of its own. */
export async function execute(
  connection: SshConnection,
  execution: Execution,
  signal?: AbortSignal,
): Promise<Reading<CommandResult>> {
  const { what, line } = execution;
  if (signal?.aborted) return unreadable('timeout', what);
  if (Buffer.byteLength(line) > maximumLine) return unreadable('too-large', what, 'the command line');
  try {
    return await startWithRoom(connection, `${sayPid}${line}`, (channel) =>
      follow(channel, connection, execution, signal),
    );
  } catch (error) {
    return unreadable('unreachable', what, error instanceof Error ? error.message : String(error));
  }
}

function follow(
  channel: ClientChannel,
  connection: SshConnection,
  { what, input, timeout, maximumOutput, signal: ending = 'KILL' }: Execution,
  signal: AbortSignal | undefined,
): Promise<Reading<CommandResult>> {
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let ended: { readonly code: number | null; readonly signal: string } | undefined;
    const settle = (reading: Reading<CommandResult>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(reading);
    };
    const stop = (why: Obstacle['code']): void => {
      const pid = pidIn.exec(stderr)?.[1];
      if (pid !== undefined) endThere(connection, pid, ending);
      channel.destroy();
      settle(unreadable(why, what));
    };
    const onAbort = (): void => stop('timeout');
    const timer = setTimeout(onAbort, timeout * 1000);
    signal?.addEventListener('abort', onAbort, { once: true });
    channel.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maximumOutput) stop('too-large');
      else stdout.push(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      // The beginning is kept: it has the number of the process.
      if (stderr.length > 4 * maximumStderr) stderr = stderr.slice(0, firstWord) + stderr.slice(-maximumStderr);
    });
    channel.on('exit', (code: number | null, name?: string) => (ended = { code, signal: name ?? 'a signal' }));
    channel.on('error', () => undefined);
    channel.on('close', () => {
      // Without word of how it ended, what came of it may be half of it.
      if (ended === undefined)
        settle(unreadable('unreachable', what, connection.lost()?.message ?? 'the channel broke off'));
      else if (ended.code === null) settle(unreadable('command-failed', what, `ended by ${ended.signal}`));
      else {
        const said = stderr.replace(pidIn, '').slice(-maximumStderr);
        settle(read({ exitCode: ended.code, stdout: Buffer.concat(stdout, size).toString(), stderr: said }));
      }
    });
    channel.end(input);
  });
}

/**
 * Ends a command there and all that it started: sshd gives each a session of its own, and so a group of processes. What
 * sudo runs is out of reach, and has a time limit of its own.
 */
function endThere(connection: SshConnection, pid: string, signal: 'KILL' | 'TERM'): void {
  connection
    .start(`exec kill -s ${signal} -- -${pid}`, (channel) => channel.on('error', () => undefined).resume())
    .catch(() => undefined);
}

/**
 * A server that has as many sessions open as it allows refuses another one; those that were let go count until their
 * process is gone. Nothing has been begun then, so it may be asked again.
 */
async function startWithRoom<T>(
  connection: SshConnection,
  line: string,
  use: (channel: ClientChannel) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await connection.start(line, use);
    } catch (error) {
      const isRefused = error instanceof Error && 'reason' in error;
      if (!isRefused || tries === 8) throw error;
      await wait(25 * 2 ** tries);
    }
  }
}
