import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Envelope } from '../evidence/envelope.ts';
import { PackedPart, PackedPolicy } from '../evidence/exchange.ts';
import { Digest } from '../evidence/report.ts';
import { DamagedError, makeFolder, moveDurably, readStored, removeDurably, writeDurably } from './durable.ts';
import type { Limits } from './settings.ts';

/** A part as the spool keeps it: with what tells later runs that its content has not changed. */
const SpooledPart = z.strictObject({ ...PackedPart.shape, commitment: Digest, content: Digest });
export type SpooledPart = z.output<typeof SpooledPart>;

/** A signed report that waits for its proof. Everything needed to send it is in the one file. */
const SpooledReport = z.strictObject({
  v: z.literal(1),
  epoch: z.int().positive(),
  seq: z.int().positive(),
  /** SHA-256 of the signed statement: the next one's `prev`. */
  statement: Digest,
  envelope: Envelope,
  parts: z.array(SpooledPart),
  policies: z.array(PackedPolicy),
});
export type SpooledReport = z.output<typeof SpooledReport>;

/** What is remembered of the last report that the collector proved to hold. */
const Delivered = z.strictObject({
  v: z.literal(1),
  epoch: z.int().positive(),
  seq: z.int().positive(),
  statement: Digest,
  /** Its place in the log. */
  index: z.int().nonnegative(),
  /** The newest checkpoint that this agent verified: its size, and the signed note. */
  size: z.int().positive(),
  checkpoint: z.string(),
  parts: z.array(SpooledPart.omit({ zstd: true })),
  policies: z.array(Digest),
});
export type Delivered = z.output<typeof Delivered>;

/** The report that is next to be delivered, or what is left of it. */
export interface WaitingReport {
  readonly epoch: number;
  readonly seq: number;
  readonly content: SpooledReport | DamagedError;
}

/** Where a new report stands: behind the last one made, delivered or not. */
export interface ChainEnd {
  readonly seq: number;
  readonly prev: string | null;
  readonly parts: readonly Pick<SpooledPart, 'name' | 'salt' | 'commitment' | 'content'>[];
}

/** The spool holds what the limits allow: the run's report is not made, and those that wait are kept. */
export class SpoolFullError extends Error {
  readonly code = 'spool.full';
  constructor(folder: string, why: string) {
    super(
      `no room for a new report in ${folder}: ${why}; those that wait are kept, oldest first, until the collector answers`,
    );
    this.name = 'SpoolFullError';
  }
}

function nameOf({ epoch, seq }: Pick<SpooledReport, 'epoch' | 'seq'>): string {
  return `${String(epoch).padStart(6, '0')}-${String(seq).padStart(12, '0')}.json`;
}

const fileName = /^([0-9]{6})-([0-9]{12})\.json$/;

/** Kept free on the disk: to note a delivery takes some, and only deliveries make room again. */
export const reservedBytes = 2 ** 20;

/**
 * Where an agent keeps all that concerns one log.
 * @param logKey the log's verification key
 */
export function folderOfLog(data: string, logKey: string): string {
  return join(data, `log-${createHash('sha256').update(logKey).digest('hex').slice(0, 16)}`);
}

/** What waits in a folder of a log, for whoever only looks: a spool that is opened makes its folders. */
export function spoolStanding(
  data: string,
  logKey: string,
): { readonly folder: string; readonly waiting: number; readonly bytes: number; readonly setAside: number } {
  const folder = folderOfLog(data, logKey);
  const namesIn = (part: string): string[] => {
    const path = join(folder, part);
    return existsSync(path) ? readdirSync(path).filter((name) => fileName.test(name)) : [];
  };
  const waiting = namesIn('spool');
  const bytes = waiting.reduce((sum, name) => sum + statSync(join(folder, 'spool', name)).size, 0);
  return { folder, waiting: waiting.length, bytes, setAside: namesIn('set-aside').length };
}

/**
 * Reports on disk, in the order in which they were made. A report is on disk before anything is sent, and stays
 * until the collector's proof of it has been verified; then `delivered.json` remembers where the chain stands.
 *
 * Every log that this agent was ever enrolled with has a folder of its own: numbers, chain and held checkpoint mean
 * nothing to another log.
 */
export class Spool {
  /** The log's own, in the agent's data folder. */
  readonly logFolder: string;
  readonly #folder: string;
  readonly #asideFolder: string;
  readonly #deliveredFile: string;
  readonly #limits: Pick<Limits, 'spoolReports' | 'spoolMegabytes'>;

