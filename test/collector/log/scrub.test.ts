import { createPrivateKey } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EvidenceLog } from '../../../collector/log/log.ts';
import { isMismatch, scrub, type Mismatch, type ScrubProgress } from '../../../collector/log/scrub.ts';
import { Scrubber } from '../../../collector/log/scrubber.ts';
import { evidenceDatabase, evidenceForReading } from '../../../collector/store/store.ts';
import { logSigner } from '../../../evidence/note.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, origin } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

/** Over two tiles of level 0: an enrolment, a document, a report of three parts, and heartbeats. */
const size = 600;

let made: Disposable & { readonly path: string };
beforeAll(async () => {
  made = temporaryFolder();
  const data = join(made.path, 'data');
  {
    await using collector = await collectorOn(data);
    await send(collector, draftReport(await enrolHand(collector, 'web1.example.nl')));
  }
  grow(data, size - 3);
});
afterAll(() => made[Symbol.dispose]());

/** A copy of the stored, to be damaged. */
function copyIn(folder: string): string {
  const data = join(folder, 'data');
  cpSync(join(made.path, 'data'), data, { recursive: true });
  return data;
}

function keyOf(data: string) {
  return createPrivateKey(readFileSync(join(data, 'log.key')));
}

/** Adds heartbeats. */
function grow(data: string, count: number): void {
  const database = evidenceDatabase(data);
  const log = new EvidenceLog(database, origin, keyOf(data), new Date());
  log.transact(new Date(), (append) => {
    for (let beat = 0; beat < count; beat += 1) append({ kind: 'heartbeat' });
  });
  database.close();
}

function damage(data: string, sql: string): void {
  const database = new DatabaseSync(join(data, 'evidence.db'));
  const { changes } = database.prepare(sql).run();
  database.close();
  expect(changes).toBeGreaterThan(0);
}

function scrubAll(data: string) {
  const reader = evidenceForReading(data);
  try {
    return split(scrub(reader, [logSigner(origin, keyOf(data)).key]));
  } finally {
    reader.close();
  }
}

function split(steps: Iterable<Mismatch | ScrubProgress>) {
  const all = [...steps];
  return {
    mismatches: all.filter(isMismatch).map(({ where, message }) => `${where}: ${message}`),
    last: all.findLast((step) => !isMismatch(step)),
    steps: all.length,
  };
}

