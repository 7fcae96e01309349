import { expect, test } from 'vitest';
import { openKeyHistory } from '../../evidence/handover.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { vkeyOf } from '../../evidence/vkey.ts';
import { readerOf, twoHosts } from '../support/evidence.ts';
import { evidenceError } from './errors.ts';
import { seededKey } from './keys.ts';

test('any of a log’s keys verifies it: each signed for the next', async () => {
  const { log, web } = await twoHosts();
  const keys = [log.vkey];
  const since = log.checkpoint(4);
  for (const seed of [61, 62]) {
    log.changeKey(seededKey(seed));
    keys.push(log.vkey);
    await log.report(web, { seen: log.head() });
    log.former = undefined;
  }
  const reader = readerOf(log.bundle());
  for (const logKey of [...keys, undefined]) {
    const given = logKey === undefined ? {} : { logKey };
    expect(verifyBundle(reader, { ...given, since })).toMatchObject({
      outcome: 'sound',
      total: 0,
      comparedWith: 4,
      log: { key: log.vkey, formerKeys: keys.slice(0, 2) },
      proven: { reports: 7 },
    });
  }
});

test('while both sign, an export verifies as well', async () => {
  const { log } = await twoHosts();
  const old = log.vkey;
  log.changeKey();
  expect(log.checkpoint().split('\n').length).toBe(7);
  expect(verifyBundle(readerOf(log.bundle()), { logKey: old })).toMatchObject({ outcome: 'sound', total: 0 });
});

test('a key that the log never had is unknown', async () => {
  const { log } = await twoHosts();
  const other = (await twoHosts()).log;
  log.changeKey(seededKey(61));
  other.changeKey(seededKey(62));
  const { outcome, findings } = verifyBundle(readerOf(log.bundle()), { logKey: other.vkey });
  expect([outcome, findings.map(({ code }) => code)]).toEqual(['nothing', ['bundle.unknown-key']]);
});

test('a bundle from before the change does not verify with the key from after it', async () => {
  const { log } = await twoHosts();
  const before = readerOf(log.bundle());
  log.changeKey();
  expect(verifyBundle(before, { logKey: log.vkey }).outcome).toBe('nothing');
});

test('handovers have one order', async () => {
  const { log } = await twoHosts();
  const first = log.vkey;
  log.changeKey(seededKey(61));
  log.changeKey(seededKey(62));
  const handovers = [...log.handovers];
  expect(openKeyHistory(handovers, log.vkey).keys.map(vkeyOf)).toEqual([first, handovers[1]?.logKey, log.vkey]);
  expect(() => openKeyHistory(handovers.toReversed(), log.vkey)).toThrow(evidenceError('handover.signature'));
});
