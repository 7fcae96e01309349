import type { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { parseCheckpoint } from '../../evidence/checkpoint.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { maximumPartSize } from '../../evidence/exchange.ts';
import { rootOf } from '../../evidence/merkle.ts';
import { TileTree } from '../../evidence/tile-tree.ts';
import { verificationKeyOf } from '../log/keys.ts';
import { StoreError } from '../store/database.ts';
import { evidenceForReading, Store } from '../store/store.ts';
import type { PlacedEntry, ReportedEvidence } from './evidence.ts';

/**
 * The evidence of a collector's data folder as it stands now, while the collector goes on. To be disposed of.
 * @throws StoreError
 */
export function storedEvidence(data: string): ReportedEvidence & Disposable {
  const database = evidenceForReading(data);
  try {
    // All reads see the database as it was at the first one.
    database.exec('BEGIN');
    return { ...evidenceOf(database, data), [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

function evidenceOf(database: DatabaseSync, data: string): ReportedEvidence {
  const head = database.prepare('SELECT origin, size, checkpoint FROM head').get();
  if (head === undefined) throw new StoreError('store.damaged', `the database in ${data} holds no log yet`);
  const store = new Store(database);
  const checkpoint = String(head.checkpoint);
  const { origin, size, root } = parseCheckpoint(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1));
  const tile = database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?');
  const document = database.prepare('SELECT text FROM policies WHERE digest = ?');
  return {
    log: {
      origin,
      key: verificationKeyOf(data, origin, database),
      size,
      root: root.toString('base64'),
      checkpoint,
      lastReceivedAt: size === 0 ? null : entryAt(database, size - 1).receivedAt,
    },
    verification: null,
    entries: () => entriesOf(database),
    part(commitment) {
      const stored = store.part(commitment);
      return stored && zstdDecompressSync(stored.zstd, { maxOutputLength: maximumPartSize });
    },
    rootAt(earlier) {
      const read = (level: number, index: number) => tile.get(level, index)?.hashes as Uint8Array | undefined;
      return rootOf(earlier, new TileTree(size, { read }));
    },
    document(digest) {
      const row = document.get(digest);
      return row === undefined ? undefined : String(row.text);
    },
  };
}

function* entriesOf(database: DatabaseSync): Iterable<PlacedEntry> {
  for (const row of database.prepare('SELECT idx, bytes FROM entries ORDER BY idx').iterate()) {
    yield { index: Number(row.idx), entry: decodeEntry(row.bytes as Uint8Array) };
  }
}

function entryAt(database: DatabaseSync, index: number): PlacedEntry['entry'] {
  const row = database.prepare('SELECT bytes FROM entries WHERE idx = ?').get(index);
  if (row !== undefined) return decodeEntry(row.bytes as Uint8Array);
  throw new StoreError('store.damaged', `entry ${index} is not in the database: restore it from a backup`);
}