describe('a pass over what is stored', () => {
  test('reads all of it, in small steps, and finds nothing wrong with what is sound', () => {
    using folder = temporaryFolder();
    const { mismatches, last, steps } = scrubAll(copyIn(folder.path));
    expect(mismatches).toEqual([]);
    expect(last).toEqual({ entries: size, of: size, parts: 3, policies: 1 });
    expect(steps).toBeGreaterThan(size / 16 + 3);
  });

  // Each with what is said of it.
  test.each<[string, string, RegExp[]]>([
    [
      'an entry',
      "UPDATE entries SET bytes = CAST(bytes || x'20' AS BLOB) WHERE idx = 300",
      [/^entry 300: it is not the entry that the log signed/],
    ],
    ['an entry that is gone', 'DELETE FROM entries WHERE idx = 599', [/^entry 599: it is not there/]],
    [
      'an entry in place of another',
      'UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE idx = 0) WHERE idx = 1',
      [/^entry 1: it is not the entry that the log signed/],
    ],
    [
      'an entry beyond the head',
      `INSERT INTO entries VALUES (${size}, x'7b7d')`,
      [/^entry 600: it stands beyond the head of 600/],
    ],
    [
      'a full tile',
      'UPDATE tiles SET hashes = zeroblob(8192) WHERE level = 0 AND idx = 1',
      [/^tile 1 of level 0: tile 1 of level 0 was altered/],
    ],
    [
      'a tile that is gone',
      'DELETE FROM tiles WHERE level = 0 AND idx = 0',
      [/^tile 0 of level 0: tile 0 of level 0 is not there/],
    ],
    [
      'the tile at the edge',
      'UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 2',
      [/^the topmost tiles: they do not give the signed root/],
    ],
    [
      'an upper tile',
      'UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 1',
      [/^the topmost tiles: they do not give the signed root/],
    ],
    ['the head', "UPDATE head SET checkpoint = replace(checkpoint, '600', '599')", [/^the head: /]],
    [
      'the salt of a part',
      'UPDATE parts SET salt = zeroblob(32) WHERE rowid = 1',
      [/^part [0-9a-f]{64}: its content or salt is not what was committed to/],
    ],
    [
      'a part that cannot be unpacked',
      "UPDATE parts SET zstd = x'00' WHERE rowid = 2",
      [/^part [0-9a-f]{64}: it cannot be unpacked/],
    ],
    [
      'a part that is gone',
      'DELETE FROM parts WHERE rowid = 3',
      [/^entry 2: the part \S+ \([0-9a-f]{64}\) that it commits to is not there, and was not erased/],
    ],
    [
      'a document',
      "UPDATE policies SET text = text || ' '",
      [/^document [0-9a-f]{64}: its text is not the one of its digest/],
    ],
    [
      'a document that is gone',
      'DELETE FROM policies',
      [/^entry 1: the document [0-9a-f]{64} that it sets is not there/],
    ],
  ])('finds %s', (_, sql, expected) => {
    using folder = temporaryFolder();
    const data = copyIn(folder.path);
    damage(data, sql);
    const { mismatches } = scrubAll(data);
    expect(mismatches).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });

  test('believes that a part was erased only where an entry of the log says so', () => {
    using folder = temporaryFolder();
    const data = copyIn(folder.path);
    const database = evidenceDatabase(data);
    const commitment = String(database.prepare('SELECT commitment FROM parts').get()?.commitment);
    database.prepare('DELETE FROM parts WHERE commitment = ?').run(commitment);
    database.prepare('INSERT INTO erased VALUES (?, 5)').run(commitment);
    expect(scrubAll(data).mismatches).toHaveLength(1);
    const log = new EvidenceLog(database, origin, keyOf(data), new Date());
    log.transact(new Date(), (append) => {
      append({ kind: 'payload.erased', commitments: [commitment], ground: 'order', reference: '2026-1' });
    });
    database.prepare('UPDATE erased SET idx = ?').run(size);
    database.close();
    expect(scrubAll(data).mismatches).toEqual([]);
  });

  test('is over the head of its beginning, though the log grows meanwhile', () => {
    using folder = temporaryFolder();
    const data = copyIn(folder.path);
    const reader = evidenceForReading(data);
    const steps = scrub(reader, [logSigner(origin, keyOf(data)).key]);
    const first = [steps.next(), steps.next()].map(({ value }) => value as Mismatch | ScrubProgress);
    grow(data, 500);
    const { mismatches, last } = split([...first, ...steps]);
    reader.close();
    expect({ mismatches, last }).toMatchObject({ mismatches: [], last: { entries: size } });
    expect(scrubAll(data).last).toMatchObject({ entries: size + 500 });
  });

  test('goes on after what SQLite cannot read', () => {
    using folder = temporaryFolder();
    const data = copyIn(folder.path);
    breakPages(data, 'policies');
    const { mismatches, last } = scrubAll(data);
    expect(mismatches).toEqual([
      expect.stringMatching(/^entry 1: database disk image is malformed/),
      expect.stringMatching(/^the documents: database disk image is malformed/),
    ]);
    expect(last).toMatchObject({ entries: size, parts: 3 });
  });
});

