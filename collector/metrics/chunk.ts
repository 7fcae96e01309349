import { constants, crc32, deflateRawSync } from 'node:zlib';
import { joinCrc32, powerOfBytes } from './crc.ts';

/** Level 1 makes a scrape a twentieth of its length; more takes several times as long for little. Ends on a whole byte. */
const compression = { level: 1, finishFlush: constants.Z_SYNC_FLUSH };

/** Bytes that are handed on at once, or a little more. */
const sliceLength = 2 ** 16;

interface Deflated {
  readonly bytes: Buffer;
  readonly crc: number;
  /** Before it was compressed. */
  readonly length: number;
  /** As `joinCrc32` wants it, of that length. */
  readonly power: number;
}

/**
 * Lines that stay together until one of them changes; encoded and compressed when first asked for so, and then kept. Both
 * on this thread: for some tens of kilobytes that takes a tenth of a millisecond.
 */
export class Chunk {
  readonly #lines: readonly string[];
  #bytes: Buffer | undefined;
  #deflated: Deflated | undefined;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  get bytes(): Buffer {
    return (this.#bytes ??= alone(encode(this.#lines)));
  }

  /** Does not keep the plain bytes: who asks for the one form seldom asks for the other. */
  get deflated(): Deflated {
    return (this.#deflated ??= deflate(this.#bytes ?? encode(this.#lines)));
  }
}

/** No character takes more in UTF-8, of those that a string counts as one. */
const mostBytesEach = 3;

/** Where all lines are encoded: some megabytes a scrape, which the garbage collector would else see as so many buffers. */
let desk = Buffer.alloc(0);

/** @returns bytes that stay what they are until the next call */
function encode(lines: readonly string[]): Buffer {
  const most = lines.reduce((sum, line) => sum + line.length, 0) * mostBytesEach;
  if (desk.length < most) desk = Buffer.allocUnsafeSlow(most);
  let length = 0;
  for (const line of lines) length += desk.write(line, length);
  return desk.subarray(0, length);
}

function deflate(plain: Buffer): Deflated {
  const bytes = alone(deflateRawSync(plain, compression));
  return { bytes, crc: crc32(plain), length: plain.length, power: powerOfBytes(plain.length) };
}

/**
 * A copy that is to be kept: small buffers are cut from a large one, and what zlib gives is the beginning of one, which
 * would be kept whole.
 */
function alone(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
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
export function* gzipSlices(chunks: readonly Chunk[]): Generator<Buffer> {
  const slice = new Slice();
  slice.add(gzipHeader);
  let [crc, total] = [0, 0];
  for (const { deflated } of chunks) {
    crc = joinCrc32(crc, deflated.crc, deflated.power);
    total += deflated.length;
    if (slice.add(deflated.bytes)) yield* slice.take();
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
