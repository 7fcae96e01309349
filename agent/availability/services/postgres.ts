import type { Duplex } from 'node:stream';
import { Dialogue, type MessageReader } from '../../tls/starttls/dialogue.ts';
import { down, outcomeOfError, up, type Outcome } from '../outcome.ts';
import { patience } from '../pace.ts';
import { converse, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';

/**
 * Whether a PostgreSQL server takes logins, as pg_isready(1) asks: with a startup packet ("Frontend/Backend Protocol",
 * Start-up), to which any answer of a server that is ready is good, refusal too. The answer to an SSLRequest would also
 * come from one that is starting up, or full.
 */
export function probePostgres(target: TargetOf<'postgres'>, probing: Probing): Promise<Outcome> {
  return converse(probing, target, (connection) => logIn(connection, target.user, probing.signal));
}

async function logIn(connection: Duplex, user: string, signal: AbortSignal): Promise<Outcome> {
  const dialogue = new Dialogue(connection, signal);
  try {
    dialogue.send(startupPacket(user));
    const answer = await dialogue.read(patience, message);
    if (answer === undefined) return down('another protocol');
    if (answer.kind === 'R') return up;
    const state = sqlstateOf(answer.content);
    if (answer.kind !== 'E' || state === undefined) return down('another protocol');
    return isNotNow(state) ? down(`turned away: ${state}`) : up;
  } catch (error) {
    return outcomeOfError(error);
  } finally {
    dialogue.release();
  }
}

/** Classes 53 (too many connections, no memory, a full disk), 57 (starting up, shutting down) and 58 (the system), "PostgreSQL Error Codes". */
function isNotNow(state: string): boolean {
  return /^(53|57|58|XX)/.test(state);
}

const maximumMessage = 16_384;

const message: MessageReader<{ readonly kind: string; readonly content: Buffer } | undefined> = (bytes) => {
  if (bytes.length < 5) return undefined;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = all.readUInt32BE(1);
  if (length < 4 || length > maximumMessage) return { message: undefined, length: 0 };
  if (all.length < 1 + length) return undefined;
  return { message: { kind: all.toString('latin1', 0, 1), content: all.subarray(5, 1 + length) }, length: 1 + length };
};

function sqlstateOf(content: Buffer): string | undefined {
  const field = content
    .toString('latin1')
    .split('\0')
    .find((text) => text.startsWith('C'));
  return field !== undefined && /^C[0-9A-Z]{5}$/.test(field) ? field.slice(1) : undefined;
}

/** Version 3.0, and for whom. */
function startupPacket(user: string): Uint8Array {
  const words = Buffer.from(`user\0${user}\0database\0postgres\0application_name\0waarborg\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + words.length, 0);
  head.writeUInt32BE(0x0003_0000, 4);
  return Buffer.concat([head, words]);
}
