import type { KeyObject } from 'node:crypto';
import { decodeRotation, type Entry } from '../entry.ts';
import { claimOf, unverifiedPayload, type Envelope } from '../envelope.ts';
import { EvidenceError } from '../error.ts';
import { keyidOf, publicKeyFromRaw } from '../keys.ts';
import { reportPayloadType } from '../report.ts';
import type { EntryTile } from './entry-tiles.ts';
import { SignatureThreads, type SignatureClaim } from './signature-threads.ts';

/** Knows of some envelopes already that a key's signatures in them hold. Of others it says nothing. */
export type KnownSignatures = (envelope: Envelope, publicKey: KeyObject) => boolean;

/**
 * Verifies the signatures of reports on other threads, while the entries before them are judged. It decides nothing: it
 * tries the keys that entries so far name, by their short names, and whoever opens a report with the key that counts
 * there is told whether that very key's signatures were found to hold. What it does not know is verified then.
 */
export class SignaturesAhead implements Disposable {
  readonly #threads = new SignatureThreads();
  /** By short name. */
  readonly #keys = new Map<string, KeyObject>();
  readonly #holding = new WeakMap<Envelope, KeyObject>();
  /** Keys that were found equal: one is read here, the other where the agent is enrolled. */
  readonly #same = new WeakMap<KeyObject, KeyObject>();

  /** Begins with the reports of a tile; to be awaited before they are opened. */
  async begin({ entries = [] }: EntryTile): Promise<void> {
    const claims: EnvelopeClaim[] = [];
    for (const { entry } of entries) {
      if (entry === undefined) continue;
      const named = keyNamedBy(entry);
      if (named !== undefined) this.#keys.set(keyidOf(named), named);
      if (entry.kind === 'report') claims.push(...this.#claimsOf(entry.envelope));
    }
    const holds = await this.#threads.verify(claims);
    const doubtful = new Set(claims.filter((_, index) => holds[index] !== true).map(({ envelope }) => envelope));
    for (const { envelope, key } of claims) {
      if (!doubtful.has(envelope)) this.#holding.set(envelope, key);
    }
  }

  readonly know: KnownSignatures = (envelope, publicKey) => {
    const key = this.#holding.get(envelope);
    return key !== undefined && this.#isSame(key, publicKey);
  };

  [Symbol.dispose](): void {
    this.#threads.close();
  }

  #isSame(key: KeyObject, other: KeyObject): boolean {
    if (this.#same.get(key) === other) return true;
    if (!key.equals(other)) return false;
    this.#same.set(key, other);
    return true;
  }

  /** Of one key of an envelope that is known. */
  #claimsOf(envelope: Envelope): EnvelopeClaim[] {
    const key = envelope.signatures.map(({ keyid }) => this.#keys.get(keyid)).find((known) => known !== undefined);
    if (key === undefined) return [];
    try {
      const { signed, signatures } = claimOf(envelope, key, reportPayloadType);
      return signatures.map((signature) => ({ envelope, key, signed, signature }));
    } catch (error) {
      // Whoever opens it finds the same, and says so in its place.
      if (error instanceof EvidenceError) return [];
      throw error;
    }
  }
}

interface EnvelopeClaim extends SignatureClaim {
  readonly envelope: Envelope;
}

function keyNamedBy(entry: Entry): KeyObject | undefined {
  if (entry.kind === 'agent.enrol') return publicKeyFromRaw(Buffer.from(entry.publicKey, 'base64'));
  if (entry.kind !== 'key.rotate' || entry.rotated.of !== 'agent') return undefined;
  const rotation = decodeRotation(unverifiedPayload(entry.rotated.envelope));
  return rotation && publicKeyFromRaw(Buffer.from(rotation.publicKey, 'base64'));
}
