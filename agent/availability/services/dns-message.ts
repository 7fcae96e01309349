import { down, up, type Outcome } from '../outcome.ts';

const soa = 6;
const internet = 1;
const headerLength = 12;

/** One question, without a wish for recursion: what is asked is whether the server knows by itself. */
export function soaQuery(id: number, zone: string): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(1, 4);
  const labels = zone.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, soa, 0, internet])]);
}

/**
 * Whether an answer is a good one. `unrelated`: not an answer to this question, whoever it is from.
 * @param query as `soaQuery` made it
 */
export function judgeAnswer(answer: Uint8Array, query: Buffer, zone: string): Outcome | 'unrelated' | 'truncated' {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length);
  if (bytes.length < headerLength || bytes.readUInt16BE(0) !== query.readUInt16BE(0)) return 'unrelated';
  const flags = bytes.readUInt16BE(2);
  if ((flags & 0xf800) !== 0x8000) return 'unrelated';
  const code = flags & 0x000f;
  // Some leave the question out of what they refuse.
  const asked = bytes.subarray(headerLength, query.length).toString('latin1').toLowerCase();
  const isOurs = asked === query.subarray(headerLength).toString('latin1').toLowerCase();
  if (!isOurs) return code === 0 ? 'unrelated' : down(`code ${code}`);
  if ((flags & 0x0200) !== 0) return 'truncated';
  if (code !== 0) return down(`code ${code}`);
  if ((flags & 0x0400) === 0) return down('without authority');
  return holdsSoa(bytes, query.length, zone) ? up : down('no SOA');
}

/** Whether one of the answers is the zone's own SOA record. */
function holdsSoa(bytes: Buffer, from: number, zone: string): boolean {
  let offset = from;
  for (let left = bytes.readUInt16BE(6); left > 0; left -= 1) {
    const name = nameAt(bytes, offset);
    if (name === undefined || name.end + 10 > bytes.length) return false;
    if (bytes.readUInt16BE(name.end) === soa && name.text === zone.toLowerCase()) return true;
    offset = name.end + 10 + bytes.readUInt16BE(name.end + 8);
  }
  return false;
}

/** A name and where it ends; pointers lead back (RFC 1035 4.1.4), and one that leads on is none. */
function nameAt(bytes: Buffer, from: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let offset = from;
  let lowest = from;
  let end: number | undefined;
  for (;;) {
    const length = bytes[offset];
    if (length === undefined) return undefined;
    if (length === 0) return { text: labels.join('.').toLowerCase(), end: end ?? offset + 1 };
    if (length >= 0xc0) {
      const target = (length & 0x3f) * 0x100 + (bytes[offset + 1] ?? 0);
      end ??= offset + 2;
      if (target >= lowest) return undefined;
      lowest = target;
      offset = target;
      continue;
    }
    if (length > 63 || labels.length > 127) return undefined;
    labels.push(bytes.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
}
