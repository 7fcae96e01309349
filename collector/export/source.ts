import type { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import type { BundlePart, BundleSource } from '../../evidence/bundle.ts';
import { maximumPartSize } from '../../evidence/exchange.ts';
import { parseExactJson } from '../../evidence/json.ts';
import { HostPart } from '../../evidence/report.ts';
import type { Scope } from '../../evidence/scope.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';
import { Handovers } from '../log/handovers.ts';
import { StoreError } from '../store/database.ts';
import { Store, type StoredPart } from '../store/store.ts';
import { selectEvidence, type Selection, type SelectionSource } from './selection.ts';

export interface SourceInput {
  /** Within a transaction of the caller's, so that all of it is of one moment. */
  readonly database: DatabaseSync;
  /** The log's verification key. */
  readonly logKey: string;
  /** What to show; null for all there is. */
  readonly scope: Scope | null;
}

/**
 * A collector's evidence as a bundle's source.
 * @throws StoreError where something is not in the database that should be
 * @throws ScopeError where the scope has nothing in this log
 */
export function bundleSource({ database, logKey, scope }: SourceInput): BundleSource {
  const store = new Store(database);
  const head = database.prepare('SELECT origin, size, checkpoint FROM head').get();
  if (head === undefined) throw new StoreError('store.damaged', 'the database holds no log yet');
  const { entry, tile } = logReader(database);
  const handovers = new Handovers(database).list().map(({ index, logKey: until, checkpoint }) => {
    return { index, logKey: until, checkpoint };
  });
  const log = {
    ...{ origin: String(head.origin), logKey, size: Number(head.size) },
    ...(handovers.length === 0 ? {} : { handovers }),
  };
  const selection = scope === null ? undefined : selectEvidence(scope, selectionSource(database, store, entry));
  return {
    manifest: scope === null ? { v: 1, ...log } : { v: 2, ...log, scope },
    checkpoint: String(head.checkpoint),
    entry: (index) => (selection?.entries.has(index) === false ? new Uint8Array() : entry(index)),
    tile,
    parts: () => partsOf(store, selection),
    policies: () => store.policies().filter(({ digest }) => selection?.documents.has(digest) !== false),
  };
}

function logReader(database: DatabaseSync): Pick<BundleSource, 'entry' | 'tile'> {
  const entry = database.prepare('SELECT bytes FROM entries WHERE idx = ?');
  const tile = database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?');
  return {
    entry: (index) => bytesOf(entry.get(index)?.bytes, `entry ${index}`),
    tile: (level, index) => bytesOf(tile.get(level, index)?.hashes, `tile ${index} of level ${level}`),
  };
}

/** A bundle with a hole would look as if its exporter had hidden something: rather none. */
function bytesOf(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new StoreError('store.damaged', `${what} is not in the database: restore it from a backup, then export again`);
}

function selectionSource(database: DatabaseSync, store: Store, entry: BundleSource['entry']): SelectionSource {
  const reports = database.prepare('SELECT idx, agent, epoch, received_at FROM reports ORDER BY idx');
  const others = database.prepare('SELECT idx FROM entries WHERE idx NOT IN (SELECT idx FROM reports) ORDER BY idx');
  const documents = new Map<string, Policy>(
    store.policies().map(({ digest, text }) => [digest, parsePolicy(text, digest)]),
  );
  return {
    entry,
    *reports() {
      for (const row of reports.iterate()) {
        yield {
          index: Number(row.idx),
          agent: String(row.agent),
          epoch: Number(row.epoch),
          receivedAt: String(row.received_at),
        };
      }
    },
    administrative: () => others.all().map(({ idx }) => Number(idx)),
    labels(commitment) {
      const part = store.part(commitment);
      return part && parseExactJson(HostPart, unpacked(part).bytes)?.labels;
    },
    document(digest) {
      const document = documents.get(digest);
      if (document !== undefined) return document;
      throw new StoreError('store.damaged', `the document ${digest} is not in the database: restore a backup`);
    },
  };
}

function* partsOf(store: Store, selection: Selection | undefined): Iterable<BundlePart> {
  const parts = selection === undefined ? store.parts() : selectedParts(store, selection);
  for (const part of parts) yield unpacked(part);
}

/** What has been erased is not there any more; the log says so. */
function* selectedParts(store: Store, { parts }: Selection): Iterable<StoredPart> {
  for (const commitment of [...parts].sort()) {
    const part = store.part(commitment);
    if (part !== undefined) yield part;
  }
}

function unpacked({ commitment, salt, zstd }: StoredPart): BundlePart {
  return { commitment, salt, bytes: zstdDecompressSync(zstd, { maxOutputLength: maximumPartSize }) };
}
