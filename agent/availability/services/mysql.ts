import type { Duplex } from 'node:stream';
import { Dialogue, type MessageReader } from '../../tls/starttls/dialogue.ts';
import { down, failed, outcomeOfError, up, type Outcome } from '../outcome.ts';
import { patience } from '../pace.ts';
import { converse, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';

/**
 * Whether a MySQL or MariaDB server takes logins ("Connection Phase"). The greeting is answered with a login that has no
 * password: refused is as good as let in. Who only takes the greeting and leaves is counted as a broken client, and
 * blocked after `max_connect_errors` of them.
 */
export function probeMysql(target: TargetOf<'mysql'>, probing: Probing): Promise<Outcome> {
  return converse(probing, target, (connection) => logIn(connection, target.user, probing.signal));
}

/** Error numbers ("Server Error Message Reference") of a server that serves nobody: too many connections, out of memory, no thread, shutting down. */
const serving = { nobody: [1040, 1041, 1053, 1135, 1203], notThisHost: [1129, 1130] } as const;

async function logIn(connection: Duplex, user: string, signal: AbortSignal): Promise<Outcome> {
  const dialogue = new Dialogue(connection, signal);
  try {
    const greeting = await dialogue.read(patience, packet);
    if (greeting === undefined) return down('another protocol');
    if (greeting[0] === 0xff) return outcomeOfErrorPacket(greeting);
    // Protocol 9 is that of servers before MySQL 3.21.
    if (greeting[0] !== 10) return down('another protocol');
    dialogue.send(loginPacket(user));
    const answer = await dialogue.read(patience, packet);
    if (answer === undefined) return down('another protocol');
    return answer[0] === 0xff ? outcomeOfErrorPacket(answer) : up;
  } catch (error) {
    return outcomeOfError(error);
  } finally {
    dialogue.release();
  }
}

function outcomeOfErrorPacket(content: Uint8Array): Outcome {
  const number = (content[1] ?? 0) + (content[2] ?? 0) * 0x100;
  const isOneOf = (numbers: readonly number[]): boolean => numbers.includes(number);
  if (isOneOf(serving.nobody)) return down(`turned away: ${number}`);
  // It serves others, perhaps: that cannot be seen from here.
  if (isOneOf(serving.notThisHost)) return failed(`this host may not connect: ${number}`);
  return up;
}

const maximumPacket = 4096;

/** One packet's content: three bytes of length, little end first, and a number. */
const packet: MessageReader<Uint8Array | undefined> = (bytes) => {
  const [low = 0, middle = 0, high = 0] = bytes;
  if (bytes.length < 4) return undefined;
  const length = low + middle * 0x100 + high * 0x1_0000;
  if (length < 1 || length > maximumPacket) return { message: undefined, length: 0 };
  return bytes.length < 4 + length ? undefined : { message: bytes.subarray(4, 4 + length), length: 4 + length };
};

const capabilities = { protocol41: 0x0200, secureConnection: 0x8000 } as const;

/** HandshakeResponse41: capabilities, longest packet (16 MiB), character set (utf8), 23 zeros, name, no password. */
function loginPacket(user: string): Uint8Array {
  const wanted = capabilities.protocol41 | capabilities.secureConnection;
  const head = [wanted & 0xff, wanted >> 8, 0, 0, 0, 0, 0, 1, 33, ...Array.from({ length: 23 }, () => 0)];
  const content = Buffer.concat([Buffer.from(head), Buffer.from(user), Buffer.from([0, 0])]);
  return Buffer.concat([Buffer.from([content.length, 0, 0, 1]), content]);
}
