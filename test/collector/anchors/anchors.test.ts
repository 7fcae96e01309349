import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  Anchors,
  LogContradictedError,
  type AnchoredLog,
  type Anchoring,
  type AnchorSource,
} from '../../../collector/anchors/anchors.ts';
import { AnchorBook } from '../../../collector/anchors/book.ts';
import { EvidenceLog } from '../../../collector/log/log.ts';
import { Sequencer } from '../../../collector/log/sequencer.ts';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { parseCheckpoint } from '../../../evidence/checkpoint.ts';
import { decodeEntry } from '../../../evidence/entry.ts';
import { silent } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';

/** A log of one entry, with the sources that are asked about it. */
function anchorsOn(folder: string, sources: readonly AnchorSource[]) {
  const database = evidenceDatabase(folder);
  const { privateKey } = generateKeyPairSync('ed25519');
  const log = new EvidenceLog(database, 'test.example/log', privateKey, new Date());
  const hooks = { onCommit: () => undefined, onUndone: () => undefined };
  const sequencer = new Sequencer(log, () => new Date(), {
    ...hooks,
    onFatal(error) {
      throw error;
    },
  });
  const book = new AnchorBook(database);
  const contradictions: LogContradictedError[] = [];
  const anchors = new Anchors({
    ...{ sources, evidence: log, sequencer, book, log: silent, random: () => 0 },
    onContradiction: (error) => contradictions.push(error),
  });
  const grow = (): Promise<unknown> => sequencer.submit((append) => append({ kind: 'heartbeat' }));
  return {
    log,
    book,
    anchors,
    contradictions,
    grow,
    /** Sizes that the log's anchors are of. */
    anchored(): number[] {
      const entries = Array.from({ length: log.head.size }, (_, index) => log.entry(index) ?? Buffer.alloc(0));
      return entries
        .map((bytes) => decodeEntry(bytes))
        .flatMap((entry) => (entry.kind === 'anchor' ? [entry.size] : []));
    },
    async [Symbol.asyncDispose]() {
      await anchors.stop();
      sequencer.stop();
      database.close();
    },
  };
}

function anchoringOf({ head }: AnchoredLog): Anchoring {
  const { size, root } = parseCheckpoint(`${head.checkpoint.split('\n').slice(0, 3).join('\n')}\n`);
  return { size, root, by: { type: 'witness', cosignature: 'made up' } };
}

/** A source that does as told with each question, and the sizes that it was asked about. */
function source(
  name: string,
  everySeconds: number,
  answer: (log: AnchoredLog, asked: number, signal: AbortSignal) => Promise<Anchoring> = (log) =>
    Promise.resolve(anchoringOf(log)),
): AnchorSource & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    name,
    everySeconds,
    asked,
    ask(log, signal) {
      asked.push(log.head.size);
      return answer(log, asked.length, signal);
    },
  };
}

const never = (_: AnchoredLog, __: number, signal: AbortSignal): Promise<Anchoring> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('let go'))));

const forked = new LogContradictedError('log.forked', 'another history');

describe('sources of one pace', () => {
  test('are asked about one head, also the one that failed first and is asked again', async () => {
    using folder = temporaryFolder();
    const sure = source('sure', 60);
    const unsure = source('unsure', 60, (log, asked) =>
      asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve(anchoringOf(log)),
    );
    await using on = anchorsOn(folder.path, [sure, unsure]);
    await on.grow();
    await on.anchors.start();
    on.anchors.write();
    await on.grow();
    await expect.poll(() => on.anchored(), { timeout: 5000 }).toEqual([1, 1]);
    expect([sure.asked, unsure.asked]).toEqual([[1], [1, 1]]);
    const receivedAt = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(on.anchors.words()).toEqual([
      { anchor: 'sure', size: 1, receivedAt },
      { anchor: 'unsure', size: 1, receivedAt },
    ]);
    expect(on.book.cosignedCheckpoint(2)).toMatch(/^test\.example\/log\n1\n/);
  });

  test('are asked about a new one in the next round, and not where only anchors came', async () => {
    using folder = temporaryFolder();
    const one = source('one', 0.3);
    await using on = anchorsOn(folder.path, [one]);
    await on.grow();
    await on.anchors.start();
    on.anchors.write();
    await sleep(1000);
    expect(one.asked).toEqual([1]);
    await on.grow();
    await expect.poll(() => on.anchored(), { timeout: 2000 }).toEqual([1, 3]);
    expect(on.log.head.size).toBe(4);
  });
});

