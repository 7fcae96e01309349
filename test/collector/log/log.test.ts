import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CommitError, EvidenceLog, type NewEntry } from '../../../collector/log/log.ts';
import { Sequencer } from '../../../collector/log/sequencer.ts';
import { Problem } from '../../../collector/problem.ts';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { temporaryFolder } from '../../support/tools.ts';

const at = new Date('2026-03-01T12:00:00Z');
const origin = 'test.example/log';
const { privateKey: key } = generateKeyPairSync('ed25519');

const entry = (version: number): NewEntry => ({
  kind: 'policy.set',
  policy: 'quick',
  version,
  digest: 'a'.repeat(64),
});

function logOn(folder: string, choices: { key?: KeyObject; origin?: string } = {}) {
  const database = evidenceDatabase(folder);
  try {
    const log = new EvidenceLog(database, choices.origin ?? origin, choices.key ?? key, at);
    return { database, log, [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

function sequencerOn(log: EvidenceLog, now: () => Date = () => at) {
  const seen = { commits: 0, undone: 0, fatal: [] as CommitError[] };
  const sequencer = new Sequencer(log, now, {
    onCommit: () => seen.commits++,
    onUndone: () => seen.undone++,
    onFatal: (error) => seen.fatal.push(error),
  });
  return { sequencer, seen };
}

describe('a log that is opened again', () => {
  test('goes on where it stood', () => {
    using folder = temporaryFolder();
    let head;
    {
      using opened = logOn(folder.path);
      opened.log.transact(at, (append) => append(entry(1)));
      head = opened.log.head;
    }
    using opened = logOn(folder.path);
    expect(opened.log.head).toEqual(head);
    opened.log.transact(at, (append) => expect(append(entry(2)).index).toBe(1));
  });

  test.each([
    ['with another key', '', { key: generateKeyPairSync('ed25519').privateKey }],
    ['under another origin', '', { origin: 'other.example/log' }],
    ['with a tile changed', 'UPDATE tiles SET hashes = zeroblob(length(hashes))', {}],
    ['with an entry gone', 'DELETE FROM entries WHERE idx = 0', {}],
    ['with its head set back', 'UPDATE head SET size = 1', {}],
    ['with tiles gone', 'DELETE FROM tiles', {}],
  ])('%s is refused', (_, damage, choices) => {
    using folder = temporaryFolder();
    {
      using opened = logOn(folder.path);
      opened.log.transact(at, (append) => [append(entry(1)), append(entry(2))]);
      opened.database.exec(damage);
    }
    expect(() => logOn(folder.path, choices)).toThrow();
  });
});

test('a collector whose clock was set back takes nothing until it is right again', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  let now = at;
  const { sequencer } = sequencerOn(opened.log, () => now);
  const moments = async () => (await sequencer.submit((append) => append(entry(1)))).receivedAt;
  expect(await moments()).toBe('2026-03-01T12:00:00.000Z');
  now = new Date('2026-03-01T11:59:50Z');
  await expect(moments()).rejects.toMatchObject({ status: 503, code: 'log.clock' });
  now = new Date('2026-03-01T11:59:57Z');
  // A small step is bridged: moments in the log never go back.
  expect(await moments()).toBe('2026-03-01T12:00:00.000Z');
  expect(opened.log.head.size).toBe(2);
});

describe('proposals that come after a write', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ['a quick one wait no longer than a moment', 0, 5],
    ['a slow one wait for company as long as that took', 20, 20],
    ['a very slow one do not wait as long as that', 1000, 50],
  ])('%s', (_, took, wait) => {
    using folder = temporaryFolder();
    using opened = logOn(folder.path);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { sequencer } = sequencerOn(opened.log);
    const propose = (milliseconds: number): void => {
      void sequencer.submit((append) => {
        vi.advanceTimersByTime(milliseconds);
        append(entry(1));
      });
    };
    propose(took);
    vi.advanceTimersByTime(5);
    expect(opened.log.head.size).toBe(1);
    propose(0);
    vi.advanceTimersByTime(wait - 1);
    propose(0);
    expect(opened.log.head.size).toBe(1);
    vi.advanceTimersByTime(1);
    expect(opened.log.head.size).toBe(3);
  });
});

