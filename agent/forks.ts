import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import { makeFolder, moveDurably, readStored, removeDurably, writeDurably } from './durable.ts';

/** Two words of one log that cannot both be true. */
export interface Fork {
  /** When the second one came. */
  readonly at: Date;
  readonly code: string;
  readonly why: string;
  /** The signed note of the head that is held, and was verified when it came. */
  readonly held: string;
  /** The signed note of the head that was shown now; null where none was. */
  readonly shown: string | null;
  /** The proof that came with it, hashes in base64: it does not lead from the one to the other. */
  readonly consistency: readonly string[];
}

/** Within a data folder. */
export const forksFolder = 'forks';
const haltFile = 'halted.json';

/** Whoever holds a log's key could sign without end; what comes after these proves no more. */
const maximumFiles = 100;

/**
 * Keeps a fork as evidence, on disk when this returns. A pair of heads is kept once and never overwritten.
 * @param folder the data folder; the file is put into its `forks/`
 * @returns the file, or the folder where it is full
 */
export function keepFork(folder: string, { at, code, why, held, shown, consistency }: Fork): string {
  const forks = join(folder, forksFolder);
  makeFolder(forks);
  const name = createHash('sha256')
    .update(JSON.stringify([code, held, shown]))
    .digest('hex')
    .slice(0, 32);
  const file = join(forks, `${name}.json`);
  if (existsSync(file)) return file;
  if (readdirSync(forks).length >= maximumFiles) return forks;
  const evidence = { v: 1, at: at.toISOString(), code, why, held, shown, consistency };
  writeDurably(file, `${JSON.stringify(evidence, undefined, 2)}\n`);
  return file;
}

const Halt = z.strictObject({
  v: z.literal(1),
  at: Moment,
  code: z.string(),
  why: z.string(),
  /** The file of the fork. */
  evidence: z.string(),
});
export type Halt = z.output<typeof Halt>;

/**
 * Why nothing more is delivered to a log; undefined where it may be.
 * @param folder the log's, within the data folder
 * @throws DamagedError
 */
export function haltOf(folder: string): Halt | undefined {
  return readStored(join(folder, haltFile), Halt);
}

/** Keeps a fork as evidence and delivers nothing more to that log, until somebody acts. */
export function halt(folder: string, fork: Fork): Halt {
  const evidence = keepFork(folder, fork);
  const written: Halt = { v: 1, at: fork.at.toISOString(), code: fork.code, why: fork.why, evidence };
  writeDurably(join(folder, haltFile), JSON.stringify(written));
  return written;
}

/**
 * Goes on with a log after a fork, because the operator enrolled the host there anew: what was held of it, and the
 * reports that were made under it, are put beside the evidence. Does nothing where there was no fork.
 */
export function resumeAfterFork(folder: string): void {
  const halted = haltOf(folder);
  if (halted === undefined) return;
  const before = join(folder, forksFolder, `before-${halted.at.replaceAll(':', '')}`);
  for (const name of ['spool', 'delivered.json']) {
    if (existsSync(join(folder, name))) moveDurably(join(folder, name), join(before, name));
  }
  removeDurably(join(folder, haltFile));
}
