import type { KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { signCheckpoint } from '../../evidence/checkpoint.ts';
import { encodeEntry, type Entry } from '../../evidence/entry.ts';
import type { ProvenHandover } from '../../evidence/handover.ts';
import { consistencyProof, inclusionProof, leafHash, rootOf } from '../../evidence/merkle.ts';
import { logSigner, type LogSigner } from '../../evidence/note.ts';
import { formatProof } from '../../evidence/proof.ts';
import { maximumEntryLength } from '../../evidence/tiles.ts';
import { TileTree } from '../../evidence/tile-tree.ts';
import { parseLogKey, vkeyOf, type LogKey } from '../../evidence/vkey.ts';
import { secondsBetween } from '../../policies/quantities.ts';
import { Problem } from '../problem.ts';
import { StoreError } from '../store/database.ts';
import { Handovers } from './handovers.ts';
import { prepareLog, type LogStatements } from './log-statements.ts';
import { freeBytes, reservedBytes } from './room.ts';

/** The collector's clock may step back by this much (leap seconds, NTP) before it refuses to sequence. */
const clockStepSeconds = 5;

export type EntryKind = Entry['kind'];

/** An entry before the log gives it its moment. */
export type NewEntry = Entry extends infer Kind ? (Kind extends Entry ? Omit<Kind, 'v' | 'receivedAt'> : never) : never;

/** Adds an entry within the transaction under way and says where it stands. */
export type Append = (entry: NewEntry) => { readonly index: number; readonly receivedAt: string };

export interface Head {
  readonly size: number;
  /** The signed note. */
  readonly checkpoint: string;
  readonly receivedAt: string;
}

/**
 * The evidence log on its database: entries, tiles and signed head, which change in one transaction or not at all.
 * Knows nothing of what entries mean. Used by one sequencer only.
 */
export class EvidenceLog {
  readonly origin: string;
  readonly #database: DatabaseSync;
  readonly #sql: LogStatements;
  readonly #handovers: Handovers;
  /** The key in force first; a former one signs along. */
  #signers: readonly [LogSigner, ...LogSigner[]];
  /** A change of the key in the transaction under way. */
  #change: { readonly index: number; readonly next: LogSigner } | undefined;
  readonly #tree: TileTree;
  #head: Head;
  readonly #appended = new Map<EntryKind, number>();

  /**
   * @param former a key that signs along
   * @throws StoreError where the database holds another log, or one that contradicts its own head
   */
  constructor(database: DatabaseSync, origin: string, key: KeyObject, now: Date, former?: KeyObject) {
    this.origin = origin;
    this.#database = database;
    this.#signers = [logSigner(origin, key), ...(former === undefined ? [] : [logSigner(origin, former)])];
    this.#handovers = new Handovers(database);
    this.#sql = prepareLog(database);
    const stored = this.#sql.head.get();
    if (stored === undefined) this.#begin(now);
    else if (stored.origin !== origin) {
      throw new StoreError('store.damaged', `the database holds the log ${String(stored.origin)}, expected ${origin}`);
    }
    this.#head = this.#storedHead();
    this.#tree = new TileTree(this.#head.size, {
      read: (level, index) => this.#sql.tile.get(level, index)?.hashes as Uint8Array | undefined,
    });
    if (this.#sign() !== this.#head.checkpoint) {
      throw new StoreError('store.damaged', 'the stored head is not what this key signs over the stored tiles');
    }
    const entries = Number(this.#sql.countEntries.get()?.count);
    if (entries !== this.#head.size) {
      throw new StoreError(
        'store.damaged',
        `the database has ${entries} entries, and its head says ${this.#head.size}`,
      );
    }
  }

  get head(): Head {
    return this.#head;
  }

  /** Entries by kind that were appended since it was opened. */
  get appended(): ReadonlyMap<EntryKind, number> {
    return this.#appended;
  }

  entry(index: number): Buffer | undefined {
    const row = this.#sql.entry.get(index);
    return row === undefined ? undefined : Buffer.from(row.bytes as Uint8Array);
  }

  /** A tile's hashes as they are stored, 32 bytes each; undefined where there is none. A partial one grows. */
  tile(level: number, index: number): Buffer | undefined {
    const row = this.#sql.tile.get(level, index);
    return row === undefined ? undefined : Buffer.from(row.hashes as Uint8Array);
  }

  /** The verification key in force. */
  get logKey(): string {
    return vkeyOf(this.#signers[0].key);
  }

  /** Those that signed its heads at any time. */
  get keys(): readonly LogKey[] {
    return [this.#signers[0].key, ...this.#handovers.list().map(({ logKey }) => parseLogKey(logKey))];
  }

  /** How it came to its key, the oldest change first, for whoever knows an older one. */
  proveHandovers(): ProvenHandover[] {
    return this.#handovers.list().map(({ index, logKey, checkpoint }) => {
      const hashes = inclusionProof(index, index + 1, this.#tree);
      const entry = this.entry(index)?.toString('base64') ?? '';
      return { logKey, entry, proof: formatProof({ index, hashes, checkpoint }) };
    });
  }

  /**
   * Goes on under another key, in the transaction under way: from its head on both sign. The entry that says so is the
   * last of the transaction.
   * @returns where that entry stands
   */
  changeKey(key: KeyObject, append: Append): number {
    const next = logSigner(this.origin, key);
    const { index } = append({ kind: 'key.rotate', rotated: { of: 'log', logKey: vkeyOf(next.key) } });
    this.#change = { index, next };
    return index;
  }

  /** Has the key in force sign alone, from the head that stands. */
  signAlone(): void {
    const [signer] = this.#signers;
    const checkpoint = this.#sign([signer]);
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#handovers.end();
      this.#sql.signHead.run(checkpoint);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#undo();
      throw error;
    }
    this.#signers = [signer];
    this.#head = { ...this.#head, checkpoint };
  }

  /** The root that the log had at a size, which is not more than it has now. */
  rootAt(size: number): Buffer {
    return rootOf(size, this.#tree);
  }

  /** The tlog-proof of an entry, against the newest checkpoint. */
  prove(index: number): string {
    const { size, checkpoint } = this.#head;
    return formatProof({ index, hashes: inclusionProof(index, size, this.#tree), checkpoint });
  }

  /** Hashes that show that the log of that size is a beginning of the newest one, or of that of `to`; none for 0. */
  proveConsistency(size: number, to: number = this.#head.size): Buffer[] {
    return size === 0 ? [] : consistencyProof(size, to, this.#tree);
  }

  /**
   * Runs `work` in one transaction and moves the head over what it appended. Nothing has happened when it throws,
   * but for `CommitError`: then nobody knows, and only a new start can tell.
   */
  transact(now: Date, work: (append: Append, savepoint: (step: () => void) => void) => void): void {
    const receivedAt = this.#moment(now);
    this.#assertRoom();
    const leaves: Buffer[] = [];
    const kinds: EntryKind[] = [];
    const append: Append = (entry) => {
      const index = this.#head.size + leaves.length;
      const { kind, ...rest } = entry;
      const bytes = encodeEntry({ v: 1, kind, receivedAt, ...rest } as Entry);
      if (bytes.length > maximumEntryLength) {
        throw new Problem(413, 'entry.too-large', `an entry of ${bytes.length} bytes; at most ${maximumEntryLength}`);
      }
      this.#sql.addEntry.run(index, bytes);
      leaves.push(leafHash(bytes));
      kinds.push(kind);
      return { index, receivedAt };
    };
    // One proposal of a batch may fail without harm to the others.
    const savepoint = (step: () => void): void => {
      const before = leaves.length;
      this.#database.exec('SAVEPOINT proposal');
      try {
        step();
      } catch (error) {
        leaves.length = before;
        kinds.length = before;
        // SQLite itself may have undone the whole transaction already (full disk, failed read): then `error` says why.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK TO proposal; RELEASE proposal');
        throw error;
      }
      this.#database.exec('RELEASE proposal');
    };
    let head: Head;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      work(append, savepoint);
      head = this.#moveHead(leaves, receivedAt);
    } catch (error) {
      this.#undo();
      throw error;
    }
    try {
      this.#database.exec('COMMIT');
    } catch (error) {
      throw new CommitError(error);
    }
    this.#tree.settle();
    this.#head = head;
    for (const kind of kinds) this.#appended.set(kind, (this.#appended.get(kind) ?? 0) + 1);
    if (this.#change !== undefined) this.#signers = [this.#change.next, this.#signers[0]];
    this.#change = undefined;
  }

  /**
   * That an entry could be written now.
   * @throws Problem
   */
  assertWritable(now: Date): void {
    this.#moment(now);
    this.#assertRoom();
  }

  /** @throws CommitError where even that fails: tree and database may then differ */
  #undo(): void {
    this.#change = undefined;
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#tree.rollback();
    } catch (error) {
      throw new CommitError(error);
    }
  }

  #assertRoom(): void {
    if ((freeBytes(this.#database) ?? Infinity) >= reservedBytes) return;
    const detail = `less than ${reservedBytes / 2 ** 20} MiB are free on the collector's disk; nothing was stored`;
    throw new Problem(503, 'log.disk-full', detail);
  }

  #moveHead(leaves: readonly Buffer[], receivedAt: string): Head {
    if (leaves.length === 0) return this.#head;
    for (const leaf of leaves) this.#tree.append(leaf);
    for (const { level, index, hashes } of this.#tree.changedTiles()) this.#sql.putTile.run(level, index, hashes);
    const head = { size: this.#tree.size, checkpoint: this.#signChange() ?? this.#sign(), receivedAt };
    const moved = this.#sql.moveHead.run(head.size, head.checkpoint, receivedAt, this.#head.size);
    // Compare and swap: someone else wrote here since, which the folder's lock should have prevented.
    if (moved.changes !== 1) throw new CommitError(new Error('the head in the database is not the one last signed'));
    return head;
  }

  #sign([signer, ...more] = this.#signers): string {
    const head = { origin: this.origin, size: this.#tree.size, root: this.#tree.root() };
    return signCheckpoint(head, signer, ...more);
  }

  /** The head with which the key changes: whoever knows only the old one will go by it. */
  #signChange(): string | undefined {
    if (this.#change === undefined) return undefined;
    const { index, next } = this.#change;
    if (index !== this.#tree.size - 1) throw new RangeError('something was appended after the change of the key');
    const checkpoint = this.#sign([next, this.#signers[0]]);
    this.#handovers.add({ index, logKey: this.logKey, to: vkeyOf(next.key), checkpoint });
    return checkpoint;
  }

  /** Moments in the log never go back: one that was written cannot be taken back either, so the log waits for it. */
  #moment(now: Date): string {
    const { receivedAt } = this.#head;
    const behind = secondsBetween(now, receivedAt);
    if (behind > clockStepSeconds) {
      const detail = `the collector's clock says ${now.toISOString()} and its log's newest entry is of ${receivedAt}: it takes nothing before then; set the clock right, or where that entry's moment is wrong, see docs/recovery.md`;
      throw new Problem(503, 'log.clock', detail);
    }
    return behind > 0 ? receivedAt : now.toISOString();
  }

  #begin(now: Date): void {
    const empty = new TileTree(0, { read: () => undefined });
    const checkpoint = signCheckpoint({ origin: this.origin, size: 0, root: empty.root() }, this.#signers[0]);
    this.#database
      .prepare('INSERT INTO head (one, origin, size, checkpoint, received_at) VALUES (1, ?, 0, ?, ?)')
      .run(this.origin, checkpoint, now.toISOString());
  }

  #storedHead(): Head {
    const row = this.#sql.head.get();
    return { size: Number(row?.size), checkpoint: String(row?.checkpoint), receivedAt: String(row?.received_at) };
  }
}

/** A commit that failed, or a head that someone else moved: what is on disk is not known. The process must end. */
export class CommitError extends Error {
  readonly code = 'log.commit';
  constructor(cause: unknown) {
    super(`the log's commit failed and may or may not be on disk: ${String(cause)}`, { cause });
    this.name = 'CommitError';
  }
}
