import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** That a key made a signature over these bytes: whether it did is the question. */
export interface SignatureClaim {
  /** Ed25519. */
  readonly key: KeyObject;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Claims as they go to another thread: in one block, as copying thousands of objects takes as long as the arithmetic. */
interface Packed {
  /** Those that the thread has not been given before. They are numbered from 0 over all messages. */
  readonly keys: readonly KeyObject[];
  /** Of each claim: its key's number, how many bytes were signed, and how many the signature has. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** Of each claim: the bytes that were signed, and the signature. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Beside the thread that judges: more than the machine has cores would only take turns with it, and it feeds no more than
 * two, as judging an entry takes about as long as verifying its signature.
 */
const threadCount = Math.min(Math.max(availableParallelism() - 1, 1), 2);

/** Verifies signatures on threads of its own. To be closed. */
export class SignatureThreads {
  readonly #threads = Array.from({ length: threadCount }, () => new SignatureThread());
  #asked = 0;

  /** @returns for each claim whether it holds; nothing where the thread has ended, and it is not known */
  verify(claims: readonly SignatureClaim[]): Promise<readonly boolean[]> {
    const thread = this.#threads[this.#asked % threadCount];
    this.#asked += 1;
    return thread?.verify(claims) ?? Promise.resolve([]);
  }

  close(): void {
    for (const thread of this.#threads) thread.close();
  }
}

class SignatureThread {
  readonly #worker = new Worker(`(${answerClaims.toString()})()`, { eval: true });
  readonly #numbers = new Map<KeyObject, number>();
  /** Who waits for an answer, in the order in which they asked. */
  readonly #waiting: ((holds: readonly boolean[]) => void)[] = [];
  #hasEnded = false;

  constructor() {
    this.#worker.on('message', (holds: readonly boolean[]) => this.#waiting.shift()?.(holds));
    this.#worker.on('error', () => this.#giveUp());
    this.#worker.on('exit', () => this.#giveUp());
  }

  verify(claims: readonly SignatureClaim[]): Promise<readonly boolean[]> {
    if (claims.length === 0 || this.#hasEnded) return Promise.resolve([]);
    const packed = this.#pack(claims);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(packed, [packed.bytes.buffer, packed.places.buffer]);
    });
  }

  close(): void {
    void this.#worker.terminate();
  }

  /** Who waits goes on without knowing. */
  #giveUp(): void {
    this.#hasEnded = true;
    for (const tell of this.#waiting.splice(0)) tell([]);
  }

  #pack(claims: readonly SignatureClaim[]): Packed {
    const keys: KeyObject[] = [];
    const places = new Uint32Array(3 * claims.length);
    const bytes = new Uint8Array(
      claims.reduce((sum, { signed, signature }) => sum + signed.length + signature.length, 0),
    );
    let end = 0;
    for (const [index, { key, signed, signature }] of claims.entries()) {
      const number = this.#numbers.get(key) ?? this.#numbers.size;
      if (number === this.#numbers.size) keys.push(key);
      this.#numbers.set(key, number);
      places.set([number, signed.length, signature.length], 3 * index);
      bytes.set(signed, end);
      bytes.set(signature, end + signed.length);
      end += signed.length + signature.length;
    }
    return { keys, places, bytes };
  }
}

/**
 * What the other thread runs. It goes there as text, so that no bundle of the program needs a file for it, and so it uses
 * nothing of what stands around it.
 */
function answerClaims(): void {
  const { verify } = process.getBuiltinModule('node:crypto');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const known: KeyObject[] = [];
  parentPort?.on('message', ({ keys, places, bytes }: Packed) => {
    known.push(...keys);
    const holds: boolean[] = [];
    let begin = 0;
    for (let at = 0; at < places.length; at += 3) {
      const key = known[places[at] ?? -1];
      const middle = begin + (places[at + 1] ?? 0);
      const end = middle + (places[at + 2] ?? 0);
      holds.push(key !== undefined && verify(null, bytes.subarray(begin, middle), key, bytes.subarray(middle, end)));
      begin = end;
    }
    parentPort.postMessage(holds);
  });
}
