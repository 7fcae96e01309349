import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { vector } from '../bytes.ts';
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

/** RFC 4511 4.14: an extended operation. */
export const ldap: Protocol = { port: 389, wellKnown: [389], converse };

const startTls = [...Buffer.from('1.3.6.1.4.1.1466.20037', 'ascii')];
const tags = {
  integer: 0x02,
  enumerated: 0x0a,
  sequence: 0x30,
  extendedRequest: 0x77,
  extendedResponse: 0x78,
} as const;
const requestName = 0x80;

/** RFC 4511 4.1.9 and its appendix A. */
const resultCodes = { success: 0, protocolError: 2, busy: 51, unavailable: 52 } as const;

async function converse(talk: Talk): Promise<Outcome> {
  const request = [tags.extendedRequest, ...vector(1, [requestName, ...vector(1, startTls)])];
  talk.send(Uint8Array.from([tags.sequence, ...vector(1, [tags.integer, 1, 1, ...request])]));
  const answer = await talk.hear(ldapMessage);
  if (answer === undefined) return otherProtocol;
  // Message 0 is the server's own notice that it disconnects (RFC 4511 4.4.1).
  if (answer.id === 0) return turnedAway(String(answer.code));
  switch (answer.code) {
    case resultCodes.success:
      return ready;
    // What a server says to an operation that it does not know (RFC 4511 4.14.2).
    case resultCodes.protocolError:
      return notOffered;
    case resultCodes.busy:
    case resultCodes.unavailable:
      return turnedAway(String(answer.code));
    default:
      return refused(String(answer.code));
  }
}

interface ExtendedResponse {
  readonly id: number;
  readonly code: number;
}

const maximumMessage = 16_384;

/** An LDAPMessage with an ExtendedResponse; undefined as the message where it is anything else. */
const ldapMessage: MessageReader<ExtendedResponse | undefined> = (bytes) => {
  const [tag] = bytes;
  if (tag === undefined) return undefined;
  if (tag !== tags.sequence) return { message: undefined, length: 0 };
  const length = berLength(bytes.subarray(1));
  if (length === undefined) return undefined;
  if (length.value > maximumMessage) return { message: undefined, length: 0 };
  const whole = 1 + length.size + length.value;
  if (bytes.length < whole) return undefined;
  return { message: parseResponse(bytes.subarray(1 + length.size, whole)), length: whole };
};

function parseResponse(content: Uint8Array): ExtendedResponse | undefined {
  try {
    const message = new ByteReader(content);
    const id = numberOf(element(message, tags.integer));
    const response = new ByteReader(element(message, tags.extendedResponse));
    return { id, code: numberOf(element(response, tags.enumerated)) };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** @throws Malformed where the next element has another tag, or does not fit */
function element(reader: ByteReader, tag: number): Uint8Array {
  if (reader.number(1) !== tag) throw new Malformed('another element than expected');
  const short = reader.number(1);
  return reader.take(short < 0x80 ? short : reader.number(lengthBytes(short)));
}

function numberOf(content: Uint8Array): number {
  if (content.length < 1 || content.length > 4) throw new Malformed('a number of another length');
  return new ByteReader(content).number(content.length);
}

/** The length field (X.690 8.1.3) at the front; undefined where more of it has to come. */
function berLength(bytes: Uint8Array): { readonly value: number; readonly size: number } | undefined {
  const [short] = bytes;
  if (short === undefined) return undefined;
  if (short < 0x80) return { value: short, size: 1 };
  const count = short & 0x7f;
  // The indefinite form is not allowed in LDAP (RFC 4511 5.1), and five bytes would be a message without end.
  if (count < 1 || count > 4) return { value: Infinity, size: 1 };
  if (bytes.length < 1 + count) return undefined;
  return { value: new ByteReader(bytes.subarray(1)).number(count), size: 1 + count };
}

function lengthBytes(first: number): number {
  const count = first & 0x7f;
  if (count < 1 || count > 4) throw new Malformed('a length of another form');
  return count;
}
