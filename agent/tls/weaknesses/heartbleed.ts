import type { Answer } from '../../../policies/checks/tls/profile.ts';
import {
  converse,
  establish,
  extensionTypes,
  greet,
  message,
  recordTypes,
  type Heard,
  type Records,
} from '../client12/index.ts';
import {
  commonSuites,
  no,
  notSpoken,
  patience,
  renegotiationInfo,
  unknown,
  wishFor,
  yes,
  type Ground,
} from './ground.ts';

/** RFC 6520 4: a request with 16 bytes of padding and no payload... */
const paddingSize = 16;
/** ...that claims one byte more than there is up to its end, padding included. */
const claimed = paddingSize + 1;
const request = Buffer.from([1, 0, claimed, ...Buffer.alloc(paddingSize)]);

/** No server knows it: each has to answer, and shows by it that it is done with the request before. */
const puzzle = message(99, []);

/**
 * Heartbleed (CVE-2014-0160): heartbeats answered with as much memory as the request claims to hold. At most one byte
 * that is not the scanner's own comes back, and of the answer only the length is looked at.
 */
export async function heartbleed(ground: Ground): Promise<Answer> {
  if (!ground.extensions.has(extensionTypes.heartbeat)) return no;
  const suites = commonSuites(ground);
  if (suites.length === 0) return notSpoken;
  // OpenSSL answered heartbeats in the middle of a handshake; others only would behind one.
  for (const isBehindHandshake of [false, true]) {
    const answer = answerOf(await beat(ground, suites, isBehindHandshake));
    if (answer.answer !== 'no') return answer;
  }
  return no;
}

type Beat = 'too-long' | 'refused' | 'open' | 'end' | 'reset' | 'other';

function beat(ground: Ground, suites: readonly number[], isBehindHandshake: boolean): Promise<Heard<Beat>> {
  const extensions = [renegotiationInfo(), [extensionTypes.heartbeat, [1]]] as const;
  return converse(ground.line, async (channel) => {
    const greeted = await greet(channel, wishFor(ground, suites, extensions));
    const { records } = isBehindHandshake ? await establish(greeted) : greeted;
    records.send({ type: recordTypes.heartbeat, content: request }, { type: recordTypes.handshake, content: puzzle });
    return firstBeat(records);
  });
}

async function firstBeat(records: Records): Promise<Beat> {
  let header = await records.receiveHeader(patience);
  // Mail servers greet as soon as they can.
  while (typeof header !== 'string' && header.type === recordTypes.applicationData) {
    await records.discard(header.length);
    header = await records.receiveHeader(patience);
  }
  if (typeof header === 'string') return header;
  if (header.type === recordTypes.heartbeat) return header.length >= 3 + claimed ? 'too-long' : 'other';
  return header.type === recordTypes.alert ? 'refused' : 'other';
}

function answerOf(heard: Heard<Beat>): Answer {
  if (heard.heard === 'doubt') return { answer: 'unknown', why: heard.why };
  switch (heard.value) {
    case 'too-long':
      return yes;
    case 'refused':
      return no;
    case 'open':
      return unknown('silent');
    case 'other':
      return unknown('malformed', 'a record is out of place');
    case 'end':
    case 'reset':
      return unknown('cut-off');
  }
}
