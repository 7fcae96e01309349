import type { Logger } from 'pino';
import type { AccessLog } from './access-log.ts';

const day = 86_400_000;

export interface AccessRetentionInput {
  readonly accessLog: Pick<AccessLog, 'prune'>;
  /** Seconds that a record is kept. */
  readonly seconds: number;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'error'>;
}

/** Drops records of the access log once their time is over: at a start, and then once a day. */
export class AccessRetention implements Disposable {
  readonly #input: AccessRetentionInput;
  readonly #timer: NodeJS.Timeout;

  constructor(input: AccessRetentionInput) {
    this.#input = input;
    this.#prune();
    this.#timer = setInterval(() => this.#prune(), day).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #prune(): void {
    const { accessLog, seconds, now, log } = this.#input;
    try {
      accessLog.prune(new Date(now().getTime() - seconds * 1000));
    } catch (error) {
      // A full disk, or a command that is writing: what is left is dropped tomorrow, and reports are taken meanwhile.
      log.error(
        { code: 'access.retention-failed', err: error },
        'records of access whose time is over could not be dropped',
      );
    }
  }
}
