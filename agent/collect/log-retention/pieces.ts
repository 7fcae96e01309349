import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { firstMoment, type Surroundings } from './stamps.ts';

const date = '\\d{4}-?\\d\\d-?\\d\\d(?:[-_T.]?\\d{2,10})*';
const atEnd = new RegExp(`(?:[-_.]${date}|\\.\\d{1,4})$`);
const beforeEnding = new RegExp(`[-_.]${date}(?=\\.[a-z]+$)`);
const compressed = /\.(gz|xz|zst|bz2)$/;
const plainBytes = 8 * 1024;
/** zstd packs up to 128 KiB at a time, gzip far less. */
const packedBytes = { gz: 4 * 1024, zst: 160 * 1024 } as const;
const maximumOutput = 32 * 2 ** 20;

/** A file name without what rotation put into it: a number, a date, the ending of its compression. */
export function baseName(name: string): string {
  return name.replace(compressed, '').replace(atEnd, '').replace(beforeEnding, '');
}

/** The moment of the first record in a piece of a log; null where the piece is empty. */
export async function readFirst(
  host: Host,
  path: string,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Reading<Date | null>> {
  const text = await readBeginning(host, path, signal);
  if (text.state === 'unreadable') return text;
  if (text.value.trim() === '') return read(null);
  const moment = firstMoment(text.value, surroundings);
  return moment === undefined
    ? unreadable('unparsable', path, 'its first lines have no moment in a known form')
    : read(moment);
}

async function readBeginning(host: Host, path: string, signal: AbortSignal): Promise<Reading<string>> {
  const ending = compressed.exec(path)?.[1];
  if (ending === 'xz' || ending === 'bz2') {
    const file = ending === 'xz' ? 'xz' : 'bzip2';
    const answer = await host.run({ file, args: ['-dc', '--', path], maximumOutput, timeout: 20 }, signal);
    if (answer.state === 'unreadable') return answer;
    if (answer.value.exitCode !== 0) return unreadable('unparsable', path, answer.value.stderr.trim());
    return read(answer.value.stdout.slice(0, plainBytes));
  }
  const length = ending === 'gz' || ending === 'zst' ? packedBytes[ending] : plainBytes;
  const part = await host.readPart(path, { offset: 0, length });
  if (part.state === 'unreadable') return part;
  try {
    const isWhole = part.value.length < length;
    return read(new TextDecoder().decode(unpack(part.value, ending, isWhole)));
  } catch (error) {
    return unreadable('unparsable', path, error instanceof Error ? error.message : String(error));
  }
}

/** Of a beginning the end is missing; of a whole file it must not, or it is damaged. */
function unpack(bytes: Uint8Array, ending: string | undefined, isWhole: boolean): Uint8Array {
  const options = { maxOutputLength: maximumOutput };
  if (ending === 'gz') {
    return gunzipSync(bytes, isWhole ? options : { ...options, finishFlush: constants.Z_SYNC_FLUSH });
  }
  if (ending === 'zst') {
    return zstdDecompressSync(bytes, isWhole ? options : { ...options, finishFlush: constants.ZSTD_e_flush });
  }
  return bytes;
}
