import { createHmac, hash } from 'node:crypto';
import { maximumSample, type Lot } from '../../policies/checks/spot-checks.ts';
import type { Policy } from '../../policies/load.ts';
import { isShownByPeople } from '../../policies/people/organisation.ts';
import type { Statement } from '../report.ts';

/** A host, with the documents that its last report names. */
export interface PopulationHost {
  readonly host: string;
  readonly policies: Statement['policies'];
}

/** What fixes the seed of a month. */
export interface Seal {
  readonly month: string;
  /** Of the log's tree up to and including the month's first entry. */
  readonly size: number;
  readonly root: Uint8Array;
  /** In base64: an agent's, of the first report that was made by a host which had seen such a tree. */
  readonly signature: string;
}

/** SHA-256 over five lines: what this is, the month, the size of the tree, its root in base64, and the signature. */
export function seedOf({ month, size, root, signature }: Seal): Buffer {
  const lines = ['waarborg spot checks v1', month, String(size), Buffer.from(root).toString('base64'), signature];
  return hash('sha256', lines.map((line) => `${line}\n`).join(''), 'buffer');
}

/**
 * Every control of every host, sorted by the code units of host, policy and control. Labels do not matter: they lie in
 * what can be erased, and that a control does not apply to a host is worth a look too.
 * @returns undefined where a document is not there
 */
export function populationOf(
  hosts: readonly PopulationHost[],
  document: (digest: string) => Policy | undefined,
): Lot[] | undefined {
  const lots: Lot[] = [];
  for (const { host, policies } of hosts) {
    for (const { policy, digest } of policies) {
      const known = document(digest);
      if (known === undefined) return undefined;
      for (const { id: control, check } of known.controls) {
        if (!isShownByPeople(check)) lots.push({ host, policy, control });
      }
    }
  }
  return lots.sort((a, b) => compare(a.host, b.host) || compare(a.policy, b.policy) || compare(a.control, b.control));
}

/**
 * Draws without replacement, one after the other, so that a smaller sample is the beginning of a larger one. Each time a
 * number below the count of those that are left says which is taken; the last of those left comes into its place.
 */
export function drawFrom(population: readonly Lot[], seed: Uint8Array): Lot[] {
  const left = [...population];
  const numbers = new Numbers(seed);
  const drawn: Lot[] = [];
  while (drawn.length < maximumSample && left.length > 0) {
    const place = numbers.below(left.length);
    const [one] = left.slice(place, place + 1);
    const last = left.pop();
    if (one === undefined || last === undefined) break;
    if (place < left.length) left[place] = last;
    drawn.push(one);
  }
  return drawn;
}

const [numberBytes, numberRange] = [6, 2 ** 48];

/** Numbers by rejection sampling: the first 48 bits of HMAC-SHA256 of a counter (8 bytes, big-endian, from 0) by the seed. */
class Numbers {
  readonly #seed: Uint8Array;
  #counter = 0n;

  constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  below(count: number): number {
    const limit = numberRange - (numberRange % count);
    for (;;) {
      const number = this.#next();
      if (number < limit) return number % count;
    }
  }

  #next(): number {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(this.#counter);
    this.#counter += 1n;
    return createHmac('sha256', this.#seed).update(counter).digest().readUIntBE(0, numberBytes);
  }
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
