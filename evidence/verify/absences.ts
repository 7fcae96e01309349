import { partPath } from '../bundle.ts';
import type { PayloadErased } from '../entry.ts';
import type { Findings } from './findings.ts';

/** Parts that were removed on purpose, by what the operator gave as the reason. */
export interface ErasedParts {
  readonly ground: PayloadErased['ground'];
  readonly reference: string;
  readonly parts: number;
  /** When the first and the last of them were erased, by the collector's clock. */
  readonly firstAt: string;
  readonly lastAt: string;
}

interface Absence {
  /** The part, and the entry that first spoke of it. */
  readonly name: string;
  readonly where: string;
  isErased: boolean;
}

/**
 * The parts that reports commit to and that are not there. An entry of the log may say that a part was erased, and
 * comes after the reports that speak of it: so what is missing without a word is known only at the end.
 */
export class Absences {
  readonly #findings: Findings;
  /** By commitment. */
  readonly #absent = new Map<string, Absence>();
  readonly #erasures = new Map<string, ErasedParts>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** A report commits to a part that is not there. */
  note(commitment: string, name: string, where: string): void {
    if (!this.#absent.has(commitment)) this.#absent.set(commitment, { name, where, isErased: false });
  }

  isNoted(commitment: string): boolean {
    return this.#absent.has(commitment);
  }

  isErased(commitment: string): boolean {
    return this.#absent.get(commitment)?.isErased === true;
  }

  /**
   * An entry that says which parts were erased.
   * @param of.isThere whether a part is in the bundle all the same
   * @param of.isPart whether the bundle shows only a part of its log: the reports may then be among what it leaves out
   */
  erase(
    entry: PayloadErased,
    where: string,
    { isThere, isPart }: { isThere: (commitment: string) => boolean; isPart: boolean },
  ): void {
    let parts = 0;
    for (const commitment of entry.commitments) {
      const absence = this.#absent.get(commitment);
      if (isThere(commitment)) {
        const message = `${where} says that it was erased (${entry.ground}, ${entry.reference}), and it or its salt is still here`;
        this.#findings.add('part.not-erased', partPath(commitment), message);
      } else if (absence === undefined) {
        if (isPart) continue;
        const message = `it erases ${commitment}, to which no earlier report commits: there was nothing to erase`;
        this.#findings.add('erase.unknown', where, message);
      } else if (absence.isErased) {
        this.#findings.add('erase.unknown', where, `it erases ${commitment}, which an earlier entry erased already`);
      } else {
        absence.isErased = true;
        parts += 1;
      }
    }
    if (parts > 0) this.#count(entry, parts);
  }

  /** To be called once every entry has been verified: what is not there and was never erased is missing. */
  verifyAllErased(): void {
    for (const [commitment, { name, where, isErased }] of this.#absent) {
      if (isErased) continue;
      const message = `${name}, to which ${where} commits, is not there, and no entry of the log says that it was erased`;
      this.#findings.add('part.missing', partPath(commitment), message);
    }
  }

  /** In the order in which they began. */
  get erasures(): ErasedParts[] {
    return [...this.#erasures.values()];
  }

  #count({ ground, reference, receivedAt }: PayloadErased, parts: number): void {
    const reason = `${ground} ${reference}`;
    const before = this.#erasures.get(reason);
    const total = (before?.parts ?? 0) + parts;
    const firstAt = before?.firstAt ?? receivedAt;
    this.#erasures.set(reason, { ground, reference, parts: total, firstAt, lastAt: receivedAt });
  }
}
