import { createPrivateKey } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { signCheckpoint } from '../../../evidence/checkpoint.ts';
import { decodeEntry, encodeEntry } from '../../../evidence/entry.ts';
import { leafHash } from '../../../evidence/merkle.ts';
import { logSigner } from '../../../evidence/note.ts';
import { TileTree } from '../../../evidence/tile-tree.ts';
import type { FindingCode } from '../../../evidence/verify.ts';
import { origin } from '../road.ts';
import { replaced, swapped, without } from './attack.ts';

/** What lies outside the collector's data folder. */
export interface Kept {
  /** The data folder as it was after three entries. */
  readonly backup: string;
  /** Heads, as files: an auditor's newest, and the one that the agent web1 verified last. */
  readonly auditor: string;
  readonly agent: string;
}

/** Something done to a stopped collector's data folder before it is exported. */
export interface DatabaseAttack {
  readonly name: string;
  readonly attack: (data: string, kept: Kept) => void;
  readonly since?: 'auditor' | 'agent';
  /** Of `waarborg verify`. */
  readonly exitCode: 1 | 2;
  readonly code: FindingCode;
  readonly words: RegExp;
}

/** By hand, as whoever may write the file can, without the log's key. */
function sql(change: (database: DatabaseSync) => void): DatabaseAttack['attack'] {
  return (data) => {
    const database = evidenceDatabase(data);
    try {
      change(database);
    } finally {
      database.close();
    }
  };
}

/**
 * As the operator can: other entries, with tiles over them, a head that the log's own key signs, and no body or document
 * but theirs.
 */
export function rewrite(data: string, change: (entries: readonly Buffer[]) => readonly Buffer[]): void {
  const key = createPrivateKey(readFileSync(join(data, 'log.key')));
  sql((database) => {
    const rows = database.prepare('SELECT bytes FROM entries ORDER BY idx').all();
    const entries = change(rows.map((row) => Buffer.from(row.bytes as Uint8Array)));
    const tree = new TileTree(0, { read: () => undefined });
    database.exec('BEGIN; DELETE FROM entries; DELETE FROM tiles');
    const addEntry = database.prepare('INSERT INTO entries (idx, bytes) VALUES (?, ?)');
    for (const [index, entry] of entries.entries()) {
      addEntry.run(index, entry);
      tree.append(leafHash(entry));
    }
    const addTile = database.prepare('INSERT INTO tiles (level, idx, hashes) VALUES (?, ?, ?)');
    for (const { level, index, hashes } of tree.changedTiles()) addTile.run(level, index, hashes);
    const head = { origin, size: tree.size, root: tree.root() };
    const checkpoint = signCheckpoint(head, logSigner(origin, key));
    database.prepare('UPDATE head SET size = ?, checkpoint = ?').run(tree.size, checkpoint);
    const spoken = entries.map(plainText).join('\n');
    for (const [table, name] of Object.entries({ parts: 'commitment', policies: 'digest' })) {
      for (const row of database.prepare(`SELECT ${name} AS name FROM ${table}`).all()) {
        if (spoken.includes(String(row.name))) continue;
        database.prepare(`DELETE FROM ${table} WHERE ${name} = ?`).run(String(row.name));
      }
    }
    database.exec('COMMIT');
  })(data, { backup: '', auditor: '', agent: '' });
}

function signedAgain(change: (entries: readonly Buffer[]) => readonly Buffer[]): DatabaseAttack['attack'] {
  return (data) => rewrite(data, change);
}

/** An entry with its statement. */
function plainText(bytes: Buffer): string {
  const entry = decodeEntry(bytes);
  return entry.kind === 'report' ? Buffer.from(entry.envelope.payload, 'base64').toString() : bytes.toString();
}

/** Where the reports of an agent stand, oldest first. */
function reportsOf(entries: readonly Buffer[], agent: string): number[] {
  return [...entries.keys()].filter((index) => {
    const text = plainText(entries[index] ?? Buffer.of());
    return text.includes(`"agent":"${agent}"`) && text.includes('"seq":');
  });
}

function nth(entries: readonly Buffer[], agent: string, report: number): number {
  const index = reportsOf(entries, agent)[report - 1];
  if (index === undefined) throw new Error(`the history to attack has no report ${report} of ${agent}`);
  return index;
}

/** An entry that says nothing of any host, for a history to grow by. */
function heartbeatAfter(entries: readonly Buffer[]): Buffer {
  const { receivedAt } = decodeEntry(entries.at(-1) ?? Buffer.of());
  return encodeEntry({ v: 1, kind: 'heartbeat', receivedAt });
}

function restore(data: string, { backup }: Kept): void {
  rmSync(data, { recursive: true });
  cpSync(backup, data, { recursive: true });
}

function dayBefore(moment: string): string {
  return new Date(Date.parse(moment) - 86_400_000).toISOString();
}