/** Overwrites the root page of a table and of its index, as a failing disk would. */
function breakPages(data: string, table: string): void {
  const file = join(data, 'evidence.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const pages = database.prepare('SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?').all(table);
  const pageSize = Number(database.prepare('PRAGMA page_size').get()?.page_size);
  database.close();
  const bytes = readFileSync(file);
  for (const { rootpage } of pages) bytes.fill(0x77, (Number(rootpage) - 1) * pageSize, Number(rootpage) * pageSize);
  writeFileSync(file, bytes);
}

describe('the scrubber', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const at = new Date('2026-11-01T12:00:00Z');

  function scrubberOn(data: string, open = () => evidenceForReading(data)) {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    const keys = [logSigner(origin, keyOf(data)).key];
    const scrubber = new Scrubber({ open, keys: () => keys, every: 3600, now: () => at, log });
    return { scrubber, lines, [Symbol.dispose]: () => scrubber[Symbol.dispose]() };
  }

  test('begins a minute after the start, works in slices, and tells when it has read everything', () => {
    using folder = temporaryFolder();
    using running = scrubberOn(copyIn(folder.path));
    vi.advanceTimersByTime(59_999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    let slices = 1;
    for (; running.scrubber.completedAt === undefined && slices < 1000; slices += 1) vi.advanceTimersByTime(98);
    expect(slices).toBeGreaterThan(1);
    expect(running.scrubber).toMatchObject({ completedAt: at, mismatches: 0 });
    expect(running.lines.join('')).toContain('everything that is stored was read again');
  });

  test('tells each mismatch as an error that names it, and keeps the figure until a pass finds less', () => {
    using folder = temporaryFolder();
    const data = copyIn(folder.path);
    damage(data, "UPDATE entries SET bytes = x'7b7d' WHERE idx IN (10, 500)");
    using running = scrubberOn(data);
    vi.advanceTimersByTime(120_000);
    expect(running.scrubber.mismatches).toBe(2);
    const told = running.lines.filter((line) => line.includes('"scrub.mismatch"'));
    expect(told).toEqual([
      expect.stringMatching(/"level":50.*"where":"entry 10"/),
      expect.stringMatching(/"level":50.*"where":"entry 500"/),
    ]);
    // While the next pass is under way, nothing looks as if it had been mended.
    rmSync(data, { recursive: true });
    copyIn(folder.path);
    vi.advanceTimersByTime(3_600_000 - 120_000 + 60_000);
    expect(running.scrubber.mismatches).toBeLessThanOrEqual(2);
    vi.advanceTimersByTime(120_000);
    expect(running.scrubber.mismatches).toBe(0);
    expect(running.lines.filter((line) => line.includes('was read again'))).toHaveLength(2);
  });

  test('that cannot open the database says so, completes nothing, and tries again', () => {
    using folder = temporaryFolder();
    const data = copyIn(folder.path);
    let isThere = false;
    using running = scrubberOn(data, () => {
      if (!isThere) throw new Error('no such file');
      return evidenceForReading(data);
    });
    vi.advanceTimersByTime(120_000);
    expect(running.lines.join('')).toContain('"scrub.failed"');
    expect(running.scrubber.completedAt).toBeUndefined();
    isThere = true;
    vi.advanceTimersByTime(3_700_000);
    expect(running.scrubber.completedAt).toEqual(at);
  });
});

describe('waarborg scrub', () => {
  test('reads all at once and ends with 0 where it is as signed, while the collector runs', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    await using collector = await collectorOn(data);
    await send(collector, draftReport(await enrolHand(collector, 'web1.example.nl')));
    expect(await runWaarborg(['scrub', '--data', folder.path])).toEqual({
      code: 0,
      stderr: '',
      stdout: '3 entries, 3 parts, 1 policy documents were read: all is as it was signed\n',
    });
  });

  test('ends with 1 and says where it is not, the guard included', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    await (await collectorOn(data)).close();
    grow(data, 70);
    cpSync(data, join(folder.path, 'newer'), { recursive: true });
    grow(join(folder.path, 'newer'), 1);
    writeFileSync(`${data}-guard/head`, headOf(join(folder.path, 'newer')));
    damage(data, "UPDATE entries SET bytes = x'7b7d'");
    const { code, stdout } = await runWaarborg(['scrub', '--data', folder.path]);
    const lines = stdout.trim().split('\n');
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^✗ the guard .*: the log has 70 entries, and .* holds its signed head of 71/);
    expect(lines[1]).toMatch(/^✗ entry 0: it is not the entry that the log signed/);
    expect(lines.slice(50)).toEqual([
      '  and 21 more',
      '70 entries, 0 parts, 0 policy documents were read, and 71 found wrong; docs/recovery.md tells what to do',
    ]);
  });

  test('says what SQLite finds wrong with its file', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    await (await collectorOn(data)).close();
    breakPages(data, 'host_states');
    const { code, stdout } = await runWaarborg(['scrub', '--data', folder.path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ the database file: /);
  });

  test('of a folder without a log ends with 3', async () => {
    using folder = temporaryFolder();
    expect(await runWaarborg(['scrub', '--data', folder.path])).toMatchObject({ code: 3, stdout: '' });
  });
});

function headOf(data: string): string {
  const database = evidenceForReading(data);
  const head = database.prepare('SELECT checkpoint FROM head').get();
  database.close();
  return String(head?.checkpoint);
}
