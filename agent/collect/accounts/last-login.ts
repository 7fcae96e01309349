import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { User } from '../system-users.ts';

const path = '/var/log/lastlog';

/** A record of lastlog(8) on Linux: 32 bits of time, 32 bytes of terminal, 256 of host (bits/utmp.h of glibc). */
const recordSize = 292;

/** Up to here the file is read at once; a large number of an account makes it long, and mostly empty. */
const wholeSize = 8 * 2 ** 20;

/** The day of the last login of each account by its number; an account that has none is left out. */
export async function readLastLogins(host: Host, users: readonly User[]): Promise<Reading<Map<number, string>>> {
  const status = await host.status(path);
  if (status.state === 'unreadable') return status;
  const whole = status.value.size <= wholeSize ? await host.readBytes(path, { maximumSize: wholeSize }) : undefined;
  if (whole?.state === 'unreadable') return whole;
  const days = new Map<number, string>();
  for (const uid of new Set(users.map((user) => user.uid))) {
    const offset = uid * recordSize;
    const record = whole
      ? read(whole.value.subarray(offset, offset + 4))
      : await host.readPart(path, { offset, length: 4 });
    if (record.state === 'unreadable') return record;
    if (record.value.length < 4) continue;
    const seconds = Buffer.from(record.value).readUInt32LE(0);
    if (seconds > 0) days.set(uid, new Date(seconds * 1000).toISOString().slice(0, 10));
  }
  return read(days);
}
