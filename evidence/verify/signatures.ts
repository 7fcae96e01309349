import type { KeyObject } from 'node:crypto';
import { decodeRotation, type Entry } from '../entry.ts';
import { openEnvelopeMeanwhile, unverifiedPayload, type Envelope } from '../envelope.ts';
import { EvidenceError } from '../error.ts';
import { keyidOf, publicKeyFromRaw } from '../keys.ts';
import { reportPayloadType } from '../report.ts';
import type { EntryTile } from './entry-tiles.ts';

/** Knows of some envelopes already that a key's signatures in them hold. Of others it says nothing. */
export type KnownSignatures = (envelope: Envelope, publicKey: KeyObject) => boolean;

/**
 * Verifies the signatures of reports on other threads, while the entries before them are judged. It decides nothing: it
 * tries the keys that entries so far name, by their short names, and whoever opens a report with the key that counts
 * there is told whether that very key's signatures were found to hold. What it does not know is verified then.
 */
export class SignaturesAhead {
  /** By short name. */
  readonly #keys = new Map<string, KeyObject>();
  readonly #holding = new WeakMap<Envelope, KeyObject>();
  /** Keys that were found equal: one is read here, the other where the agent is enrolled. */
  readonly #same = new WeakMap<KeyObject, KeyObject>();

  /** Begins with the reports of a tile; to be awaited before they are opened. */
  async begin({ entries = [] }: EntryTile): Promise<void> {
    const pending: Promise<void>[] = [];
    for (const { entry } of entries) {
      if (entry === undefined) continue;
      const named = keyNamedBy(entry);
      if (named !== undefined) this.#keys.set(keyidOf(named), named);
      if (entry.kind === 'report') pending.push(this.#verify(entry.envelope));
    }
    await Promise.all(pending);
  }

  readonly know: KnownSignatures = (envelope, publicKey) => {
    const key = this.#holding.get(envelope);
    return key !== undefined && this.#isSame(key, publicKey);
  };

  #isSame(key: KeyObject, other: KeyObject): boolean {
    if (this.#same.get(key) === other) return true;
    if (!key.equals(other)) return false;
    this.#same.set(key, other);
    return true;
  }

  async #verify(envelope: Envelope): Promise<void> {
    const key = envelope.signatures.map(({ keyid }) => this.#keys.get(keyid)).find((known) => known !== undefined);
    if (key === undefined) return;
    try {
      await openEnvelopeMeanwhile(envelope, key, reportPayloadType);
      this.#holding.set(envelope, key);
    } catch (error) {
      // Whoever opens it finds the same, and says so in its place.
      if (!(error instanceof EvidenceError)) throw error;
    }
  }
}

function keyNamedBy(entry: Entry): KeyObject | undefined {
  if (entry.kind === 'agent.enrol') return publicKeyFromRaw(Buffer.from(entry.publicKey, 'base64'));
  if (entry.kind !== 'key.rotate' || entry.rotated.of !== 'agent') return undefined;
  const rotation = decodeRotation(unverifiedPayload(entry.rotated.envelope));
  return rotation && publicKeyFromRaw(Buffer.from(rotation.publicKey, 'base64'));
}
