import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const path = '/var/log/wtmp';
/** Records read from its end. */
const maximumRecords = 2000;
/** Bytes of a record, and where it has the second (utmp(5)): with times of 32 and of 64 bits. */
const forms = [
  { length: 384, second: 340 },
  { length: 400, second: 344 },
] as const;
const userProcess = 7;

/**
 * When somebody from elsewhere got a terminal, by wtmp(5), which sshd writes without syslog; sorted. Programs such as tmux and
 * mosh write there too, with a host that is no name.
 * @returns null where there is no such file: newer systems do without
 */
export async function readTerminalLogins(host: Host): Promise<Reading<Date[] | null>> {
  const status = await host.status(path);
  if (status.state === 'unreadable') return status.obstacle.code === 'missing' ? read(null) : status;
  const { size } = status.value;
  const form = forms.find(({ length }) => size % length === 0);
  if (form === undefined) return unreadable('unparsable', path, 'its size is no multiple of a record');
  const length = Math.min(size, maximumRecords * form.length);
  const part = await host.readPart(path, { offset: size - length, length });
  if (part.state === 'unreadable') return part;
  const bytes = Buffer.from(part.value);
  const moments: Date[] = [];
  for (let at = 0; at + form.length <= bytes.length; at += form.length) {
    const line = textAt(bytes, at + 8, 32);
    const from = textAt(bytes, at + 76, 256);
    const isLogin = bytes.readInt16LE(at) === userProcess && line.startsWith('pts/');
    if (isLogin && /^[0-9A-Za-z][\w.:%-]*$/.test(from)) {
      moments.push(new Date(bytes.readUInt32LE(at + form.second) * 1000));
    }
  }
  return read(moments.sort((a, b) => a.getTime() - b.getTime()));
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  return bytes.toString('latin1', offset, offset + length).split('\0')[0] ?? '';
}
