import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/** How a file is packed, where this program can unpack it itself. */
export type Packer = 'gzip' | 'zstd' | 'none';

/** What reading a file to its end shows, unpacked. */
export interface Extent {
  /** Bytes. */
  readonly size: number;
  /** The first and the last `edge` bytes, or all where there are fewer. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly isAllZero: boolean;
}

/** Bytes kept of either end: more than any form of archive or dump needs to show that it is whole. */
export const edge = 4096;

/** Bytes read at a time, which bounds what is held however large the file. */
const step = 2 ** 20;

const unpackers = { gzip: createGunzip, zstd: createZstdDecompress } as const;

/**
 * Reads a file to its end and unpacks it, holding some MiB at most. The packer's own checks are made on the way: in
 * gzip the sum and length of each member (RFC 1952 2.3.1), in zstd the ends of frames and their sums (RFC 8878 3.1.1).
 * @returns `damaged` where it cannot be unpacked, cut short included
 */
export async function readThrough(
  host: Host,
  path: string,
  packer: Packer,
  signal: AbortSignal,
): Promise<Reading<Extent | 'damaged'>> {
  const source = new Source(host, path, signal);
  const packed = Readable.from(source, { objectMode: false });
  const measure = new Measure();
  try {
    if (packer === 'none') await pipeline(packed, (parts) => measure.take(parts), { signal });
    else await pipeline(packed, unpackers[packer](), (parts) => measure.take(parts), { signal });
    return source.obstacle ?? read(measure.extent());
  } catch (error) {
    if (source.obstacle !== undefined) return source.obstacle;
    if (signal.aborted) return unreadable('timeout', `reading ${path}`);
    if (isPackersOwn(error)) return read('damaged');
    throw error;
  }
}

/** zlib's codes: Z_DATA_ERROR, Z_BUF_ERROR; of zstd ZSTD_error_corruption_detected and the like. */
function isPackersOwn(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(Z_|ZSTD_)/.test(String(error.code));
}

/** A file's bytes, part by part. An obstacle ends them early, and is kept. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #host: Host;
  readonly #path: string;
  readonly #signal: AbortSignal;
  obstacle: Unreadable | undefined;

  constructor(host: Host, path: string, signal: AbortSignal) {
    this.#host = host;
    this.#path = path;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let offset = 0; !this.#signal.aborted;) {
      const part = await this.#host.readPart(this.#path, { offset, length: step });
      if (part.state === 'unreadable') {
        this.obstacle = part;
        return;
      }
      if (part.value.length > 0) yield part.value;
      if (part.value.length < step) return;
      offset += step;
    }
  }
}

class Measure {
  #size = 0;
  #isAllZero = true;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);

  async take(parts: AsyncIterable<unknown>): Promise<void> {
    for await (const part of parts) {
      if (!(part instanceof Uint8Array)) throw new TypeError('expected bytes');
      this.#size += part.length;
      this.#isAllZero &&= part.every((byte) => byte === 0);
      if (this.#head.length < edge) this.#head = Buffer.concat([this.#head, part]).subarray(0, edge);
      this.#tail = Buffer.concat([this.#tail, part.subarray(-edge)]).subarray(-edge);
    }
  }

  extent(): Extent {
    return { size: this.#size, head: this.#head, tail: this.#tail, isAllZero: this.#isAllZero };
  }
}

/** As `readThrough` for a file that is not packed, reading its two ends only; `isAllZero` is of these. */
export async function readEnds(host: Host, path: string, size: number): Promise<Reading<Extent>> {
  const head = await host.readPart(path, { offset: 0, length: edge });
  if (head.state === 'unreadable') return head;
  const tail = await host.readPart(path, { offset: Math.max(0, size - edge), length: edge });
  if (tail.state === 'unreadable') return tail;
  const isAllZero = [head.value, tail.value].every((part) => part.every((byte) => byte === 0));
  return read({ size, head: head.value, tail: tail.value, isAllZero });
}