test('of a batch, the proposal that fails is undone and the others are kept, without a gap', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  const { sequencer, seen } = sequencerOn(opened.log);
  const answers = await Promise.allSettled([
    sequencer.submit((append) => append(entry(1)).index),
    sequencer.submit((append) => {
      append(entry(2));
      append(entry(3));
      throw new Problem(409, 'test.refused', 'no');
    }),
    sequencer.submit((append) => {
      append(entry(4));
      throw new TypeError('a fault of this one');
    }),
    sequencer.submit((append) => append(entry(5)).index),
  ]);
  expect(answers).toMatchObject([
    { status: 'fulfilled', value: 0 },
    { status: 'rejected', reason: { code: 'test.refused' } },
    { status: 'rejected', reason: { message: 'a fault of this one' } },
    { status: 'fulfilled', value: 1 },
  ]);
  expect(seen).toEqual({ commits: 1, undone: 0, fatal: [] });
  expect([0, 1].map((index) => opened.log.entry(index)?.toString())).toEqual([
    expect.stringContaining('"version":1'),
    expect.stringContaining('"version":5'),
  ]);
  expect(opened.log.entry(2)).toBeUndefined();
});

test('a full database takes nothing, loses nothing, and goes on when there is room', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  const { sequencer, seen } = sequencerOn(opened.log);
  await sequencer.submit((append) => append(entry(1)));
  const { head } = opened.log;
  const pages = Number(opened.database.prepare('PRAGMA page_count').get()?.page_count);
  opened.database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const batch = Array.from({ length: 200 }, (_, version) => sequencer.submit((append) => append(entry(version + 2))));
  const answers = await Promise.allSettled(batch);
  expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  expect(answers[0]).toMatchObject({ reason: { status: 503, code: 'log.disk-full' } });
  expect(opened.log.head).toEqual(head);
  expect(seen).toMatchObject({ undone: 1, fatal: [] });
  opened.database.exec('PRAGMA max_page_count = 1000000');
  expect(await sequencer.submit((append) => append(entry(2)).index)).toBe(1);
  expect(opened.log.prove(0)).toContain('index 0');
});

test('a commit that fails ends it: nothing more is answered, and only opening anew tells what is there', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  const { sequencer, seen } = sequencerOn(opened.log);
  // A constraint that SQLite checks at COMMIT is the one way to have a commit fail on demand.
  opened.database.exec(`
    CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT`);
  const failing = sequencer.submit((append) => {
    append(entry(1));
    opened.database.exec('INSERT INTO child VALUES (1)');
  });
  await expect(failing).rejects.toMatchObject({ status: 503, code: 'log.commit' });
  expect(seen).toMatchObject({ commits: 0, undone: 1, fatal: [expect.any(CommitError)] });
  await expect(sequencer.submit((append) => append(entry(2)))).rejects.toMatchObject({ code: 'log.commit' });
});

test('a head that someone else moved is never written over', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  const { sequencer, seen } = sequencerOn(opened.log);
  opened.database.exec('UPDATE head SET size = 5');
  await expect(sequencer.submit((append) => append(entry(1)))).rejects.toMatchObject({ code: 'log.commit' });
  expect(seen.fatal).toHaveLength(1);
});

test('an entry that is longer than a log can hold is refused alone', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  const { sequencer } = sequencerOn(opened.log);
  const long = { payload: 'A'.repeat(65_000), payloadType: 'x', signatures: [] };
  const sound = sequencer.submit((append) => append(entry(1)).index);
  const refused = sequencer.submit((append) => {
    const signatures = Array.from({ length: 8 }, () => ({ keyid: '0'.repeat(16), sig: `${'A'.repeat(86)}==` }));
    append({ kind: 'report', envelope: { ...long, signatures } });
  });
  await expect(refused).rejects.toMatchObject({ status: 413, code: 'entry.too-large' });
  expect(await sound).toBe(0);
});

test('a sequencer that stops writes what waits and takes no more', async () => {
  using folder = temporaryFolder();
  using opened = logOn(folder.path);
  const { sequencer } = sequencerOn(opened.log);
  const waiting = sequencer.submit((append) => append(entry(1)).index);
  sequencer.stop();
  expect(await waiting).toBe(0);
  await expect(sequencer.submit((append) => append(entry(2)))).rejects.toMatchObject({ code: 'log.stopping' });
});
