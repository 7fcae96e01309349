import { hash } from 'node:crypto';
import { parseAddCheckpoint, type AddCheckpoint } from '../evidence/add-checkpoint.ts';
import { cosignCheckpoint, formatCheckpoint, openCheckpoint, type OpenCheckpoint } from '../evidence/checkpoint.ts';
import { EvidenceError } from '../evidence/error.ts';
import { verifyConsistency } from '../evidence/merkle.ts';
import { openNote, type WitnessSigner } from '../evidence/note.ts';
import type { LogKey } from '../evidence/vkey.ts';
import type { SignedHead, WitnessStore } from './store.ts';

/** How a request is answered. */
export type Answer =
  /** Its signature line. */
  | { readonly status: 200; readonly line: string; readonly origin: string; readonly size: number }
  /** Another size is on record than the request goes out from. */
  | { readonly status: 409; readonly origin: string; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 | 503; readonly why: string; readonly fork?: Fork };

/** Two heads of one size that the log's key signed and that differ: the log showed two histories. */
export interface Fork {
  readonly origin: string;
  /** The signed note of the one on record. */
  readonly recorded: string;
  /** The signed note of the one that came now. */
  readonly shown: string;
}

/**
 * A witness of logs (C2SP tlog-witness 1.0.0): it signs a head only where the log shows that it continues the head
 * that this witness signed before, so that nobody can be shown another history under its signature.
 */
export class Witness {
  readonly #signer: WitnessSigner;
  readonly #keys: ReadonlyMap<string, readonly LogKey[]>;
  readonly #store: WitnessStore;

  /** @param logs the keys of the logs that it witnesses */
  constructor(signer: WitnessSigner, logs: readonly LogKey[], store: WitnessStore) {
    this.#signer = signer;
    this.#keys = Map.groupBy(logs, ({ name }) => name);
    this.#store = store;
  }

  /**
   * Answers an add-checkpoint request. What it signs is on disk when this returns.
   * @param body the request's
   */
  add(body: Uint8Array, now: Date): Answer {
    const request = parseAddCheckpoint(body);
    if (request === undefined)
      return { status: 400, why: 'expected "old", a size, a proof, a blank line, a checkpoint' };
    const origin = request.checkpoint.split('\n', 1)[0] ?? '';
    const keys = this.#keys.get(origin);
    if (keys === undefined) return { status: 404, why: 'this log is not witnessed here' };
    let head: OpenCheckpoint;
    try {
      head = openCheckpoint(request.checkpoint, keys);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      return { status: error.code.endsWith('.malformed') ? 400 : 403, why: error.message };
    }
    if (request.old > head.size) return { status: 400, why: `old ${request.old} is more than size ${head.size}` };
    // One step: of two requests that come together, the second meets what the first one wrote.
    return this.#store.transact(() => this.#sign(head, request, keys, now));
  }

  /** The newest head of a log that it signed, as a note; the log is named by the SHA-256 of its origin in hex. */
  newest(originHash: string): string | undefined {
    const origin = [...this.#keys.keys()].find((name) => hash('sha256', name) === originHash);
    return origin === undefined ? undefined : this.#store.head(origin)?.checkpoint;
  }

  #sign(head: OpenCheckpoint, { old, proof, checkpoint }: AddCheckpoint, keys: readonly LogKey[], now: Date): Answer {
    const { origin, size, root } = head;
    const recorded = this.#store.head(origin);
    if (old !== (recorded?.size ?? 0)) return { status: 409, origin, size: recorded?.size ?? 0 };
    if (recorded?.size === size && !recorded.root.equals(root)) {
      const fork = { origin, recorded: recorded.checkpoint, shown: checkpoint };
      return { status: 422, why: `another head of ${size} entries is on record`, fork };
    }
    if (!continues(recorded, head, proof))
      return { status: 422, why: `the proof from ${old} to ${size} does not hold` };
    if (recorded !== undefined && now < new Date(recorded.signedAt)) {
      return { status: 503, why: 'the clock of this witness was set back' };
    }
    const line = cosignCheckpoint(head, this.#signer, now);
    this.#store.putHead(origin, {
      size,
      root,
      checkpoint: `${logNote(head, checkpoint, keys)}${line}`,
      signedAt: now.toISOString(),
    });
    return { status: 200, line, origin, size };
  }
}

/** A log of which nothing is on record begins with any head, and an empty one continues as any: neither has a proof. */
function continues(
  recorded: SignedHead | undefined,
  { size, root }: OpenCheckpoint,
  proof: readonly Buffer[],
): boolean {
  if (recorded === undefined || recorded.size === 0) return proof.length === 0;
  return verifyConsistency({ oldSize: recorded.size, newSize: size, oldRoot: recorded.root, newRoot: root, proof });
}

/** The head's note with the log's own signatures only: what else a request brought along has not been verified. */
function logNote(head: OpenCheckpoint, checkpoint: string, keys: readonly LogKey[]): string {
  const lines = openNote(checkpoint, keys).signatures.map(({ line }) => line);
  return `${formatCheckpoint(head)}\n${lines.join('')}`;
}
