import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Watched } from '../../agent/collect/collector.ts';
import { openLedger, RunLedger } from '../../agent/ledger.ts';
import { temporaryFolder } from '../support/tools.ts';

const monday = new Date('2026-03-02T12:00:00Z');
const tuesday = new Date('2026-03-03T12:00:00Z');
const wednesday = new Date('2026-03-04T12:00:00Z');
const thursday = new Date('2026-03-05T12:00:00Z');

test('a key is known since the first run that saw it, and was not there when the run before looked', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  const first = openLedger(path, monday);
  expect(first.observe('updates', ['a']).get('a')).toEqual({ notBefore: null, firstSeen: monday.toISOString() });
  first.save(path);
  const second = openLedger(path, tuesday);
  const seen = second.observe('updates', ['a', 'b']);
  expect(Object.fromEntries(seen)).toEqual({
    a: { notBefore: null, firstSeen: monday.toISOString() },
    b: { notBefore: monday.toISOString(), firstSeen: tuesday.toISOString() },
  });
  // Another topic was never looked at before.
  expect(second.observe('hashes', ['b']).get('b')?.notBefore).toBeNull();
});

test('a key that was gone in between is new when it comes back', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  for (const [at, keys] of [
    [monday, ['a']],
    [tuesday, []],
  ] as const) {
    // prettier-ignore
    const ledger = openLedger(path, at);
    ledger.observe('updates', keys);
    ledger.save(path);
  }
  const back = openLedger(path, wednesday).observe('updates', ['a']);
  expect(back.get('a')).toEqual({ notBefore: tuesday.toISOString(), firstSeen: wednesday.toISOString() });
});

/** One run on the ledger in a file. */
function watchOnce(path: string, at: Date, keys: readonly string[], isRemembered = true): Watched {
  const ledger = openLedger(path, at);
  const watched = ledger.watch('points', keys, () => isRemembered);
  ledger.save(path);
  return watched;
}

describe('what went', () => {
  test('is told with the looks between which it went, and again as long as it is remembered', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'ledger.json');
    expect(watchOnce(path, monday, ['a', 'b'])).toMatchObject({ since: monday.toISOString(), gone: [] });
    const gone = {
      key: 'b',
      firstSeen: monday.toISOString(),
      lastSeen: monday.toISOString(),
      goneBy: tuesday.toISOString(),
    };
    expect(watchOnce(path, tuesday, ['a'])).toMatchObject({ since: monday.toISOString(), gone: [gone] });
    expect(watchOnce(path, wednesday, ['a'], false).gone).toMatchObject([gone]);
    expect(watchOnce(path, thursday, ['a']).gone).toEqual([]);
  });

  test('is the same one when it comes back, and went when it goes again', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'ledger.json');
    watchOnce(path, monday, ['b']);
    watchOnce(path, tuesday, []);
    const back = watchOnce(path, wednesday, ['b']);
    expect(back.seen.get('b')).toEqual({ notBefore: null, firstSeen: monday.toISOString() });
    expect(back.gone).toEqual([]);
    expect(watchOnce(path, thursday, []).gone).toMatchObject([
      { key: 'b', lastSeen: wednesday.toISOString(), goneBy: thursday.toISOString() },
    ]);
  });
});

test('ninety thousand points take less than two megabytes', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  for (const run of [0, 1, 2]) {
    const ledger = openLedger(path, new Date(monday.getTime() + run * 3_600_000));
    for (let account = 0; account < 500; account++) {
      const keys = Array.from({ length: 180 }, (_, day) => (monday.getTime() + (day + run) * 86_400_000).toString(36));
      ledger.watch(`account-${account}`, keys, () => true);
    }
    ledger.save(path);
  }
  expect(statSync(path).size).toBeLessThan(2_000_000);
});

test('what the first agents wrote is understood', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  const a = { notBefore: null, firstSeen: monday.toISOString() };
  const topics = { updates: { observedAt: tuesday.toISOString(), keys: { a } } };
  writeFileSync(path, JSON.stringify({ v: 1, topics }));
  const watched = openLedger(path, wednesday).watch('updates', ['a', 'b'], () => true);
  expect(Object.fromEntries(watched.seen)).toEqual({
    a,
    b: { notBefore: tuesday.toISOString(), firstSeen: wednesday.toISOString() },
  });
  expect(watched.since).toBe(monday.toISOString());
});

test('a topic that nobody asked for in over a year is forgotten', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  watchOnce(path, monday, ['a']);
  const later = (days: number): Date => new Date(monday.getTime() + days * 86_400_000);
  expect(openLedger(path, later(399)).watch('points', [], () => true).gone).toHaveLength(1);
  expect(openLedger(path, later(400)).watch('points', [], () => true).gone).toEqual([]);
});

test('nothing is kept of a run that does not save', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  openLedger(path, monday).observe('updates', ['a']);
  expect(openLedger(path, tuesday).observe('updates', ['a']).get('a')?.firstSeen).toBe(tuesday.toISOString());
});

const lookThatIsNone =
  '{"v":2,"looks":[],"came":[],"topics":{"points":{"since":0,"observedAt":0,"keys":[],"came":[],"gone":[]}}}';
test.each(['', 'damaged', '{"v":2}', lookThatIsNone])('a ledger that is "%s" counts as none', (text) => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  writeFileSync(path, text);
  expect(openLedger(path, monday)).toEqual(new RunLedger(monday, new Map()));
});
