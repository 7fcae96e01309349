import { manifestPath } from '../bundle.ts';
import type { KeyHistory, OpenHandover } from '../handover.ts';
import type { NodeReader } from '../merkle.ts';
import { vkeyOf } from '../vkey.ts';
import type { Findings } from './findings.ts';
import { rootAt } from './tree.ts';

/**
 * Holds the keys that a log is said to have had against its entries: each that names a next key has a head of this log
 * which both keys signed, and there is none that no entry speaks of.
 */
export class LogKeys {
  readonly #findings: Findings;
  readonly #tree: NodeReader;
  /** Those that no entry has spoken of yet, the oldest first. */
  readonly #expected: OpenHandover[];

  constructor({ handovers }: KeyHistory, tree: NodeReader, findings: Findings) {
    this.#findings = findings;
    this.#tree = tree;
    this.#expected = [...handovers];
  }

  /** An entry that names a next key. */
  rotate(logKey: string, index: number, where: string): void {
    const [handover] = this.#expected;
    if (handover?.index !== index) {
      const message = 'it puts another key in force, and the bundle has no head over it that both keys signed';
      this.#findings.add('handover.entry', where, message);
      return;
    }
    this.#expected.shift();
    if (vkeyOf(handover.to) !== logKey) {
      const message = `it names another key than ${vkeyOf(handover.to)}, which the log is said to have had from here on`;
      this.#findings.add('handover.entry', where, message);
    }
    const root = rootAt(handover.checkpoint.size, this.#tree, where, this.#findings);
    if (root === undefined || root.equals(handover.checkpoint.root)) return;
    const message = 'the head that both keys signed over it is of another history: the key was given to another log';
    this.#findings.add('handover.entry', where, message);
  }

  /** To be called once every entry has been verified. */
  finish(): void {
    for (const { index } of this.#expected) {
      const message = `it says that entry ${index} puts another key in force, which that does not`;
      this.#findings.add('handover.entry', manifestPath, message);
    }
  }
}
