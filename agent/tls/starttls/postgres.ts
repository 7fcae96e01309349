import { ByteReader } from '../../../evidence/der/bytes.ts';
import { uint16 } from '../bytes.ts';
import type { MessageReader } from './dialogue.ts';
import {
  notOffered,
  otherProtocol,
  ready,
  refused,
  turnedAway,
  type Outcome,
  type Protocol,
  type Talk,
} from './protocol.ts';

/**
 * SSLRequest of PostgreSQL's protocol ("Frontend/Backend Protocol", 54.2.10 SSL Session Encryption). From version 17 on
 * a server also takes a ClientHello at once; it then is an ordinary TLS endpoint.
 */
export const postgres: Protocol = { port: 5432, wellKnown: [5432], converse };

const sslRequest = Uint8Array.from([...uint16(0), ...uint16(8), ...uint16(1234), ...uint16(5679)]);

async function converse(talk: Talk): Promise<Outcome> {
  talk.send(sslRequest);
  switch (await talk.hear(oneByte)) {
    case 'S':
      return ready;
    case 'N':
      return notOffered;
    case 'E':
      return judgeError(await talk.hear(errorState));
    default:
      return otherProtocol;
  }
}

const oneByte: MessageReader<string> = (bytes) =>
  bytes[0] === undefined ? undefined : { message: String.fromCharCode(bytes[0]), length: 1 };

/** SQLSTATE 0A000: servers from before SSL do not know the request. Class 53 and 57P03: not now ("PostgreSQL Error Codes"). */
function judgeError(state: string | undefined): Outcome {
  if (state === undefined) return otherProtocol;
  if (state === '0A000') return notOffered;
  return state.startsWith('53') || state === '57P03' ? turnedAway(state) : refused(state);
}

const maximumError = 8192;

/** The rest of an ErrorResponse: its SQLSTATE, or undefined where it is none. */
const errorState: MessageReader<string | undefined> = (bytes) => {
  if (bytes.length < 4) return undefined;
  const length = new ByteReader(bytes).number(4);
  if (length > maximumError || length < 4) return { message: undefined, length: 0 };
  if (bytes.length < length) return undefined;
  const fields = Buffer.from(bytes.subarray(4, length)).toString('latin1').split('\0');
  const state = fields.find((field) => field.startsWith('C'))?.slice(1);
  return { message: state !== undefined && /^[0-9A-Z]{5}$/.test(state) ? state : undefined, length };
};
