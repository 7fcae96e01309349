import * as fs from 'node:fs';
import { promisify } from 'node:util';

// The functions of node:fs/promises take twice the processor time, and there may be thousands of files.
export const openFile = promisify(fs.open);
export const statOpen = promisify(fs.fstat);
const readInto = promisify(fs.read);

/** At once: what was only read has nothing to be written before it is closed, so this never waits for a disk. */
export const closeFile = fs.closeSync;

/** Where a file does not say how long it is, or is longer: most are short. */
const firstChunk = 4096;
const chunkSize = 65_536;

/**
 * The bytes of an open file from `offset` on, up to `length` of them.
 * @param expected how many there probably are: files of /proc say 0, and have more
 */
export async function readOpen(
  descriptor: number,
  { offset, length, expected }: { offset: number; length: number; expected: number },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // One byte more tells whether it has grown.
  let room = Math.min(expected > 0 ? expected + 1 : firstChunk, length);
  while (size < length) {
    const chunk = Buffer.allocUnsafe(room);
    const { bytesRead } = await readInto(descriptor, chunk, 0, room, offset + size);
    if (bytesRead === 0) break;
    size += bytesRead;
    chunks.push(chunk.subarray(0, bytesRead));
    if (expected > 0 && size === expected && bytesRead < room) break;
    room = Math.min(chunkSize, length - size);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
}
