import { EvidenceError } from './error.ts';

/** In hex. */
const commitmentLength = 64;

/** `commitment salt`, in hex and base64: every line has this many bytes, its end included. */
const lineLength = commitmentLength + 1 + 44 + 1;

const form = /^[0-9a-f]{64} [A-Za-z0-9+/]{43}=\n$/;

/** A line of a bundle's `salts`. */
export function encodeSalt(commitment: string, salt: Uint8Array): Buffer {
  return Buffer.from(`${commitment} ${Buffer.from(salt).toString('base64')}\n`);
}

/**
 * The salts of a bundle, by commitment. They stay in the bytes of their file, where lines of one length that are sorted
 * can be found by halving: a log of years has millions.
 */
export class Salts {
  readonly #bytes: Buffer;

  /** @throws EvidenceError `salts.malformed` where the lines are not of their form, sorted, and each there once */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length % lineLength !== 0) throw malformed('is cut short within a line');
    let before = '';
    for (let index = 0; index < this.size; index += 1) {
      const line = this.#line(index);
      const commitment = this.commitment(index);
      const isExact = form.test(line) && encodeSalt(commitment, this.salt(index)).equals(Buffer.from(line));
      if (!isExact) throw malformed(`has a line ${index + 1} that is not "commitment salt"`);
      if (commitment <= before) throw malformed(`is not sorted at line ${index + 1}, or has it twice`);
      before = commitment;
    }
  }

  /** How many there are. */
  get size(): number {
    return this.#bytes.length / lineLength;
  }

  commitment(index: number): string {
    return this.#line(index).slice(0, commitmentLength);
  }

  /** @returns 32 bytes */
  salt(index: number): Buffer {
    return Buffer.from(this.#line(index).slice(commitmentLength + 1, -1), 'base64');
  }

  /** Where a commitment's line stands, from 0; undefined where there is none. */
  find(commitment: string): number | undefined {
    const sought = Buffer.from(commitment, 'latin1');
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#compare(middle, sought) < 0) low = middle + 1;
      else high = middle;
    }
    return low < this.size && this.#compare(low, sought) === 0 ? low : undefined;
  }

  /** @returns negative where the commitment there comes before the one sought */
  #compare(index: number, sought: Buffer): number {
    return this.#bytes.compare(sought, 0, sought.length, index * lineLength, index * lineLength + commitmentLength);
  }

  #line(index: number): string {
    return this.#bytes.toString('latin1', index * lineLength, (index + 1) * lineLength);
  }
}

function malformed(found: string): EvidenceError {
  return new EvidenceError('salts.malformed', `the file ${found}; expected sorted lines "commitment salt"`);
}
