import type { AccessLog } from './access-log.ts';

const day = 86_400_000;

/** Drops records of the access log once their time is over: at a start, and then once a day. */
export class AccessRetention implements Disposable {
  readonly #timer: NodeJS.Timeout;

  /** @param seconds that a record is kept */
  constructor(log: Pick<AccessLog, 'prune'>, seconds: number, now: () => Date) {
    const prune = (): void => log.prune(new Date(now().getTime() - seconds * 1000));
    prune();
    this.#timer = setInterval(prune, day).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
