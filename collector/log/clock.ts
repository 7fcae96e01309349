import { secondsBetween } from '../../policies/quantities.ts';
import { Problem } from '../problem.ts';

/** Machines that slept wake up with a clock this far ahead at most; further is a fault until a new start says otherwise. */
const longestLeapSeconds = 86_400;

interface Reference {
  readonly at: Date;
  /** By the other clock. */
  readonly elapsed: number;
}

/**
 * The clock by which entries are dated. What the log has dated too late blocks it until then, as its moments never go
 * back: so a clock that leaps ahead is not followed.
 */
export class LogClock {
  readonly #now: () => Date;
  readonly #elapsed: () => number;
  #reference: Reference | undefined;

  /** @param elapsed seconds from any moment on, by a clock that nobody sets */
  constructor(now: () => Date, elapsed: () => number) {
    this.#now = now;
    this.#elapsed = elapsed;
  }

  /** @throws Problem `log.clock` where it leapt since the last entry of this run */
  read(): Date {
    const at = this.#now();
    const { at: before, elapsed } = this.#reference ?? { at, elapsed: this.#elapsed() };
    const leap = secondsBetween(before, at) - (this.#elapsed() - elapsed);
    if (leap <= longestLeapSeconds) return at;
    const detail = `the collector's clock leapt to ${at.toISOString()}, ${Math.round(leap / 86_400)} days ahead, within ${Math.round(this.#elapsed() - elapsed)} s; set it right, or if it is right now, start the collector anew`;
    throw new Problem(503, 'log.clock', detail);
  }

  /** Something was written by it. */
  confirm(): void {
    this.#reference = { at: this.#now(), elapsed: this.#elapsed() };
  }
}
