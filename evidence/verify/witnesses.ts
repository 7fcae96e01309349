import { secondsBetween } from '../../policies/quantities.ts';
import { formatCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { EvidenceError } from '../error.ts';
import { openCosignature, type Cosignature } from '../note.ts';
import { vkeyOf, type WitnessKey } from '../vkey.ts';
import type { Findings } from './findings.ts';

/** What a witness whose key was given vouches for. */
export interface WitnessWord {
  readonly witness: string;
  /** Its verification key. */
  readonly key: string;
  /** Signatures of it that hold. */
  readonly cosignatures: number;
  /** The newest head that it saw this log grow to, in entries; 0 where there is none. */
  readonly size: number;
  /** When, by its own clock; null where there is none. */
  readonly at: string | null;
}

/** What witnesses vouch for, as far as their keys were given. */
export interface Witnessed {
  /** One for each key that was given. */
  readonly words: readonly WitnessWord[];
  /** Signatures that were not verified because their key was not given, by the name that they bear. */
  readonly unverified: readonly { readonly witness: string; readonly cosignatures: number }[];
  /** How many witnesses were asked for, and how many entries so many vouch for; null where none were. */
  readonly quorum: { readonly needed: number; readonly size: number } | null;
}

/** The newest word of a witness is of today's log if it came within a day before the last entry, in seconds. */
const recentSeconds = 86_400;

/** Names come from the bundle. */
const maximumNames = 100;

/** The cosignatures that the log holds of its own earlier heads (C2SP tlog-cosignature). */
export class Witnesses {
  readonly #keys: readonly WitnessKey[];
  readonly #findings: Findings;
  readonly #words = new Map<string, WitnessWord>();
  readonly #unverified = new Map<string, number>();

  constructor(keys: readonly WitnessKey[], findings: Findings) {
    this.#keys = keys;
    this.#findings = findings;
    for (const key of keys) {
      this.#words.set(vkeyOf(key), { witness: key.name, key: vkeyOf(key), cosignatures: 0, size: 0, at: null });
    }
  }

  /**
   * Verifies a cosignature of a head of this log.
   * @returns it, where it holds and its key was given
   */
  verify(head: Checkpoint, line: string, where: string): Cosignature | undefined {
    const cosignature = this.#open(head, line, where);
    if (cosignature?.type === 'unknown') {
      this.#unverified.set(cosignature.name, (this.#unverified.get(cosignature.name) ?? 0) + 1);
    }
    if (cosignature?.type !== 'cosignature/v1') return undefined;
    this.#count(head, cosignature);
    return cosignature;
  }

  /** Whether a witness whose key was given signed a head that is not one of this log, and who. */
  signerOf(otherHead: Checkpoint, line: string): string | undefined {
    try {
      const cosignature = openCosignature(formatCheckpoint(otherHead), line, this.#keys);
      return cosignature.type === 'unknown' ? undefined : cosignature.key.name;
    } catch (error) {
      if (error instanceof EvidenceError) return undefined;
      throw error;
    }
  }

  /**
   * Whether enough witnesses vouch for what the log holds: to be asked once every entry has been verified.
   * @param needed how many; undefined where that was not asked for
   * @param lastReceivedAt when the log took in its last entry
   */
  conclude(needed: number | undefined, lastReceivedAt: string | null, where: string): Witnessed {
    const words = [...this.#words.values()];
    const unverified = [...this.#unverified]
      .map(([witness, cosignatures]) => ({ witness, cosignatures }))
      .sort((a, b) => (a.witness < b.witness ? -1 : 1))
      .slice(0, maximumNames);
    if (needed === undefined) return { words, unverified, quorum: null };
    const vouching = newestByName(words);
    const size = vouching[needed - 1]?.size ?? 0;
    const recent = vouching.filter(
      ({ at }) => at !== null && lastReceivedAt !== null && secondsBetween(at, lastReceivedAt) <= recentSeconds,
    );
    if (recent.length < needed) {
      const message = `${recent.length} of the witnesses whose keys were given vouch for this log as it was within a day before its last entry; asked for were ${needed}`;
      this.#findings.add('witness.quorum', where, message);
    }
    return { words, unverified, quorum: { needed, size } };
  }

  #open(head: Checkpoint, line: string, where: string): ReturnType<typeof openCosignature> | undefined {
    try {
      return openCosignature(formatCheckpoint(head), line, this.#keys);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.#findings.add('anchor.cosignature', where, `the witness's signature does not hold: ${error.message}`);
      return undefined;
    }
  }

  #count({ size }: Checkpoint, { key, at }: Cosignature): void {
    const name = vkeyOf(key);
    const before = this.#words.get(name);
    const cosignatures = (before?.cosignatures ?? 0) + 1;
    const newest = before !== undefined && before.size >= size ? before : { size, at: at.toISOString() };
    this.#words.set(name, { witness: key.name, key: name, cosignatures, size: newest.size, at: newest.at });
  }
}

/** One word a name, that which reaches furthest first: a witness with two keys is still one witness. */
function newestByName(words: readonly WitnessWord[]): WitnessWord[] {
  const furthest = words.filter(({ at }) => at !== null).toSorted((a, b) => b.size - a.size);
  return furthest.filter(({ witness }, index) => furthest.findIndex((word) => word.witness === witness) === index);
}
