import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { alertName } from '../reply.ts';
import { messageTypes } from './messages.ts';
import { recordTypes, type Records, type TlsRecord } from './records.ts';

/** What a server did with something that it was sent, in words to compare: `alert bad_record_mac, end`. */
export type Reaction = string;

/** Data is passed over: mail servers greet as soon as they can, whatever else goes on. */
const maximumRecords = 16;

/** Seconds in which an end has to follow an alert, to be told of: some servers leave ending to the client. */
const afterAlert = 0.3;

/**
 * Listens until the connection ends, or nothing comes for `patience` seconds (`open`).
 * Alerts and the type of other records are told; what they hold is not.
 */
export async function listen(records: Records, patience: number): Promise<Reaction> {
  const heard: string[] = [];
  for (let count = 0; count < maximumRecords; count++) {
    const word = await receiveWord(records, heard.length > 0 ? Math.min(patience, afterAlert) : patience);
    if (word === undefined) continue;
    heard.push(word);
    if (isEnding(word)) break;
  }
  return heard.join(', ');
}

/** The first thing that a server does. */
export async function listenOnce(records: Records, patience: number): Promise<Reaction> {
  for (let count = 0; count < maximumRecords; count++) {
    const word = await receiveWord(records, patience);
    if (word !== undefined) return word;
  }
  return 'record 23';
}

/** Undefined for data. */
async function receiveWord(records: Records, patience: number): Promise<string | undefined> {
  try {
    const record = await records.receive(patience);
    if (typeof record === 'string') return record;
    return record.type === recordTypes.applicationData ? undefined : describe(record);
  } catch (error) {
    if (error instanceof Malformed) return 'unreadable';
    throw error;
  }
}

function isEnding(word: string): boolean {
  return word === 'end' || word === 'reset' || word === 'open';
}

function describe({ type, content }: TlsRecord): string {
  if (type === recordTypes.alert && content.length === 2) {
    const reader = new ByteReader(content);
    const level = reader.number(1) === 1 ? 'warning' : 'alert';
    return `${level} ${alertName(reader.number(1))}`;
  }
  if (type === recordTypes.handshake && content[0] === messageTypes.serverHello) return 'server hello';
  return `record ${type}`;
}
