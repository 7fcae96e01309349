import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Act, ActTaken } from '../../evidence/act.ts';
import type { Append } from '../log/log.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { Problem } from '../problem.ts';
import type { OrganisationBook } from './book.ts';
import { maximumOpenFindings, planFindings, type FindingInput } from './finding-plan.ts';

/** How often it is looked, in milliseconds. */
const lookInterval = 5 * 60_000;

export interface FindingSweepInput extends Omit<FindingInput, 'organisation'> {
  readonly book: OrganisationBook;
  readonly sequencer: Pick<Sequencer, 'submit'>;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Who acts where the collector itself does: no token has this role. */
export const collectorActor = { by: 'collector', role: 'collector' } as const;

/**
 * Opens a finding where a control of hosts turns to fail, and closes it once none fails any more. Apart from the taking of
 * reports, which it does not slow down: what it needs stands in memory.
 */
export class FindingSweep implements Disposable {
  readonly #input: FindingSweepInput;
  #timer: NodeJS.Timeout | undefined;
  /** The code of what stands in the way, so that it is told once. */
  #obstacle: string | undefined;

  constructor(input: FindingSweepInput) {
    this.#input = input;
  }

  /** Looks now, and from now on at intervals. */
  begin(): void {
    this.#timer = setInterval(() => void this.look(), lookInterval).unref();
    void this.look();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Never throws: what a log does not take now is opened at a later look. */
  async look(): Promise<void> {
    const { book, fleet, now, log } = this.#input;
    try {
      await this.#openAndClose();
      this.#obstacle = undefined;
    } catch (error) {
      const code = error instanceof Problem ? error.code : 'findings.failed';
      if (code !== this.#obstacle && code !== 'log.stopping') {
        log.error({ code, err: error }, 'findings of hosts could not be opened or closed; it is tried again');
      }
      this.#obstacle = code;
    }
    book.weigh(fleet.hosts(), now());
  }

  async #openAndClose(): Promise<void> {
    if (this.#plan().length === 0) return;
    // Planned anew in the transaction: by then another look may have opened the same.
    await this.#input.sequencer.submit((append) => this.#write(append, this.#plan()));
  }

  #plan(): Act[] {
    const { book, now, log } = this.#input;
    const { open, close, left } = planFindings({ ...this.#input, organisation: book.organisation }, now());
    if (left > 0) {
      const message = `more than ${maximumOpenFindings} findings would be open: these are not opened`;
      log.error({ code: 'findings.many', left }, message);
    }
    return [
      ...close.flatMap(({ id: of, how }): Act[] => [
        { act: 'take-step', of, step: how, fields: [] },
        { act: 'close-case', of, fields: [] },
      ]),
      ...open.map((finding): Act => {
        const id = `case-${randomBytes(6).toString('hex')}`;
        return { act: 'open-case', id, of: 'finding', ...finding, fields: [] };
      }),
    ];
  }

  #write(append: Append, acts: readonly Act[]): void {
    const taken = acts.map((act) => {
      const entry: Omit<ActTaken, 'v' | 'receivedAt'> = { kind: 'act', ...collectorActor, act, body: [] };
      const { index, receivedAt } = append(entry);
      return { index, entry: { v: 1, receivedAt, ...entry } satisfies ActTaken };
    });
    // Only once all stand in the transaction: until then nothing else has changed.
    for (const { index, entry } of taken) this.#input.book.stage(entry, index);
  }
}
