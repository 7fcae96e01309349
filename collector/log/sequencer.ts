import { Problem } from '../problem.ts';
import { gapSince } from './gap.ts';
import { CommitError, type Append, type EvidenceLog } from './log.ts';

/** What one request wants of the log. Runs inside the transaction; throwing undoes all that it did, and only that. */
export type Proposal<Answer> = (append: Append) => Answer;

interface Waiting {
  decide(append: Append): void;
  settle(): void;
  fail(error: unknown): void;
}

/**
 * Group commit: at most this many proposals share one write to disk. The first of them waits for company as long as the
 * write before took, within these bounds: on a slow disk the one thread must do more than wait for it.
 */
const maximumBatch = 256;
const shortestWaitMilliseconds = 5;
const longestWaitMilliseconds = 50;
export const maximumQueue = 10_000;

/** The one writer of the log. Proposals are decided in the order in which they came, many in one transaction. */
export class Sequencer {
  readonly #log: EvidenceLog;
  readonly #now: () => Date;
  readonly #onCommit: () => void;
  readonly #onUndone: () => void;
  readonly #onFatal: (error: CommitError) => void;
  #queue: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #wait = shortestWaitMilliseconds;
  #stopped: Problem | undefined;
  #isHalted = false;
  /** A whole batch was, since the last that was written. */
  #hasRefused = false;

  /**
   * @param hooks `onCommit` after a transaction is on disk and before its proposals are answered, `onUndone` after it
   * was rolled back, `onFatal` where nobody knows: the process should end
   */
  constructor(
    log: EvidenceLog,
    now: () => Date,
    hooks: { onCommit: () => void; onUndone: () => void; onFatal: (error: CommitError) => void },
  ) {
    this.#log = log;
    this.#now = now;
    this.#onCommit = hooks.onCommit;
    this.#onUndone = hooks.onUndone;
    this.#onFatal = hooks.onFatal;
  }

  /** Resolves once what the proposal appended is on disk. */
  submit<Answer>(proposal: Proposal<Answer>): Promise<Answer> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#queue.length >= maximumQueue) {
      return Promise.reject(new Problem(503, 'log.busy', 'more reports wait than the collector can write; try later'));
    }
    return new Promise((resolve, reject) => {
      let answer: Answer;
      this.#queue.push({
        decide: (append) => (answer = proposal(append)),
        settle: () => resolve(answer),
        fail: reject,
      });
      if (this.#queue.length >= maximumBatch) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.#wait);
    });
  }

  /** Writes what waits and takes no more. */
  stop(): void {
    this.#flush();
    this.#stopped ??= new Problem(503, 'log.stopping', 'the collector is stopping; try again in a moment');
  }

  /** Proposals that wait to be written. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Whether it was halted, and takes nothing until somebody has looked. */
  get isHalted(): boolean {
    return this.#isHalted;
  }

  /** Writes nothing more, not even what waits: somebody has to look at the log first. */
  halt(problem: Problem): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopped = problem;
    this.#isHalted = true;
    for (const waiting of this.#queue.splice(0)) waiting.fail(problem);
  }

  /**
   * That a proposal could be written now.
   * @throws Problem
   */
  assertOpen(): void {
    if (this.#stopped !== undefined) throw this.#stopped;
    this.#log.assertWritable(this.#now());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#queue;
    this.#queue = [];
    if (batch.length === 0) return;
    const refused = new Map<Waiting, unknown>();
    const begun = performance.now();
    try {
      const now = this.#now();
      const gap = gapSince(this.#log.head, now, this.#hasRefused);
      this.#log.transact(now, (append, savepoint) => {
        if (gap !== undefined) append(gap);
        for (const waiting of batch) {
          try {
            savepoint(() => waiting.decide(append));
          } catch (error) {
            if (isStoreFailure(error)) throw error;
            refused.set(waiting, error);
          }
        }
      });
    } catch (error) {
      this.#hasRefused = true;
      this.#onUndone();
      for (const waiting of batch) waiting.fail(asProblem(error));
      if (error instanceof CommitError) {
        this.#stopped = asProblem(error);
        this.#onFatal(error);
      }
      return;
    }
    const took = performance.now() - begun;
    this.#wait = Math.min(Math.max(took, shortestWaitMilliseconds), longestWaitMilliseconds);
    this.#hasRefused = false;
    this.#onCommit();
    for (const waiting of batch) {
      if (refused.has(waiting)) waiting.fail(refused.get(waiting));
      else waiting.settle();
    }
  }
}

/** What the database or its disk cannot do concerns the whole batch; anything else is the one proposal's own fault. */
function isStoreFailure(error: unknown): boolean {
  const sqliteConstraint = 19;
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return (error.errcode & 0xff) !== sqliteConstraint;
}

/** Whatever stops a whole batch is the collector's trouble, not the agents': they keep their reports and try again. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommitError) return new Problem(503, error.code, message);
  const isFull = /disk is full|SQLITE_FULL/.test(message);
  return new Problem(503, isFull ? 'log.disk-full' : 'log.unavailable', `nothing was stored: ${message}`);
}
