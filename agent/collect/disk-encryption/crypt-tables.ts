import type { Layer } from '../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { toolFailure } from '../tool-failure.ts';

type Cipher = Layer['cipher'];

/** What the kernel's device mapper does with a device: whether it encrypts, and by which cipher. */
export interface CryptTables {
  /** @returns undefined for a device that does not encrypt all that passes it */
  readonly cipherOf: (deviceName: string) => Cipher | undefined;
}

const command = 'dmsetup table';
/** Names as the kernel has them, and with it sysfs: dmsetup else writes `\x20` in one as the space that it stands for. */
const args = ['table', '--manglename', 'none'] as const;

/**
 * The tables of the device mapper, as dmsetup(8) asks them of the kernel; keys are left out of its answer, by zeros of
 * equal length or by the name of the kernel's keyring (Linux, admin-guide/device-mapper/dm-crypt). Root only.
 */
export async function readCryptTables(context: CollectContext): Promise<Reading<CryptTables>> {
  const { host, signal } = context;
  const answer = await context.once(command, () => host.run({ file: 'dmsetup', args }, signal));
  if (answer.state === 'unreadable') return answer;
  if (answer.value.exitCode !== 0) return toolFailure(command, answer.value);
  return read(parseCryptTables(answer.value.stdout));
}

/** A line a segment: `name: start length target ...`. */
export function parseCryptTables(text: string): CryptTables {
  const segments = new Map<string, string[][]>();
  for (const line of text.split('\n')) {
    const [, name, table] = /^(.+?): (\d+ \d+ .*)$/.exec(line) ?? [];
    if (name === undefined || table === undefined) continue;
    const known = segments.get(name) ?? [];
    known.push(table.trim().split(/\s+/));
    segments.set(name, known);
  }
  return {
    cipherOf(deviceName) {
      const found = segments.get(deviceName) ?? [];
      // A device may be put together of several: one that passes bytes as they are makes it no encrypted one.
      if (found.length === 0 || found.some(([, , target]) => target !== 'crypt')) return undefined;
      const ciphers = found.map(([, , , name = '', key = '']) => cipherOf(name, key));
      const unread = ciphers.find(({ state }) => state === 'unreadable');
      return unread ?? weakest(ciphers);
    },
  };
}

/**
 * `:64:logon:name` stands for a key of 64 bytes in the keyring, anything else is hexadecimal. No key is a `-`, over which
 * dmsetup writes a zero as over any other.
 */
function cipherOf(name: string, key: string): Cipher {
  const isNone = key === '-' || key === '0';
  const isNamed = key.startsWith(':');
  const bytes = isNone ? 0 : isNamed ? Number(/^:(\d+):/.exec(key)?.[1] ?? Number.NaN) : key.length / 2;
  const isWhole = Number.isInteger(bytes) && (isNone || isNamed || /^[0-9a-f]+$/i.test(key));
  if (!isWhole || name === '') return unreadable('unparsable', command, `cipher ${name.slice(0, 64)}`);
  return read({ name: name.slice(0, 256), keyBits: bytes * 8 });
}

function weakest(ciphers: readonly Cipher[]): Cipher | undefined {
  const bitsOf = (cipher: Cipher): number => (cipher.state === 'read' ? cipher.value.keyBits : 0);
  return [...ciphers].sort((a, b) => bitsOf(a) - bitsOf(b))[0];
}
