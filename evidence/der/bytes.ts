/** What came from elsewhere does not have the form it should have. Whoever reads it turns this into an answer of its own. */
export class Malformed extends Error {}

/** Reads big-endian fields from front to back. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws Malformed where fewer than `count` bytes are left */
  take(count: number): Uint8Array {
    if (count > this.remaining) throw new Malformed('a field is longer than what holds it');
    this.#offset += count;
    return this.#bytes.subarray(this.#offset - count, this.#offset);
  }

  /** The next byte, which stays; undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** An unsigned number of `size` bytes, 1 to 4. */
  number(size: number): number {
    return this.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** A field that begins with its own length, written in `size` bytes. */
  vector(size: number): Uint8Array {
    return this.take(this.number(size));
  }
}
