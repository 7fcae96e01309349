import type { DatabaseSync } from 'node:sqlite';
import { decodeEntry } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import { rootOf } from '../../evidence/merkle.ts';
import type { PopulationHost } from '../../evidence/spot-checks/draw.ts';
import {
  isSeal,
  sampleOf,
  takesPartWithin,
  type DrawnMonth,
  type MonthBegun,
  type SampleSource,
  type SealingReport,
} from '../../evidence/spot-checks/samples.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import { TileTree } from '../../evidence/tile-tree.ts';
import type { Policy } from '../../policies/load.ts';
import { beginningOf, monthAfter, monthOf } from '../../policies/people/months.ts';
import { StoreError } from '../store/database.ts';

/** What is known of a month that is not sealed yet, and up to which entry it was looked for. */
interface Begun {
  readonly begun: MonthBegun;
  readonly drawn: DrawnMonth;
  searched: number;
}

/**
 * The samples of a collector's log, drawn when they are asked for: a verifier meets every entry, and a collector that
 * starts must not. What comes out is what `Samples` draws.
 */
export class StoredSamples implements SampleSource {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #document: (digest: string) => Policy | undefined;
  readonly #sealed = new Map<string, DrawnMonth>();
  readonly #begun = new Map<string, Begun>();

  constructor(database: DatabaseSync, document: (digest: string) => Policy | undefined) {
    this.#sql = prepare(database);
    this.#document = document;
  }

  month(month: string): DrawnMonth | undefined {
    const known = this.#sealed.get(month);
    if (known !== undefined) return known;
    const begun = this.#begun.get(month) ?? this.#begin(month);
    if (begun === undefined) return undefined;
    const seal = this.#sealOf(begun);
    if (seal === undefined) {
      this.#begun.set(month, begun);
      return begun.drawn;
    }
    const drawn = sampleOf(begun.begun, seal, this.#document);
    this.#begun.delete(month);
    this.#sealed.set(month, drawn);
    return drawn;
  }

  after(moment: string): DrawnMonth[] {
    const size = this.#size();
    if (size === 0) return [];
    const newest = monthOf(this.#entry(size - 1).receivedAt);
    const months: DrawnMonth[] = [];
    for (let month = monthOf(moment); month <= newest; month = monthAfter(month)) {
      const drawn = this.month(month);
      if (drawn !== undefined && Date.parse(drawn.first.receivedAt) > Date.parse(moment)) months.push(drawn);
    }
    return months;
  }

  #begin(month: string): Begun | undefined {
    const index = this.#firstSince(beginningOf(month));
    if (index === undefined) return undefined;
    const { receivedAt } = this.#entry(index);
    if (monthOf(receivedAt) !== month) return undefined;
    const hosts = this.#hostsAt(index, new Date(Date.parse(receivedAt) - takesPartWithin).toISOString());
    const begun = { month, first: { index, receivedAt }, root: this.#rootAt(index + 1), hosts };
    return { begun, drawn: sampleOf(begun, undefined, this.#document), searched: index };
  }

  /** Of each host the last report up to an entry, if it was received at a moment or later. */
  #hostsAt(index: number, from: string): PopulationHost[] {
    return this.#sql.agents.all().flatMap(({ agent }): PopulationHost[] => {
      const row = this.#sql.lastReport.get(String(agent), index);
      if (row === undefined || String(row.received_at) < from) return [];
      return [{ host: String(agent), policies: this.#report(Number(row.idx)).policies }];
    });
  }

  /** The first report of the month, after the last one searched, that seals it. */
  #sealOf(one: Begun): SealingReport | undefined {
    const until = beginningOf(monthAfter(one.begun.month));
    const size = this.#size();
    for (const row of this.#sql.reportsAfter.iterate(one.searched, size, until)) {
      const index = Number(row.idx);
      const { envelope, seen } = this.#report(index);
      const seal = { index, receivedAt: String(row.received_at), seen, envelope };
      if (isSeal(seal, one.begun)) return seal;
      one.searched = index;
    }
    return undefined;
  }

  #report(index: number) {
    const entry = this.#entry(index);
    const statement = entry.kind === 'report' ? decodeStatement(unverifiedPayload(entry.envelope)) : undefined;
    if (entry.kind === 'report' && statement !== undefined) return { ...statement, envelope: entry.envelope };
    throw new StoreError('store.damaged', `entry ${index} is no report, as the index says`);
  }

  /** Moments in a log never go back: so its entries can be searched by halves. */
  #firstSince(moment: string): number | undefined {
    const size = this.#size();
    let [low, high] = [0, size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (Date.parse(this.#entry(middle).receivedAt) < Date.parse(moment)) low = middle + 1;
      else high = middle;
    }
    return low < size ? low : undefined;
  }

  #entry(index: number) {
    const row = this.#sql.entry.get(index);
    if (row === undefined) throw new StoreError('store.damaged', `entry ${index} is not in the database`);
    return decodeEntry(row.bytes as Uint8Array);
  }

  /** Of the log as it was last signed: what a transaction under way adds does not count yet. */
  #size(): number {
    return Number(this.#sql.head.get()?.size ?? 0);
  }

  #rootAt(size: number): Buffer {
    const read = (level: number, index: number): Uint8Array | undefined =>
      this.#sql.tile.get(level, index)?.hashes as Uint8Array | undefined;
    return rootOf(size, new TileTree(this.#size(), { read }));
  }
}

function prepare(database: DatabaseSync) {
  return {
    head: database.prepare('SELECT size FROM head'),
    entry: database.prepare('SELECT bytes FROM entries WHERE idx = ?'),
    tile: database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?'),
    agents: database.prepare('SELECT DISTINCT agent FROM agents'),
    lastReport: database.prepare(
      'SELECT idx, received_at FROM reports WHERE agent = ? AND idx <= ? ORDER BY idx DESC LIMIT 1',
    ),
    reportsAfter: database.prepare(
      'SELECT idx, received_at FROM reports WHERE idx > ? AND idx < ? AND received_at < ? ORDER BY idx',
    ),
  };
}
