import type { Answer } from '../../../policies/checks/tls/profile.ts';
import {
  converse,
  directionKeys,
  greet,
  listenOnce,
  message,
  recordTypes,
  sealerFor,
  suiteByNumber,
  type Greeted,
  type Heard,
} from '../client12/index.ts';
import {
  askAgainOnEnd,
  commonSuites,
  isEnd,
  no,
  notSpoken,
  patience,
  renegotiationInfo,
  unknown,
  wishFor,
  yes,
  type Ground,
} from './ground.ts';

/** What a server says that takes the record after the change for an encrypted one. */
const undecipherable = ['alert bad_record_mac', 'alert decryption_failed'];
/** What a server says to a change that comes too early. */
const refusals = ['alert unexpected_message', 'alert handshake_failure', 'alert illegal_parameter'];

const changeCipherSpec = { type: recordTypes.changeCipherSpec, content: Uint8Array.of(1) } as const;

/**
 * OpenSSL CCS injection (CVE-2014-0224): a ChangeCipherSpec before any key exchange is taken, and records are from
 * then on protected with keys made of an empty master secret, which anyone in between can make too. Proof is a
 * server that reads a record protected so, and not one of zeros.
 */
export async function ccsInjection(ground: Ground): Promise<Answer> {
  const suites = commonSuites(ground);
  if (suites.length === 0) return notSpoken;
  const ask = (second: (greeted: Greeted) => Uint8Array): Promise<Heard<string>> =>
    converse(ground.line, async (channel) => {
      const greeted = await greet(channel, wishFor(ground, suites, [renegotiationInfo()]));
      greeted.records.send(changeCipherSpec, { type: recordTypes.handshake, content: second(greeted) });
      return listenOnce(greeted.records, patience);
    });

  const toZeros = await askAgainOnEnd(() => ask(() => Buffer.alloc(96)));
  if (toZeros.heard === 'doubt') return { answer: 'unknown', why: toZeros.why };
  if (refusals.includes(toZeros.value) || isEnd(toZeros.value)) return no;
  if (toZeros.value === 'open') return unknown('silent');
  if (!undecipherable.includes(toZeros.value)) return unknown('alert', toZeros.value);
  const toProtected = await ask(protectedByNothing);
  if (toProtected.heard === 'doubt') return { answer: 'unknown', why: toProtected.why };
  // Something was expected to be encrypted, but with keys that are not known.
  if (undecipherable.includes(toProtected.value)) return unknown('alert', toProtected.value);
  return toProtected.value === 'alert unexpected_message' ? yes : unknown('unsteady', toProtected.value);
}

/** A message that no server knows, protected with keys of an empty master secret. */
function protectedByNothing({ hello, clientRandom }: Greeted): Uint8Array {
  const suite = suiteByNumber(hello.suite);
  if (suite === undefined) return new Uint8Array();
  const { version, random: serverRandom } = hello;
  const keys = directionKeys({ suite, version, clientRandom, serverRandom }, new Uint8Array());
  return sealerFor(suite.cipher, version, keys.client).seal(recordTypes.handshake, message(99, []));
}
