import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openLog } from '../../../collector/log/open.ts';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { decodeEntry, type Entry } from '../../../evidence/entry.ts';
import { parseCheckpoint } from '../../../evidence/checkpoint.ts';
import { Heartbeat } from '../../../collector/log/heartbeat.ts';
import { verifyBundle } from '../../../evidence/verify.ts';
import { exportBundle } from '../../../collector/export.ts';
import { folderReader } from '../../../commands/bundle-folder.ts';
import { collectorOn, origin, silent } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { enrolHand, logSize } from '../ingest/submissions.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');
const start = new Date('2026-03-01T12:00:00Z');

/** An open log whose clock stands at `seconds` after the start. */
function logAt(folder: string, clock: { seconds: number }) {
  const database = evidenceDatabase(join(folder, 'data'));
  const now = (): Date => new Date(start.getTime() + clock.seconds * 1000);
  const open = openLog({
    database,
    key,
    config: { origin, data: join(folder, 'data'), checkpoints: [] },
    now,
    elapsed: () => clock.seconds,
    log: silent,
    onCommit: () => undefined,
    onUndone: () => undefined,
    onFatal(error) {
      throw error;
    },
  });
  const heartbeat = new Heartbeat({ ...open, now, log: silent });
  return {
    ...open,
    database,
    heartbeat,
    append: (version: number) =>
      open.sequencer.submit((append) =>
        append({ kind: 'policy.set', policy: 'quick', version, digest: 'a'.repeat(64) }),
      ),
    entries: (): Entry[] =>
      Array.from({ length: open.evidence.head.size }, (_, index) =>
        decodeEntry(open.evidence.entry(index) ?? Buffer.alloc(0)),
      ),
    [Symbol.dispose]() {
      heartbeat[Symbol.dispose]();
      open[Symbol.dispose]();
      database.close();
    },
  };
}

const kinds = (entries: readonly Entry[]): string[] => entries.map(({ kind }) => kind);

describe('a heartbeat', () => {
  test('is written once nothing was for ten minutes, under a head of its own', async () => {
    using folder = temporaryFolder();
    const clock = { seconds: 0 };
    using log = logAt(folder.path, clock);
    await log.append(1);
    clock.seconds = 599;
    await log.heartbeat.beat();
    expect(kinds(log.entries())).toEqual(['policy.set']);
    clock.seconds = 600;
    await log.heartbeat.beat();
    await log.heartbeat.beat();
    clock.seconds = 1199;
    await log.heartbeat.beat();
    clock.seconds = 1200;
    await log.heartbeat.beat();
    expect(log.entries().map(({ receivedAt }) => receivedAt)).toEqual([
      '2026-03-01T12:00:00.000Z',
      '2026-03-01T12:10:00.000Z',
      '2026-03-01T12:20:00.000Z',
    ]);
    expect(kinds(log.entries())).toEqual(['policy.set', 'heartbeat', 'heartbeat']);
    const { checkpoint } = log.evidence.head;
    expect(parseCheckpoint(checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1)).size).toBe(3);
  });
});

describe('a gap', () => {
  test('is the first that a collector writes after it was off', async () => {
    using folder = temporaryFolder();
    const clock = { seconds: 0 };
    {
      using log = logAt(folder.path, clock);
      await log.append(1);
    }
    clock.seconds = 1201;
    using log = logAt(folder.path, clock);
    log.begin();
    await expect.poll(() => log.evidence.head.size).toBe(2);
    expect(log.entries()[1]).toEqual({
      v: 1,
      kind: 'gap',
      receivedAt: '2026-03-01T12:20:01.000Z',
      from: '2026-03-01T12:00:00.000Z',
      until: '2026-03-01T12:20:01.000Z',
    });
  });

  test.each([0, 60, 1200])('is not written after %d seconds, nor before the first entry', async (seconds) => {
    using folder = temporaryFolder();
    const clock = { seconds: 0 };
    {
      using log = logAt(folder.path, clock);
      clock.seconds = 100_000;
      await log.append(1);
    }
    clock.seconds += seconds;
    using log = logAt(folder.path, clock);
    await log.append(2);
    expect(kinds(log.entries())).not.toContain('gap');
    expect(log.entries().at(-1)).toMatchObject({ kind: 'policy.set', version: 2 });
  });

  test('comes before whatever is written after a silence, though the collector ran', async () => {
    using folder = temporaryFolder();
    const clock = { seconds: 0 };
    using log = logAt(folder.path, clock);
    await log.append(1);
    // The machine slept.
    clock.seconds = 7200;
    expect(await log.append(2)).toMatchObject({ index: 2, receivedAt: '2026-03-01T14:00:00.000Z' });
    expect(kinds(log.entries())).toEqual(['policy.set', 'gap', 'policy.set']);
  });

  test('tells since when nothing could be written, for want of a clock that is right', async () => {
    using folder = temporaryFolder();
    const clock = { seconds: 100 };
    using log = logAt(folder.path, clock);
    await log.append(1);
    clock.seconds = 50;
    await expect(log.append(2)).rejects.toMatchObject({ code: 'log.clock' });
    clock.seconds = 160;
    await log.append(3);
    await log.append(4);
    expect(log.entries()).toMatchObject([
      { kind: 'policy.set' },
      { kind: 'gap', from: '2026-03-01T12:01:40.000Z', until: '2026-03-01T12:02:40.000Z' },
      { kind: 'policy.set', version: 3 },
      { kind: 'policy.set', version: 4 },
    ]);
  });

  test('leaves a log that verifies as sound, and shows', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    let now = start;
    for (const host of ['web1.example.nl', 'web2.example.nl']) {
      await using collector = await collectorOn(data, { now: () => now });
      await enrolHand(collector, host, now);
      expect(await logSize(collector)).toBe(host === 'web1.example.nl' ? 1 : 3);
      now = new Date(now.getTime() + 86_400_000);
    }
    exportBundle(data, join(folder.path, 'bundle'), () => undefined);
    expect(verifyBundle(folderReader(join(folder.path, 'bundle')))).toMatchObject({
      outcome: 'sound',
      proven: { gaps: [{ from: '2026-03-01T12:00:00.000Z', until: '2026-03-02T12:00:00.000Z' }] },
    });
  });
});
