import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import type { LogKey } from '../../evidence/vkey.ts';
import { isMismatch, scrub, type Mismatch } from './scrub.ts';

export interface ScrubberInput {
  /** Opens the database for reading, apart from the connection that writes: what that one remembers is not what is stored. */
  readonly open: () => DatabaseSync;
  /** Those that may have signed the head. */
  readonly keys: () => readonly LogKey[];
  /** Seconds from the beginning of one pass to that of the next. */
  readonly every: number;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Milliseconds of work, and of rest after it: at most two of a hundred go to the scrubber, but for a part that is huge. */
const work = 2;
const rest = 98;

/** Milliseconds before the first pass: a start has enough to do. */
const firstRest = 60_000;

/** Milliseconds: a timer that is set to more ends at once. */
const longestTimer = 2 ** 31 - 1;

/** Of one pass so many mismatches are told one by one; the metric counts all. */
const maximumTold = 100;

/** Reads everything that is stored again and again, slowly, while the collector does its work. */
export class Scrubber implements Disposable {
  readonly #input: ScrubberInput;
  #timer: NodeJS.Timeout;
  #pass:
    { readonly database: DatabaseSync; readonly steps: ReturnType<typeof scrub>; readonly begun: number } | undefined;
  #found = 0;
  #foundBefore = 0;
  #completedAt: Date | undefined;

  constructor(input: ScrubberInput) {
    this.#input = input;
    this.#timer = setTimeout(() => this.#begin(), firstRest).unref();
  }

  /** Of the last whole pass, or of the one under way where that has found more. */
  get mismatches(): number {
    return Math.max(this.#found, this.#foundBefore);
  }

  /** When the last whole pass ended. */
  get completedAt(): Date | undefined {
    return this.#completedAt;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#pass?.database.close();
    this.#pass = undefined;
  }

  #begin(): void {
    const { open, keys, log } = this.#input;
    this.#found = 0;
    const begun = performance.now();
    try {
      const database = open();
      this.#pass = { database, steps: scrub(database, keys()), begun };
    } catch (error) {
      log.error({ code: 'scrub.failed', err: error }, 'the database cannot be opened to be read again');
      this.#end(begun);
      return;
    }
    this.#workOn();
  }

  #work(): void {
    if (this.#pass === undefined) return;
    const { steps, begun } = this.#pass;
    const until = performance.now() + work;
    while (performance.now() < until) {
      const step = steps.next();
      if (step.done === true) {
        this.#complete(begun);
        return;
      }
      if (isMismatch(step.value)) this.#tell(step.value);
    }
    this.#timer = setTimeout(() => this.#workOn(), rest).unref();
  }

  /** A step that fails as a whole ends its pass, never the collector. */
  #workOn(): void {
    try {
      this.#work();
    } catch (error) {
      this.#input.log.error({ code: 'scrub.failed', err: error }, 'what is stored could not all be read again');
      this.#end(this.#pass?.begun ?? performance.now());
    }
  }

  #tell({ where, message }: Mismatch): void {
    this.#found += 1;
    if (this.#found > maximumTold) return;
    this.#input.log.error(
      { code: 'scrub.mismatch', where },
      `what is stored is not what was signed: ${where}: ${message}`,
    );
  }

  #complete(begun: number): void {
    const { log, now } = this.#input;
    this.#foundBefore = this.#found;
    this.#completedAt = now();
    const seconds = Math.round((performance.now() - begun) / 1000);
    log.info({ mismatches: this.#found, seconds }, 'everything that is stored was read again');
    this.#end(begun);
  }

  #end(begun: number): void {
    this.#pass?.database.close();
    this.#pass = undefined;
    const next = begun + this.#input.every * 1000 - performance.now();
    this.#timer = setTimeout(() => this.#begin(), Math.min(Math.max(next, firstRest), longestTimer)).unref();
  }
}
