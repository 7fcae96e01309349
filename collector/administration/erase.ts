import type { PayloadErased } from '../../evidence/entry.ts';
import type { Append } from '../log/log.ts';
import type { Sequencer } from '../log/sequencer.ts';
import type { Fleet } from '../state/fleet.ts';
import type { Store } from '../store/store.ts';
import type { ErasureAnswer } from './exchange.ts';
import type { PartUses, Selection } from './uses.ts';

/** Why parts are erased, as the log will say for ever. */
export type Reason = Pick<PayloadErased, 'ground' | 'reference'>;

export interface EraserInput {
  readonly sequencer: Sequencer;
  readonly store: Store;
  readonly fleet: Fleet;
  readonly uses: PartUses;
  /** Takes what was erased off the disk for good. */
  readonly sweep: () => void;
}

/** Of one entry; an entry can hold no more. */
const maximumParts = 500;

/** More are not counted before they are erased. */
const maximumCounted = 100_000;

/** Milliseconds of reading before a request is answered. */
const patience = 1000;

/**
 * Erases parts of reports' bodies. What the log holds of them stays: the statements with their commitments, and an entry
 * that says which parts went, and why. The parts that a host's newest report commits to are never erased while its key
 * counts: its next report may go on with them.
 */
export class Eraser {
  readonly #input: EraserInput;

  constructor(input: EraserInput) {
    this.#input = input;
  }

  /**
   * One step: entries are read on, or up to 500 parts are erased. To be called again until nothing is left.
   * @throws Problem
   */
  erase(selection: Selection, reason: Reason): Promise<ErasureAnswer> {
    return this.#once((append) => this.#eraseSome(selection, reason, append));
  }

  /** How many parts there are to erase, so that somebody can think twice. */
  count(selection: Selection): Promise<ErasureAnswer> {
    return this.#once(() => {
      const counted = this.#input.uses.erasable(selection).take(maximumCounted);
      const parts = counted.reduce((count) => count + 1, 0);
      return { v: 1, state: 'counted', parts, isAll: parts < maximumCounted };
    });
  }

  /** To be called once nothing is left: until then a copy may stand in the write-ahead log. */
  sweep(): void {
    this.#input.sweep();
  }

  /** Does something in the transaction in which the last entry is read that may speak of a part. */
  async #once(work: (append: Append) => ErasureAnswer): Promise<ErasureAnswer> {
    const until = performance.now() + patience;
    for (;;) {
      const answer = await this.#input.sequencer.submit((append): ErasureAnswer => {
        const { read, of } = this.#input.uses.readOn();
        return read < of ? { v: 1, state: 'reading', read, of } : work(append);
      });
      if (answer.state !== 'reading' || performance.now() > until) return answer;
    }
  }

  #eraseSome(selection: Selection, { ground, reference }: Reason, append: Append): ErasureAnswer {
    const { store, uses } = this.#input;
    const commitments = uses.erasable(selection).take(maximumParts).toArray();
    if (commitments.length === 0) return { v: 1, state: 'erased', index: null, parts: 0, isLeft: false };
    const { index } = append({ kind: 'payload.erased', commitments, ground, reference });
    store.eraseParts(commitments, index);
    for (const commitment of commitments) {
      this.#forgetState(commitment);
      uses.forget(commitment);
    }
    const isLeft = commitments.length === maximumParts;
    return { v: 1, state: 'erased', index, parts: commitments.length, isLeft };
  }

  /** What is shown of a host was made from its parts: it must not outlive them. Only a revoked host can have lost one. */
  #forgetState(commitment: string): void {
    const { uses, fleet, store } = this.#input;
    for (const agent of uses.hostsOf(commitment)) {
      const content = fleet.latest(agent)?.content;
      if (content === undefined || !Object.values(content.parts).includes(commitment)) continue;
      store.removeHost(agent);
      fleet.stageRemoval(agent);
    }
  }
}
