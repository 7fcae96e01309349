import type { Anchored } from '../entry.ts';
import type { NodeReader } from '../merkle.ts';
import type { Authorities } from '../timestamp/authorities.ts';
import type { WitnessKey } from '../vkey.ts';
import { Bounds } from './bounds.ts';
import type { Findings } from './findings.ts';
import { Timestamps } from './timestamp.ts';
import { rootAt } from './tree.ts';
import { Witnesses } from './witnesses.ts';

/** Those beside operator and agents whose word the verifier takes. */
export interface ThirdParties {
  readonly witnessKeys: readonly WitnessKey[];
  readonly authorities: Authorities;
}

export interface AnchorsInput extends ThirdParties {
  readonly origin: string;
  readonly tree: NodeReader;
  readonly findings: Findings;
}

/** The entries in which others vouch for earlier heads of the log: each head must be one of this log, and hold for them. */
export class Anchors {
  readonly witnesses: Witnesses;
  readonly timestamps: Timestamps;
  /** What their moments say of the dates of entries. */
  readonly bounds: Bounds;
  readonly #input: AnchorsInput;

  constructor(input: AnchorsInput) {
    this.#input = input;
    this.witnesses = new Witnesses(input.witnessKeys, input.findings);
    this.timestamps = new Timestamps(input.authorities, input.findings);
    this.bounds = new Bounds(input.findings);
  }

  verify(entry: Anchored, index: number, where: string): void {
    if (!this.#isOfThisLog(entry, index, where)) return;
    const { size, root, by } = entry;
    const head = { origin: this.#input.origin, size, root: Buffer.from(root, 'base64') };
    switch (by.type) {
      case 'witness': {
        const cosignature = this.witnesses.verify(head, by.cosignature, where);
        if (cosignature === undefined) break;
        this.bounds.cover({ index, size, at: cosignature.at, by: cosignature.key.name }, where);
        break;
      }
      case 'rfc3161': {
        const timestamp = this.timestamps.verify(head, by.token, by.authority, where);
        if (timestamp === undefined) break;
        this.bounds.cover({ index, size, at: timestamp.at, by: timestamp.authority }, where);
        break;
      }
    }
  }

  /** Whether the head that is anchored is one that this log had before the entry. */
  #isOfThisLog({ size, root, by }: Anchored, index: number, where: string): boolean {
    const { origin, tree, findings } = this.#input;
    if (size > index) {
      const message = `it anchors a head of ${size} entries, and only ${index} stand before it`;
      findings.add('anchor.head', where, message);
      return false;
    }
    const own = rootAt(size, tree, where, findings);
    if (own === undefined) return false;
    if (own.toString('base64') === root) return true;
    const other = { origin, size, root: Buffer.from(root, 'base64') };
    const witness = by.type === 'witness' ? this.witnesses.signerOf(other, by.cosignature) : undefined;
    if (witness === undefined) {
      findings.add('anchor.head', where, `the head of ${size} entries that it anchors is not the one of this log`);
    } else {
      const message = `${witness} signed another head of ${size} entries than this log has: it was shown another history`;
      findings.add('anchor.forked', where, message);
    }
    return false;
  }
}
