import type { Logger } from 'pino';
import { heartbeatSeconds } from '../../evidence/silence.ts';
import { secondsBetween } from '../../policies/quantities.ts';
import { Problem } from '../problem.ts';
import { isSilent } from './gap.ts';
import type { EvidenceLog, Head } from './log.ts';
import type { Sequencer } from './sequencer.ts';

/** How often it is looked whether a heartbeat is due, in milliseconds. */
const lookInterval = 15_000;

export interface HeartbeatInput {
  readonly evidence: EvidenceLog;
  readonly sequencer: Sequencer;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Has the log say at least every ten minutes that the collector runs, so that its silence means something. */
export class Heartbeat implements Disposable {
  readonly #input: HeartbeatInput;
  readonly #timer: NodeJS.Timeout;
  /** The code of what stands in the way, so that it is told once. */
  #obstacle: string | undefined;

  constructor(input: HeartbeatInput) {
    this.#input = input;
    this.#timer = setInterval(() => void this.beat(), lookInterval).unref();
  }

  /** Writes a heartbeat where one is due; where a gap is, that says it. */
  async beat(): Promise<void> {
    const { evidence, sequencer, now, log } = this.#input;
    if (secondsBetween(evidence.head.receivedAt, now()) < heartbeatSeconds) return;
    try {
      await sequencer.submit((append) => {
        if (isDue(evidence.head, now())) append({ kind: 'heartbeat' });
      });
      if (this.#obstacle !== undefined) log.info('the log can be written again');
      this.#obstacle = undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code !== this.#obstacle) log.error({ code: error.code, err: error }, error.message);
      this.#obstacle = error.code;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** The gap itself shows that the collector runs. */
function isDue(head: Head, now: Date): boolean {
  return secondsBetween(head.receivedAt, now) >= heartbeatSeconds && !isSilent(head, now);
}
