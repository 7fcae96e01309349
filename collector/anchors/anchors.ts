import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { decodeEntry, type Anchored } from '../../evidence/entry.ts';
import type { EvidenceLog, Head } from '../log/log.ts';
import type { Sequencer } from '../log/sequencer.ts';
import type { AnchorBook } from './book.ts';

/** A third party that can be asked to vouch for a head of the log: a witness, a timestamp authority. */
export interface AnchorSource {
  /** As the metric and the log of the collector name it; each source has its own. */
  readonly name: string;
  /** From one asking to the next. */
  readonly everySeconds: number;
  /**
   * Asks once. The answer has been verified when it is returned.
   * @param log the head to be anchored; `proveConsistency` shows that the log of `from` entries is its beginning
   * @throws LogContradictedError where the other side knows another log than this one; any other error is tried again
   */
  ask(log: AnchoredLog, signal: AbortSignal): Promise<Anchoring>;
}

export interface AnchoredLog {
  readonly origin: string;
  readonly head: Head;
  proveConsistency(from: number): Buffer[];
}

export interface Anchoring {
  /** Of the head that was anchored, in entries. */
  readonly size: number;
  readonly root: Buffer;
  readonly by: Anchored['by'];
}

/** What a source now vouches for. */
export interface AnchorWord {
  /** The name of the source. */
  readonly anchor: string;
  /** In entries; 0 before its first word. */
  readonly size: number;
  /** When its newest word came into the log. */
  readonly receivedAt: string | undefined;
}

/**
 * A third party has seen a head of this log that the log does not continue: it was set back to an old state, or forked.
 * Nothing more may be added to it before somebody has looked.
 */
export class LogContradictedError extends Error {
  readonly code: 'log.behind' | 'log.forked';
  constructor(code: LogContradictedError['code'], message: string) {
    super(message);
    this.name = 'LogContradictedError';
    this.code = code;
  }
}

export interface AnchorsInput {
  readonly sources: readonly AnchorSource[];
  readonly evidence: EvidenceLog;
  readonly sequencer: Sequencer;
  readonly book: AnchorBook;
  readonly log: Logger;
  readonly onContradiction: (error: LogContradictedError) => void;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

/** A start waits this long for the first answers, in seconds: a log that was set back should take nothing more. */
const firstAnswersSeconds = 5;

/** For one question and its answer, in seconds. */
const askSeconds = 30;

/** Tries again after at most this long, in seconds. */
const maximumBackOff = 300;

/**
 * Asks every source at its own pace to vouch for the log's head, and writes each answer into the log.
 *
 * Sources of one pace are asked about one head, which is taken when their round begins: so the signatures of several
 * witnesses come together under one checkpoint.
 *
 * Nothing is written before `write`: the first answers may say that this is not the true log.
 */
export class Anchors {
  readonly #input: AnchorsInput;
  readonly #stop = new AbortController();
  readonly #rounds = new Map<number, { readonly until: number; readonly head: Head }>();
  readonly #writable = Promise.withResolvers<undefined>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(input: AnchorsInput) {
    this.#input = input;
  }

