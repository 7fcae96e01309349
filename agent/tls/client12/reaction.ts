import { ByteReader, Malformed } from '../bytes.ts';
import { alertName } from '../reply.ts';
import { messageTypes } from './messages.ts';
import { recordTypes, type Records, type TlsRecord } from './records.ts';

/** What a server did with something that it was sent, in words to compare: `alert bad_record_mac, end`. */
export type Reaction = string;

const maximumRecords = 8;

/**
 * Listens until the connection ends, or nothing comes for `patience` seconds (`open`).
 * Alerts, the type of a handshake's messages and data are told; what they hold is not.
 */
export async function listen(records: Records, patience: number): Promise<Reaction> {
  const heard: string[] = [];
  while (heard.length < maximumRecords) {
    const record = await receive(records, patience);
    heard.push(typeof record === 'string' ? record : describe(record));
    if (typeof record === 'string') break;
  }
  return heard.join(', ');
}

async function receive(records: Records, patience: number): Promise<TlsRecord | string> {
  try {
    return await records.receive(patience);
  } catch (error) {
    if (error instanceof Malformed) return 'unreadable';
    throw error;
  }
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