test('a source is never asked twice at a time, however slow it is', async () => {
  using folder = temporaryFolder();
  let [running, most] = [0, 0];
  const slow = source('slow', 0.05, async (log) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(200);
    running -= 1;
    return anchoringOf(log);
  });
  await using on = anchorsOn(folder.path, [slow]);
  await on.anchors.start();
  on.anchors.write();
  for (let entries = 0; entries < 10; entries++) {
    await on.grow();
    await sleep(60);
  }
  expect(slow.asked.length).toBeGreaterThan(1);
  expect(most).toBe(1);
});

test('a source that hangs holds up a start for five seconds and no entry at all, and is let go of in the end', async () => {
  using folder = temporaryFolder();
  const hanging = source('hanging', 60, never);
  const on = anchorsOn(folder.path, [hanging, source('good', 60)]);
  await on.grow();
  const begun = performance.now();
  await on.anchors.start();
  expect(performance.now() - begun).toBeGreaterThan(4500);
  on.anchors.write();
  // Nothing waits for it again: not the five seconds of a start, nor the minute of a round.
  const asked = performance.now();
  await on.grow();
  expect(performance.now() - asked).toBeLessThan(4500);
  await expect.poll(() => on.anchored()).toEqual([1]);
  const stopping = performance.now();
  await on[Symbol.asyncDispose]();
  expect(performance.now() - stopping).toBeLessThan(4500);
});

describe('a log that somebody contradicts', () => {
  test('at a start is not begun, and holds no anchor of others either', async () => {
    using folder = temporaryFolder();
    const good = source('good', 60);
    await using on = anchorsOn(folder.path, [good, source('witness', 60, () => Promise.reject(forked))]);
    await on.grow();
    await expect(on.anchors.start()).rejects.toBe(forked);
    on.anchors.write();
    await sleep(50);
    expect([good.asked, on.anchored(), on.contradictions]).toEqual([[1], [], []]);
  });

  test('later is told once, and that witness is asked no more', async () => {
    using folder = temporaryFolder();
    const witness = source('witness', 0.2, (log, asked) =>
      asked < 2 ? Promise.resolve(anchoringOf(log)) : Promise.reject(forked),
    );
    await using on = anchorsOn(folder.path, [witness]);
    await on.grow();
    await on.anchors.start();
    on.anchors.write();
    await on.grow();
    await expect.poll(() => on.contradictions).toEqual([forked]);
    await on.grow();
    await sleep(500);
    expect([witness.asked.length, on.contradictions.length]).toEqual([2, 1]);
  });
});

test('nothing is written before the start has been decided', async () => {
  using folder = temporaryFolder();
  await using on = anchorsOn(folder.path, [source('one', 60)]);
  await on.grow();
  await on.anchors.start();
  await sleep(50);
  expect([on.anchored(), on.anchors.words()]).toEqual([[], [{ anchor: 'one', size: 0, receivedAt: undefined }]]);
  on.anchors.write();
  await expect.poll(() => on.anchored()).toEqual([1]);
});

test('an empty log is asked about at a start, and leaves no anchor', async () => {
  using folder = temporaryFolder();
  const one = source('one', 60);
  await using on = anchorsOn(folder.path, [one]);
  await on.anchors.start();
  on.anchors.write();
  await sleep(50);
  expect([one.asked, on.log.head.size]).toEqual([[0], 0]);
});

describe('the book of anchors', () => {
  test('gives the newest head that enough witnesses signed, with the newest line of each', () => {
    using folder = temporaryFolder();
    const database = evidenceDatabase(folder.path);
    const book = new AnchorBook(database);
    const add = (index: number, anchor: string, size: number, cosignature?: string): void => {
      const by =
        cosignature === undefined
          ? ({ type: 'rfc3161', authority: anchor, token: '' } as const)
          : ({ type: 'witness', cosignature } as const);
      book.add({ index, anchor, size, checkpoint: `head ${size}\n`, by });
    };
    expect(book.cosignedCheckpoint(1)).toBeUndefined();
    add(5, 'one', 5, 'one at 5');
    add(6, 'two', 5, 'two at 5');
    add(7, 'two', 5, 'two again at 5');
    add(8, 'authority', 7);
    add(9, 'one', 7, 'one at 7');
    add(10, 'one', 7, 'one again at 7');
    expect(book.cosignedCheckpoint(1)).toBe('head 7\none again at 7\n');
    expect(book.cosignedCheckpoint(2)).toBe('head 5\none at 5\ntwo again at 5\n');
    expect(book.cosignedCheckpoint(3)).toBeUndefined();
    expect(['authority', 'two', 'three'].map((name) => book.newestSize(name))).toEqual([7, 5, undefined]);
    for (let index = 20; index < 200; index++) add(index, 'one', index, 'line');
    expect(database.prepare("SELECT count(*) AS count FROM anchors WHERE anchor = 'one'").get()).toEqual({ count: 64 });
    expect(book.newestSize('one')).toBe(199);
    expect(book.newestSize('two')).toBe(5);
    database.close();
  });
});
