import type { Logger } from 'pino';
import { Problem } from '../problem.ts';
import type { Eraser } from './erase.ts';

export interface RetentionInput {
  readonly eraser: Pick<Eraser, 'erase' | 'sweep'>;
  /** Seconds that the parts of a report are kept. */
  readonly seconds: number;
  /** Of the decision, in the operator's own records. */
  readonly reference: string;
  readonly now: () => Date;
  readonly log: Logger;
}

const day = 86_400_000;

/** Erases, once a day, what no report of the time that bodies are kept commits to. */
export class Retention implements Disposable {
  readonly #input: RetentionInput;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(input: RetentionInput) {
    this.#input = input;
    this.#timer = setInterval(() => void this.#run(), day).unref();
    void this.#run();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }

  async #run(): Promise<void> {
    const { log } = this.#input;
    try {
      const parts = await this.#erase();
      if (parts > 0) log.info({ parts }, 'parts of reports erased whose time is over');
    } catch (error) {
      // What is left is erased tomorrow, or after the next start.
      if (this.#isOver || (error instanceof Problem && error.code === 'log.stopping')) return;
      log.error({ code: 'retention.failed', err: error }, 'parts of reports whose time is over could not be erased');
    }
  }

  async #erase(): Promise<number> {
    const { eraser, seconds, reference, now } = this.#input;
    const selection = { host: null, before: new Date(now().getTime() - seconds * 1000) };
    let parts = 0;
    while (!this.#isOver) {
      const answer = await eraser.erase(selection, { ground: 'retention', reference });
      if (answer.state !== 'erased') continue;
      parts += answer.parts;
      if (!answer.isLeft) break;
    }
    if (parts > 0 && !this.#isOver) eraser.sweep();
    return parts;
  }
}
