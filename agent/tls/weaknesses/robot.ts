import { constants, publicEncrypt, randomFillSync } from 'node:crypto';
import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { uint16, vector } from '../bytes.ts';
import {
  converse,
  greet,
  listen,
  message,
  messageTypes,
  recordTypes,
  rsaKeyOf,
  type Heard,
  type Reaction,
} from '../client12/index.ts';
import { commonSuites, no, notSpoken, patience, renegotiationInfo, wishFor, yes, type Ground } from './ground.ts';
import { steadyReactions } from './steady.ts';
import { rsaExchange, rsaPskExchange } from './suites.ts';

const premasterSize = 48;

/** The five forms of the paper; each gets random bytes without a zero, and alters them. */
const forms = {
  proper: (block: Buffer, version: number) => {
    block.set([0, 2]);
    block.set([0, ...uint16(version)], block.length - premasterSize - 1);
  },
  'wrong-begin': (block: Buffer, version: number) => {
    block.set([1, 0x17]);
    block.set([0, ...uint16(version)], block.length - premasterSize - 1);
  },
  'late-zero': (block: Buffer) => {
    block.set([0, 2]);
    block.set([0], block.length - 2);
  },
  'no-zero': (block: Buffer) => {
    block.set([0, 2]);
  },
  'wrong-version': (block: Buffer) => {
    block.set([0, 2]);
    block.set([0, 2, 2], block.length - premasterSize - 1);
  },
} as const;
type Form = keyof typeof forms;

/**
 * ROBOT (Böck, Somorovsky, Young 2017; Bleichenbacher 1998): a server that shows whether what RSA decrypts to has the
 * form of PKCS #1 (RFC 8017 7.2) decrypts for anyone who asks often enough. A key exchange in five forms, each with an
 * end of the handshake that cannot be right; proof is a server that treats one of them differently each time.
 */
export async function robot(ground: Ground): Promise<Answer> {
  const suites = rsaSuitesOf(ground);
  if (suites.length === 0) return hasNoRsa(ground) ? no : notSpoken;
  const reactions = await steadyReactions(Object.keys(forms) as Form[], (form) => exchange(ground, suites, form));
  if (reactions.heard === 'answer') return new Set(Object.values(reactions.value)).size > 1 ? yes : no;
  return { answer: 'unknown', why: reactions.why };
}

/** Any that was found: how records would be protected does not matter here. */
function rsaSuitesOf(ground: Ground): readonly number[] {
  const found = [...ground.suites].filter((suite) => rsaExchange.has(suite));
  if (found.length > 0 || ground.isComplete) return found.slice(0, 63);
  return commonSuites(ground).filter((suite) => rsaExchange.has(suite));
}

function hasNoRsa({ suites, isComplete }: Ground): boolean {
  return isComplete && ![...suites].some((suite) => rsaExchange.has(suite) || rsaPskExchange.has(suite));
}

function exchange(ground: Ground, suites: readonly number[], form: Form): Promise<Heard<Reaction>> {
  return converse(ground.line, async (channel) => {
    const { records, leaf = new Uint8Array() } = await greet(channel, wishFor(ground, suites, [renegotiationInfo()]));
    const key = rsaKeyOf(leaf);
    const block = withoutZeros(Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8));
    forms[form](block, ground.version);
    const encrypted = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
    const body = vector(2, [...encrypted]);
    records.send(
      { type: recordTypes.handshake, content: message(messageTypes.clientKeyExchange, body) },
      { type: recordTypes.changeCipherSpec, content: Uint8Array.of(1) },
      { type: recordTypes.handshake, content: Buffer.alloc(64) },
    );
    return listen(records, patience);
  });
}

function withoutZeros(size: number): Buffer {
  return Buffer.from(randomFillSync(Buffer.alloc(size)).map((byte) => (byte === 0 ? 1 : byte)));
}