  /** @param logKey the verification key of the log that the reports are for */
  constructor(data: string, logKey: string, limits: Pick<Limits, 'spoolReports' | 'spoolMegabytes'>) {
    const own = folderOfLog(data, logKey);
    this.logFolder = own;
    this.#folder = join(own, 'spool');
    this.#asideFolder = join(own, 'set-aside');
    this.#deliveredFile = join(own, 'delivered.json');
    this.#limits = limits;
    makeFolder(this.#folder);
    // What a crash left half written has no name of its own yet.
    for (const name of readdirSync(this.#folder)) if (name.startsWith('.')) rmSync(join(this.#folder, name));
  }

  /** How many reports wait. */
  get length(): number {
    return this.#names().length;
  }

  oldest(): WaitingReport | undefined {
    const name = this.#names()[0];
    if (name === undefined) return undefined;
    const [, epoch, seq] = fileName.exec(name) ?? [];
    return { epoch: Number(epoch), seq: Number(seq), content: this.#readIfSound(name) };
  }

  /** @throws DamagedError */
  delivered(): Delivered | undefined {
    return readStored(this.#deliveredFile, Delivered);
  }

  /** @throws DamagedError: without the last report, nothing can follow it */
  chainEnd(epoch: number): ChainEnd {
    const newest = this.#names().findLast((name) => Number(name.slice(0, 6)) === epoch);
    const last = newest === undefined ? this.delivered() : this.#read(newest);
    if (last?.epoch !== epoch) return { seq: 0, prev: null, parts: [] };
    return { seq: last.seq, prev: last.statement, parts: last.parts };
  }

  /**
   * On disk once this has returned.
   * @throws SpoolFullError where the limits or the disk allow no more; nothing that waits is touched
   */
  add(report: SpooledReport): void {
    const text = JSON.stringify(report);
    this.#assertRoom(Buffer.byteLength(text));
    try {
      writeDurably(join(this.#folder, nameOf(report)), text);
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
        throw new SpoolFullError(this.#folder, 'the disk is full');
      }
      throw error;
    }
  }

  /** The collector's proof has been verified: remembers that, then lets the report go. */
  settle(report: SpooledReport, proven: Pick<Delivered, 'index' | 'size' | 'checkpoint'>): void {
    const delivered: Delivered = {
      v: 1,
      epoch: report.epoch,
      seq: report.seq,
      statement: report.statement,
      ...proven,
      parts: report.parts.map(({ zstd, ...part }) => part),
      policies: report.policies.map(({ digest }) => digest),
    };
    writeDurably(this.#deliveredFile, JSON.stringify(delivered));
    removeDurably(join(this.#folder, nameOf(report)));
  }

  /** A newer head of the log has been verified; remembered beside the last report, where there is one. */
  hold(newer: Pick<Delivered, 'size' | 'checkpoint'>): void {
    const delivered = this.delivered();
    if (delivered === undefined) return;
    writeDurably(this.#deliveredFile, JSON.stringify({ ...delivered, ...newer }));
  }

  /** Takes a report out of the way that can never be delivered. It is kept; where, is returned. */
  setAside(report: Pick<WaitingReport, 'epoch' | 'seq'>): string {
    const target = join(this.#asideFolder, nameOf(report));
    moveDurably(join(this.#folder, nameOf(report)), target);
    return target;
  }

  #assertRoom(size: number): void {
    const names = this.#names();
    if (names.length >= this.#limits.spoolReports) {
      throw new SpoolFullError(this.#folder, `${names.length} reports wait`);
    }
    const used = names.reduce((sum, name) => sum + statSync(join(this.#folder, name)).size, 0);
    if (used + size > this.#limits.spoolMegabytes * 2 ** 20) {
      throw new SpoolFullError(this.#folder, `they hold ${this.#limits.spoolMegabytes} MiB`);
    }
    const { bavail, bsize } = statfsSync(this.#folder);
    if (bavail * bsize < size + reservedBytes) throw new SpoolFullError(this.#folder, 'the disk is full');
  }

  #names(): string[] {
    return readdirSync(this.#folder)
      .filter((name) => fileName.test(name))
      .sort();
  }

  #read(name: string): SpooledReport {
    const path = join(this.#folder, name);
    const report = readStored(path, SpooledReport);
    if (report === undefined) throw new DamagedError(path, 'it vanished');
    return report;
  }

  #readIfSound(name: string): SpooledReport | DamagedError {
    try {
      return this.#read(name);
    } catch (error) {
      if (error instanceof DamagedError) return error;
      throw error;
    }
  }
}
