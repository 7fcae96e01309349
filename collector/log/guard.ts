import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { readIfThere, writeDurably } from '../../agent/durable.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { StoreError } from '../store/database.ts';
import type { EvidenceLog } from './log.ts';
import { brokenPromise, type BrokenPromise } from './promise.ts';

/** Heads are written at most this often, in milliseconds: what was committed within it, the guard can miss. */
const writeInterval = 1000;

export interface GuardInput {
  /** Outside of the data folder, so that an old copy of that does not bring an old guard with it. */
  readonly file: string;
  readonly evidence: EvidenceLog;
  readonly log: Logger;
  /** Somebody showed a signed head that the log does not continue. */
  readonly onBroken: (broken: BrokenPromise) => void;
}

/**
 * Keeps the log's last signed head beside it, so that a log which was set back to an older state, or forked, is not
 * added to: it would grow over the place where that shows.
 */
export class Guard implements Disposable {
  readonly #input: GuardInput;
  #written: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Once it holds what contradicts the log, the log's own word no longer replaces it. */
  #isFrozen = false;
  #isFailing = false;

  /** @throws StoreError where the log does not continue the head that the guard holds, or the file cannot be used */
  constructor(input: GuardInput) {
    const { file, evidence, log } = input;
    this.#input = input;
    const kept = readGuard(file);
    if (kept !== undefined) assertContinues(kept, `the guard ${file}`, evidence);
    else if (evidence.head.size > 0)
      log.warn({ code: 'guard.new', file }, 'there was no guard beside the log; it begins now');
    try {
      this.#write(evidence.head.checkpoint);
    } catch (error) {
      throw new StoreError(
        'store.guard',
        `the guard ${file} cannot be written: ${reasonOf(error)}; set guard to a file that can be`,
      );
    }
  }

  /** The log has a new head: writes it now, or as soon as it may write again. */
  note(): void {
    if (this.#timer !== undefined) return;
    this.#keepHead();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#input.evidence.head.checkpoint !== this.#written) this.note();
    }, writeInterval).unref();
  }

  /**
   * Holds the log against a head that somebody shows. One that proves it wrong takes the guard's place, so that no new
   * start goes on with this log either.
   * @param note a signed note of whatever content; what this log's key did not sign proves nothing
   */
  confront(note: string, holder: string): BrokenPromise | undefined {
    const broken = provenBroken(note, holder, this.#input.evidence);
    if (broken === undefined || this.#isFrozen) return broken;
    this.#isFrozen = true;
    this.#try(note);
    this.#input.onBroken(broken);
    return broken;
  }

  /** Writes the last head. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#input.evidence.head.checkpoint !== this.#written) this.#keepHead();
  }

  #keepHead(): void {
    if (!this.#isFrozen) this.#try(this.#input.evidence.head.checkpoint);
  }

  /** A guard that cannot be written stops nothing: what the log acknowledges is in the log. */
  #try(note: string): void {
    const { file, log } = this.#input;
    try {
      this.#write(note);
      if (this.#isFailing) log.info({ file }, 'the guard is written again');
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        log.error({ code: 'guard.write', err: error, file }, 'the guard cannot be written; it is tried again');
      this.#isFailing = true;
    }
  }

  #write(note: string): void {
    writeDurably(this.#input.file, note);
    this.#written = note;
  }
}

/**
 * That a log continues a head that was kept elsewhere.
 * @throws StoreError `store.behind`, `store.forked`, or `store.guard` where what was kept is no head of this log
 */
export function assertContinues(note: string, holder: string, evidence: EvidenceLog): void {
  let broken: BrokenPromise | undefined;
  try {
    broken = brokenPromise(note, holder, evidence);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new StoreError(
      'store.guard',
      `${holder} holds no head of this log (${error.message}); find out what replaced it, and remove it only if you know`,
    );
  }
  if (broken === undefined) return;
  throw new StoreError(
    broken.code === 'log.behind' ? 'store.behind' : 'store.forked',
    `${broken.message}. Restore the newest copy of the data folder; nothing is written until then (docs/recovery.md)`,
  );
}

/** @throws StoreError where a file that should be held against the log cannot be read */
export function assertContinuesFile(file: string, evidence: EvidenceLog): void {
  let note: string;
  try {
    note = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StoreError('store.guard', `the checkpoint ${file} cannot be read: ${reasonOf(error)}`);
  }
  assertContinues(note, `the checkpoint ${file}`, evidence);
}

function readGuard(file: string): string | undefined {
  try {
    return readIfThere(file);
  } catch (error) {
    throw new StoreError('store.guard', `the guard ${file} cannot be read: ${reasonOf(error)}`);
  }
}

function provenBroken(note: string, holder: string, evidence: EvidenceLog): BrokenPromise | undefined {
  try {
    return brokenPromise(note, holder, evidence);
  } catch (error) {
    if (error instanceof EvidenceError) return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