  /**
   * Begins to ask. Returns when every source has answered or failed once, and after some seconds in any case.
   * @throws LogContradictedError where an answer within that time says that the log was set back or forked
   */
  async start(): Promise<void> {
    let contradiction: LogContradictedError | undefined;
    let tell = (error: LogContradictedError): void => void (contradiction ??= error);
    const loops: Promise<void>[] = [];
    const firsts = this.#input.sources.map(
      (source) => new Promise<void>((answered) => loops.push(this.#serve(source, answered, (error) => tell(error)))),
    );
    this.#running = Promise.all(loops);
    const patience = new AbortController();
    await Promise.race([Promise.all(firsts), pause(firstAnswersSeconds * 1000, patience.signal)]);
    patience.abort();
    tell = this.#input.onContradiction;
    if (contradiction === undefined) return;
    await this.stop();
    throw contradiction;
  }

  /** From now on answers are written into the log, those that came already among them. */
  write(): void {
    this.#writable.resolve(undefined);
  }

  /** What each source vouches for. */
  words(): readonly AnchorWord[] {
    const { sources, book, evidence } = this.#input;
    return sources.map(({ name }) => {
      const index = book.newestIndex(name);
      const entry = index === undefined ? undefined : evidence.entry(index);
      const receivedAt = entry === undefined ? undefined : decodeEntry(entry).receivedAt;
      return { anchor: name, size: book.newestSize(name) ?? 0, receivedAt };
    });
  }

  /** Asks and writes no more, and lets go of what is being asked. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.write();
    await this.#running;
  }

  async #serve(source: AnchorSource, answered: () => void, tell: (error: LogContradictedError) => void): Promise<void> {
    const { log, random = Math.random } = this.#input;
    const signal = this.#stop.signal;
    // At a start it is asked in any case: it may know more than a log that was set back.
    let [isDue, failures] = [true, 0];
    while (!isOver(signal)) {
      const { head, until } = this.#round(source.everySeconds);
      try {
        if (isDue || this.#isNews(source, head)) await this.#anchor(source, head, answered);
        [isDue, failures] = [false, 0];
      } catch (error) {
        if (isOver(signal)) break;
        if (error instanceof LogContradictedError) {
          log.fatal({ code: error.code, anchor: source.name }, error.message);
          tell(error);
          break;
        }
        [isDue, failures] = [true, failures + 1];
        log.warn({ code: 'anchor.failed', anchor: source.name, err: error, failures }, 'the head was not anchored');
      }
      answered();
      const untilNext = until - performance.now();
      await pause(isDue ? Math.max(1000, Math.min(untilNext, backOff(failures, random()))) : untilNext, signal);
    }
    answered();
  }

  /** The head that sources of this pace are asked about now. */
  #round(everySeconds: number): { readonly until: number; readonly head: Head } {
    const now = performance.now();
    const current = this.#rounds.get(everySeconds);
    if (current !== undefined && now < current.until) return current;
    const span = everySeconds * 1000;
    // On the grid of the rounds before: a slow answer does not move the sources apart.
    const until =
      current === undefined ? now + span : current.until + Math.ceil((now - current.until + 1) / span) * span;
    const round = { until, head: this.#input.evidence.head };
    this.#rounds.set(everySeconds, round);
    return round;
  }

  /** Whether anything but anchors stands in the log since this source was last asked: else they would feed each other. */
  #isNews({ name }: AnchorSource, head: Head): boolean {
    const { evidence, book } = this.#input;
    const anchored = book.newestSize(name);
    if (anchored === undefined) return true;
    for (let index = head.size - 1; index >= anchored; index -= 1) {
      const bytes = evidence.entry(index);
      if (bytes === undefined || decodeEntry(bytes).kind !== 'anchor') return true;
    }
    return false;
  }

  async #anchor(source: AnchorSource, head: Head, answered: () => void): Promise<void> {
    const { evidence, sequencer, book, log } = this.#input;
    const subject: AnchoredLog = {
      origin: evidence.origin,
      head,
      proveConsistency: (from) => evidence.proveConsistency(from, head.size),
    };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(askSeconds * 1000)]);
    const { size, root, by } = await source.ask(subject, signal);
    answered();
    await this.#writable.promise;
    // A head of nothing is asked about to learn whether the other side knows more; there is nothing to write down.
    if (size === 0 || isOver(this.#stop.signal)) return;
    await sequencer.submit((append) => {
      const { index } = append({ kind: 'anchor', size, root: root.toString('base64'), by });
      book.add({ index, anchor: source.name, size, checkpoint: head.checkpoint, by });
    });
    log.info({ anchor: source.name, size }, 'head anchored');
  }
}

/** Milliseconds to wait after so many failures in a row: 2 s, 4 s ... 5 min, and of that half to all, at random. */
function backOff(failures: number, random: number): number {
  return (0.5 + random / 2) * Math.min(maximumBackOff, 2 ** Math.min(failures, 20)) * 1000;
}

/** Asked anew each time: it changes while something is awaited. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(Math.max(0, milliseconds), undefined, { signal }).catch(() => undefined);
}