/** The history to attack: web1 enrolled, a policy, a report of web1; then database1 enrolled, and two more reports of each. */
export const onDatabase: readonly DatabaseAttack[] = [
  {
    name: 'a row edited',
    attack: sql((database) =>
      database.exec(
        `UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'web1', 'web9') AS BLOB) WHERE idx = 0`,
      ),
    ),
    exitCode: 1,
    code: 'entry.changed',
    words: /entry 0: this is not the entry that the log signed/,
  },
  {
    name: 'two rows swapped',
    attack: sql((database) =>
      database.exec(
        'UPDATE entries SET idx = -1 WHERE idx = 2; UPDATE entries SET idx = 2 WHERE idx = 3; UPDATE entries SET idx = 3 WHERE idx = -1',
      ),
    ),
    exitCode: 1,
    code: 'entry.changed',
    words: /entry 2: this is not the entry that the log signed: it was changed, moved/,
  },
  {
    name: 'a row put in between',
    attack: sql((database) =>
      database.exec(
        `UPDATE entries SET idx = -1 - idx WHERE idx >= 4; UPDATE entries SET idx = -idx WHERE idx < 0;
         INSERT INTO entries SELECT 4, bytes FROM entries WHERE idx = 2`,
      ),
    ),
    exitCode: 1,
    code: 'entry.changed',
    words: /entry 4: this is not the entry that the log signed: it was changed, moved, added/,
  },
  {
    name: 'the head set back by hand',
    attack: sql((database) => database.exec('UPDATE head SET size = 4')),
    exitCode: 1,
    code: 'bundle.manifest',
    words: /another log or size than the signed checkpoint/,
  },
  {
    name: 'a body edited',
    attack: sql((database) => {
      const row = database.prepare('SELECT commitment, zstd FROM parts ORDER BY commitment LIMIT 1').get();
      const edited = zstdCompressSync(Buffer.concat([zstdDecompressSync(row?.zstd as Uint8Array), Buffer.from(' ')]));
      database.prepare('UPDATE parts SET zstd = ? WHERE commitment = ?').run(edited, String(row?.commitment));
    }),
    exitCode: 1,
    code: 'part.commitment',
    words: /is not what entry \d commits to/,
  },
  {
    name: 'a body deleted',
    attack: sql((database) =>
      database.exec('DELETE FROM parts WHERE commitment = (SELECT min(commitment) FROM parts)'),
    ),
    exitCode: 2,
    code: 'part.missing',
    words: /to which entry \d commits/,
  },
  {
    name: 'the tail cut, with the head that an auditor kept',
    attack: signedAgain((entries) => entries.slice(0, -1)),
    since: 'auditor',
    exitCode: 1,
    code: 'log.cut',
    words: /the end was cut off/,
  },
  {
    name: 'the tail cut, with the head that an agent kept',
    attack: signedAgain((entries) => entries.slice(0, -1)),
    since: 'agent',
    exitCode: 1,
    code: 'log.cut',
    words: /the end was cut off/,
  },
  {
    name: 'an old backup restored',
    attack: restore,
    since: 'auditor',
    exitCode: 1,
    code: 'log.cut',
    words: /earlier checkpoint has \d entries, this bundle 3: the end was cut off/,
  },
  {
    name: 'an old backup restored, and grown beyond what it had been',
    attack(data, kept) {
      restore(data, kept);
      rewrite(data, (entries) => [...entries, ...Array<Buffer>(9).fill(heartbeatAfter(entries))]);
    },
    since: 'auditor',
    exitCode: 1,
    code: 'log.rewritten',
    words: /are not those of the earlier checkpoint: history was rewritten/,
  },
  {
    name: 'a split view: another log of the same length for somebody else',
    attack: signedAgain((entries) => [...entries.slice(0, -1), heartbeatAfter(entries)]),
    since: 'auditor',
    exitCode: 1,
    code: 'log.forked',
    words: /signed two heads of \d entries with different contents: its history was forked/,
  },
  {
    name: 'a report removed, and the rest signed again',
    attack: signedAgain((entries) => without(entries, nth(entries, 'web1', 2))),
    exitCode: 1,
    code: 'report.gap',
    words: /report 3 of web1 follows 1: reports in between were removed/,
  },
  {
    name: 'a report repeated under a new date',
    attack: signedAgain((entries) => [...entries, ...entries.slice(nth(entries, 'web1', 3))]),
    exitCode: 1,
    code: 'report.repeated',
    words: /report 3 of web1 stands here a second time/,
  },
  {
    name: 'entries in another order, signed again',
    attack: signedAgain((entries) => swapped(entries, 0, 1)),
    exitCode: 1,
    code: 'report.seen',
    words: /had been shown another history/,
  },
  {
    name: 'a host written out of history, and all of it signed again',
    attack: signedAgain((entries) => {
      const gone = new Set(reportsOf(entries, 'web1'));
      return entries.filter((entry, index) => !gone.has(index) && !entry.includes('"agent":"web1"'));
    }),
    exitCode: 1,
    code: 'report.seen',
    words: /database1 had been shown another history/,
  },
  {
    name: 'an enrolment with the operator\u2019s own key in place of the true one',
    attack: signedAgain((entries) =>
      replaced(entries, 0, (entry) => ({ ...entry, publicKey: Buffer.alloc(32, 5).toString('base64') })),
    ),
    exitCode: 1,
    code: 'envelope.signature',
    words: /entry 2: the envelope has no signature of key/,
  },
  {
    name: 'the last report back-dated by a day',
    attack: signedAgain((entries) =>
      replaced(entries, entries.length - 1, (entry) => ({ ...entry, receivedAt: dayBefore(entry.receivedAt) })),
    ),
    exitCode: 1,
    code: 'entry.clock',
    words: /before an entry that precedes it/,
  },
  {
    name: 'everything back-dated by a day',
    attack: signedAgain((entries) =>
      entries.flatMap((_, index) =>
        replaced(entries, index, (entry) => ({ ...entry, receivedAt: dayBefore(entry.receivedAt) })).slice(
          index,
          index + 1,
        ),
      ),
    ),
    exitCode: 1,
    code: 'report.seen',
    words: /had been shown another history/,
  },
  {
    name: 'everything deleted',
    attack: signedAgain(() => []),
    exitCode: 2,
    code: 'bundle.no-entries',
    words: /nothing can be shown/,
  },
];
