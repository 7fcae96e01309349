import { randomInt } from 'node:crypto';
import type { Reading } from '../../../policies/reading.ts';
import type { Vantage } from '../../host/vantage.ts';
import { beginHandshake, type Handshake } from '../handshake.ts';
import { failed, outcomeOfObstacle, up, type Outcome } from '../outcome.ts';
import { atAnyAddress, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';

/** Whether the other side answers a handshake: it does so only for a key that it knows. */
export async function probeWireguard(target: TargetOf<'wireguard'>, probing: Probing): Promise<Outcome> {
  const { vantage, signal } = probing;
  const privateKey = await readKey(vantage, target.privateKeyFile);
  const presharedKey = await readKey(vantage, target.presharedKeyFile);
  if (privateKey === undefined || presharedKey === undefined) return failed('a key file holds no key that can be read');
  return atAnyAddress(probing, target.host, async (address) => {
    const handshake = begin({ privateKey, presharedKey, peerKey: Buffer.from(target.publicKey, 'base64') });
    if (handshake === undefined) return failed('a key is none');
    const { initiation: message, judge } = handshake;
    const isAnswer = (datagram: Uint8Array): boolean => judge(datagram) !== 'unrelated';
    const answer = await vantage.exchange({ address, port: target.port, message, isAnswer }, signal);
    if (answer.state === 'unreadable') return outcomeOfObstacle(answer.obstacle);
    return judge(answer.value) === 'answer' ? up : failed('under load: it asks who we are first');
  });
}

function begin(keys: { privateKey: Uint8Array; presharedKey: Uint8Array; peerKey: Uint8Array }): Handshake | undefined {
  try {
    return beginHandshake({ ...keys, index: randomInt(1, 0x1_0000_0000), at: new Date() });
  } catch {
    return undefined;
  }
}

/** 32 bytes in base64; zeros where there is no such file to be read. */
async function readKey(vantage: Pick<Vantage, 'readText'>, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return Buffer.alloc(keyLength);
  const text: Reading<string> = await vantage.readText(file, { maximumSize: 1024 });
  const key = text.state === 'read' ? Buffer.from(text.value.trim(), 'base64') : undefined;
  return key?.length === keyLength ? key : undefined;
}

const keyLength = 32;
