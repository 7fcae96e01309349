import type { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { openCheckpoint, type OpenCheckpoint } from '../../evidence/checkpoint.ts';
import { decodeEntry, type Entry } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { maximumPartSize } from '../../evidence/exchange.ts';
import { leafHash, rootOf } from '../../evidence/merkle.ts';
import { commitmentOf, digestOf } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import { TileTree } from '../../evidence/tile-tree.ts';
import { tilesOf, tileWidth } from '../../evidence/tiles.ts';
import type { LogKey } from '../../evidence/vkey.ts';
import { brokenPromise } from './promise.ts';
import { prepareScrub, type ScrubStatements } from './scrub-statements.ts';

/** Something stored is not what was signed, or cannot be read. */
export interface Mismatch {
  /** The row, as a person would look for it: `entry 17`, `tile 3 of level 0`, `part abc...`. */
  readonly where: string;
  readonly message: string;
}

/** How far a pass has come. */
export interface ScrubProgress {
  readonly entries: number;
  readonly of: number;
  readonly parts: number;
  readonly policies: number;
}

/** A head of the log as somebody else kept it. */
export interface KeptHead {
  /** As a signed note. */
  readonly note: string;
  readonly holder: string;
}

/** Entries that are read in one step: it should take about a millisecond. */
const entriesOfStep = 16;

/**
 * Reads everything that belongs to the log anew and holds it against what was signed: tiles against the head, entries
 * against tiles, parts and documents against what entries commit to. Mends nothing.
 *
 * Each step is small, so that whoever has other work can stop between any two. The log may grow meanwhile; a pass is
 * over the head of its beginning.
 * @param database opened for reading, and not in a transaction
 * @param kept heads that the log must continue
 * @returns at each step the mismatch that was found, or how far it has come
 */
export function* scrub(database: DatabaseSync, keys: readonly LogKey[], kept: readonly KeptHead[] = []): Steps {
  const pass = new Pass(database);
  const head = yield* pass.openHead(keys);
  if (head !== undefined) {
    const tree = yield* pass.readTiles(head);
    if (tree !== undefined) yield* brokenPromises(kept, head, keys, tree);
    yield* pass.readEntries(head.size, tree);
  }
  yield* pass.readParts();
  yield* pass.readPolicies();
}

function* brokenPromises(
  kept: readonly KeptHead[],
  { origin, size }: OpenCheckpoint,
  keys: readonly LogKey[],
  tree: TileTree,
): Generator<Mismatch> {
  const log = { origin, keys, head: { size }, rootAt: (at: number) => rootOf(at, tree) };
  for (const { note, holder } of kept) {
    try {
      const broken = brokenPromise(note, holder, log);
      if (broken !== undefined) yield { where: holder, message: broken.message };
    } catch (error) {
      yield { where: holder, message: `it holds no head of this log: ${reasonOf(error)}` };
    }
  }
}

export function isMismatch(step: Mismatch | ScrubProgress): step is Mismatch {
  return 'where' in step;
}

type Steps<Result = void> = Generator<Mismatch | ScrubProgress, Result>;

class Pass {
  readonly #database: DatabaseSync;
  readonly #sql: ScrubStatements;
  #progress: ScrubProgress = { entries: 0, of: 0, parts: 0, policies: 0 };

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = prepareScrub(database);
  }

  *openHead(keys: readonly LogKey[]): Steps<OpenCheckpoint | undefined> {
    const { note, beyond } = this.#snapshot();
    try {
      const head = openCheckpoint(note, keys);
      this.#progress = { ...this.#progress, of: head.size };
      if (beyond >= head.size) yield { where: `entry ${beyond}`, message: `it stands beyond the head of ${head.size}` };
      return head;
    } catch (error) {
      yield { where: 'the head', message: reasonOf(error) };
      return undefined;
    }
  }

  /** Head and last entry as of one moment. */
  #snapshot(): { note: string; beyond: number } {
    this.#database.exec('BEGIN');
    try {
      const beyond = Number(this.#sql.lastEntry.get()?.idx ?? -1);
      return { note: String(this.#sql.head.get()?.checkpoint), beyond };
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  /** @returns undefined where the tiles do not lead to the signed root: nothing under them can be believed */
  *readTiles({ size, root }: OpenCheckpoint): Steps<TileTree | undefined> {
    let tree: TileTree;
    try {
      tree = new TileTree(size, { read: (level, index) => this.#tile(level, index) });
      if (!tree.root().equals(root)) throw new EvidenceError('tile.mismatch', 'they do not give the signed root');
    } catch (error) {
      yield { where: 'the topmost tiles', message: reasonOf(error) };
      return undefined;
    }
    for (const [level, { full }] of tilesOf(size).entries()) {
      // Those of level 0 are read with their entries.
      for (let index = 0; level > 0 && index < full; index += 1) yield* this.#readTile(tree, level, index);
    }
    return tree;
  }

  *#readTile(tree: TileTree, level: number, index: number): Steps<boolean> {
    try {
      tree.node(level * 8, index * tileWidth);
      yield this.#progress;
      return true;
    } catch (error) {
      yield { where: `tile ${index} of level ${level}`, message: reasonOf(error) };
      return false;
    }
  }

  *readEntries(size: number, tree: TileTree | undefined): Steps {
    for (let first = 0; first < size; first += tileWidth) {
      const isKnown = tree !== undefined && (yield* this.#readTile(tree, 0, first / tileWidth));
      const end = Math.min(first + tileWidth, size);
      for (let from = first; from < end; from += entriesOfStep) {
        const until = Math.min(from + entriesOfStep, end);
        yield* this.#readSome(from, until, isKnown ? tree : undefined);
        this.#progress = { ...this.#progress, entries: until };
        yield this.#progress;
      }
    }
  }

  *#readSome(from: number, until: number, tree: TileTree | undefined): Steps {
    for (let index = from; index < until; index += 1) {
      const where = `entry ${index}`;
      try {
        const bytes = this.#sql.entry.get(index)?.bytes as Uint8Array | undefined;
        if (bytes === undefined) {
          yield { where, message: 'it is not there' };
        } else if (tree !== undefined && !tree.node(0, index).equals(leafHash(bytes))) {
          yield { where, message: 'it is not the entry that the log signed: its hash is not the one in its tile' };
        } else {
          for (const message of this.#missingFor(decodeEntry(bytes))) yield { where, message };
        }
      } catch (error) {
        yield { where, message: reasonOf(error) };
      }
    }
  }

  /** What an entry speaks of and is not there, though no entry says that it was erased. */
  *#missingFor(entry: Entry): Iterable<string> {
    if (entry.kind === 'policy.set' && this.#sql.hasPolicy.get(entry.digest) === undefined) {
      yield `the document ${entry.digest} that it sets is not there`;
    }
    if (entry.kind !== 'report') return;
    for (const { name, commitment } of decodeStatement(unverifiedPayload(entry.envelope))?.body ?? []) {
      if (this.#sql.hasPart.get(commitment) !== undefined || this.#isErased(commitment)) continue;
      yield `the part ${name} (${commitment}) that it commits to is not there, and was not erased`;
    }
  }

  /** The table only tells where to look: the log itself has to say it. */
  #isErased(commitment: string): boolean {
    const index = this.#sql.erasedAt.get(commitment)?.idx;
    const bytes = index === undefined ? undefined : this.#sql.entry.get(index)?.bytes;
    if (!(bytes instanceof Uint8Array)) return false;
    const entry = decodeEntry(bytes);
    return entry.kind === 'payload.erased' && entry.commitments.includes(commitment);
  }

  *readParts(): Steps {
    for (let after = ''; ;) {
      let row: ReturnType<ScrubStatements['nextPart']['get']>;
      try {
        row = this.#sql.nextPart.get(after);
      } catch (error) {
        // Without it, it is not known where to go on.
        yield {
          where: `the part after ${after || 'none'}`,
          message: `neither it nor any after it: ${reasonOf(error)}`,
        };
        return;
      }
      if (row === undefined) return;
      after = String(row.commitment);
      const message = whyNotCommitted(after, row.salt as Uint8Array, row.zstd as Uint8Array);
      if (message !== undefined) yield { where: `part ${after}`, message };
      this.#progress = { ...this.#progress, parts: this.#progress.parts + 1 };
      yield this.#progress;
    }
  }

  *readPolicies(): Steps {
    try {
      for (const { digest } of this.#sql.policies.all()) {
        const text = String(this.#sql.policy.get(String(digest))?.text);
        if (digestOf(Buffer.from(text)) !== digest) {
          yield { where: `document ${String(digest)}`, message: 'its text is not the one of its digest' };
        }
        this.#progress = { ...this.#progress, policies: this.#progress.policies + 1 };
        yield this.#progress;
      }
    } catch (error) {
      yield { where: 'the documents', message: reasonOf(error) };
    }
  }

  #tile(level: number, index: number): Uint8Array | undefined {
    return this.#sql.tile.get(level, index)?.hashes as Uint8Array | undefined;
  }
}

function whyNotCommitted(commitment: string, salt: Uint8Array, zstd: Uint8Array): string | undefined {
  try {
    const bytes = zstdDecompressSync(zstd, { maxOutputLength: maximumPartSize });
    return commitmentOf({ salt, bytes }) === commitment
      ? undefined
      : 'its content or salt is not what was committed to';
  } catch (error) {
    return `it cannot be unpacked: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
