import { randomInt } from 'node:crypto';
import { Dialogue, type MessageReader } from '../../tls/starttls/dialogue.ts';
import { bestOf, down, outcomeOfError, outcomeOfObstacle, type Outcome } from '../outcome.ts';
import { patience } from '../pace.ts';
import { atAnyAddress, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';
import { judgeAnswer, soaQuery } from './dns-message.ts';

/** Whether one of a zone's name servers at least answers for it with authority (RFC 1035 4): by UDP, else by TCP. */
export async function probeDns({ servers, zone, port }: TargetOf<'dns'>, probing: Probing): Promise<Outcome> {
  const ask = (server: string): Promise<Outcome> =>
    atAnyAddress(probing, server, (address) => askServer({ address, port, zone }, probing));
  return bestOf(await Promise.all(servers.map(ask)));
}

interface Question {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
}

/** Seconds for an answer by UDP, before TCP is tried. */
const patienceOfUdp = 4;

async function askServer({ address, port, zone }: Question, probing: Probing): Promise<Outcome> {
  const id = randomInt(0x1_0000);
  const message = soaQuery(id, zone);
  const isAnswer = (bytes: Uint8Array): boolean => judgeAnswer(bytes, message, zone) !== 'unrelated';
  const within = AbortSignal.any([probing.signal, AbortSignal.timeout(patienceOfUdp * 1000)]);
  const datagram = await probing.vantage.exchange({ address, port, message, isAnswer }, within);
  if (datagram.state === 'read') {
    const answer = judgeAnswer(datagram.value, message, zone);
    if (answer !== 'truncated' && answer !== 'unrelated') return answer;
  }
  return askByTcp({ address, port, zone }, message, probing);
}

async function askByTcp({ address, port, zone }: Question, message: Buffer, probing: Probing): Promise<Outcome> {
  const { vantage, signal } = probing;
  const connection = await vantage.connect(address, port, { signal });
  if (connection.state === 'unreadable') return outcomeOfObstacle(connection.obstacle);
  const dialogue = new Dialogue(connection.value, signal);
  try {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    dialogue.send(Buffer.concat([length, message]));
    const answer = judgeAnswer(await dialogue.read(patience, lengthAndMessage), message, zone);
    return answer === 'truncated' || answer === 'unrelated' ? down('another protocol') : answer;
  } catch (error) {
    return outcomeOfError(error);
  } finally {
    dialogue.release();
    connection.value.destroy();
  }
}

/** RFC 1035 4.2.2 */
const lengthAndMessage: MessageReader<Uint8Array> = (bytes) => {
  if (bytes.length < 2) return undefined;
  const length = (bytes[0] ?? 0) * 0x100 + (bytes[1] ?? 0);
  return bytes.length < 2 + length ? undefined : { message: bytes.subarray(2, 2 + length), length: 2 + length };
};
