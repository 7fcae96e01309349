import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import pLimit from 'p-limit';
import { joinCrc32 } from './crc.ts';

const compress = promisify(deflateRaw);

/** Level 1 makes a scrape a tenth of its length; more takes several times as long for little. Ends on a whole byte. */
const compression = { level: 1, finishFlush: constants.Z_SYNC_FLUSH };

/** So many are handed to other threads at a time: enough that a busy collector is not waited for at each, and few, as reports are verified there too. */
const oneOfFew = pLimit(32);

/** Bytes that are handed on at once, or a little more. */
const sliceLength = 2 ** 16;

interface Deflated {
  readonly bytes: Buffer;
  readonly crc: number;
  /** Before it was compressed. */
  readonly length: number;
}

/**
 * Lines that stay together until one of them changes; encoded and compressed when first asked for so, and then kept. A
 * scrape after many hosts changed comes to thousands of them: made one by one, they let reports in between.
 */
export class Chunk {
  #lines: readonly string[];
  #bytes: Buffer | undefined;
  #deflated: Promise<Deflated> | undefined;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  get bytes(): Buffer {
    if (this.#bytes === undefined) {
      this.#bytes = Buffer.from(this.#lines.join(''));
      this.#lines = [];
    }
    return this.#bytes;
  }

  deflated(): Promise<Deflated> {
    this.#deflated ??= oneOfFew(() => deflate(this.bytes));
    return this.#deflated;
  }
}

async function deflate(plain: Buffer): Promise<Deflated> {
  // A copy: what zlib gives is the beginning of a buffer of its own length, which would be kept whole.
  const bytes = Buffer.from(await compress(plain, compression));
  return { bytes, crc: crc32(plain), length: plain.length };
}

/** What the chunks hold, in slices of a size that is good to send. */
export function* plainSlices(chunks: readonly Chunk[]): Generator<Buffer> {
  const slice = new Slice();
  for (const { bytes } of chunks) {
    if (slice.add(bytes)) yield* slice.take();
  }
  yield* slice.take();
}

const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
/** An empty last block, of fixed codes. */
const lastBlock = Buffer.from([3, 0]);

/**
 * The same as one gzip member (RFC 1952): the chunks' deflate blocks one after the other, of which none looks back beyond
 * its own chunk (RFC 1951), with the checksum and length that follow from theirs.
 */
export async function* gzipSlices(chunks: readonly Chunk[]): AsyncGenerator<Buffer> {
  const compressing = chunks.map((chunk) => chunk.deflated());
  // Should the receiver go away, what is still being compressed must not be a rejection that nobody handles.
  for (const one of compressing) one.catch(() => undefined);
  const slice = new Slice();
  slice.add(gzipHeader);
  let [crc, total] = [0, 0];
  for (const one of compressing) {
    const { bytes, crc: own, length } = await one;
    crc = joinCrc32(crc, own, length);
    total += length;
    if (slice.add(bytes)) yield* slice.take();
  }
  slice.add(lastBlock);
  slice.add(trailerOf(crc, total));
  yield* slice.take();
}

function trailerOf(crc: number, length: number): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  return trailer;
}

/** Pieces that are collected until they are worth sending. */
class Slice {
  #pieces: Buffer[] = [];
  #length = 0;

  /** @returns whether it is full */
  add(piece: Buffer): boolean {
    this.#pieces.push(piece);
    this.#length += piece.length;
    return this.#length >= sliceLength;
  }

  /** Many small pieces as one; what is long enough by itself is not copied. */
  *take(): Generator<Buffer> {
    const last = (this.#pieces.at(-1)?.length ?? 0) >= sliceLength / 4 ? this.#pieces.pop() : undefined;
    if (this.#pieces.length > 0) yield Buffer.concat(this.#pieces);
    if (last !== undefined) yield last;
    this.#pieces = [];
    this.#length = 0;
  }
}
