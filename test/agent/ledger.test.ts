import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger, RunLedger } from '../../agent/ledger.ts';
import { temporaryFolder } from '../support/tools.ts';

const monday = new Date('2026-03-02T12:00:00Z');
const tuesday = new Date('2026-03-03T12:00:00Z');
const wednesday = new Date('2026-03-04T12:00:00Z');

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

test('nothing is kept of a run that does not save', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  openLedger(path, monday).observe('updates', ['a']);
  expect(openLedger(path, tuesday).observe('updates', ['a']).get('a')?.firstSeen).toBe(tuesday.toISOString());
});

test.each(['', 'damaged', '{"v":2}'])('a ledger that is "%s" counts as none', (text) => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  writeFileSync(path, text);
  expect(openLedger(path, monday)).toEqual(new RunLedger(monday));
});
