import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { calls, casesOf, countCalls, prepare, runCases, sumUp, type Case, type Scene } from './injected.ts';

/** Of each fault at each call so many are tried here, evenly over a collector's life; `npm run faults` tries all. */
const tried = 4;

describe.skipIf(tool('strace') === undefined)(
  'a disk that fails, or a process that is killed, in the midst of writing',
  () => {
    let folder: ReturnType<typeof temporaryFolder>;
    let scene: Scene;
    let sample: Case[];

    beforeAll(async () => {
      folder = temporaryFolder();
      scene = await prepare(folder.path);
      const cases = casesOf(await countCalls(scene));
      const groups = Map.groupBy(cases, ({ call, fault }) => `${call} ${fault}`);
      sample = [...groups.values()].flatMap((group) => spread(group, tried));
    });
    afterAll(() => folder[Symbol.dispose]());

    test('loses no proven report, takes none twice, and leaves a log that is whole', async () => {
      // SQLite may wait for the disk by either call; by one of them it must.
      expect(sample.filter(({ call }) => call === 'fsync' || call === 'fdatasync').length).toBeGreaterThanOrEqual(
        2 * tried,
      );
      expect(new Set(sample.map(({ call }) => call)).size).toBeGreaterThanOrEqual(calls.length - 1);
      const outcomes = await runCases(scene, sample);
      process.stdout.write(`${sumUp(outcomes)}\n`);
      expect(outcomes.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
      expect(outcomes.filter(({ end }) => end === 'SIGKILL' || end === '137').length).toBeGreaterThan(tried);
      // A commit whose wait for the disk fails ends the process: nobody knows what is there.
      expect(outcomes.some(({ case: { fault }, end }) => fault === 'error=EIO' && end === '1')).toBe(true);
      expect(outcomes.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(sample.length / 2);
    }, 240_000);
  },
);

function spread<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.max(items.length / count, 1);
  return items.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}
