import { createPrivateKey } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isMismatch, scrub } from '../../../collector/log/scrub.ts';
import { evidenceForReading } from '../../../collector/store/store.ts';
import type { Submission } from '../../../evidence/exchange.ts';
import { logSigner } from '../../../evidence/note.ts';
import { collectorOn, origin } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { indexOf } from '../../integration/faults/receipts.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

type Way = 'failed and not kept' | 'failed but kept';

/** Which of a database's steps fails, counted from when it is armed. */
const fault = vi.hoisted(() => ({ at: Infinity, way: 'failed and not kept', steps: [] as string[] }));

/** Makes every write of a database a step, one of which can be told to fail: before it is done, or after. */
const faulty = vi.hoisted(() => {
  function step<Result>(name: string, work: () => Result): Result {
    fault.steps.push(name);
    const fails = fault.steps.length === fault.at;
    const error = (): Error => Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
    if (fails && fault.way === 'failed and not kept') throw error();
    const result = work();
    if (fails) throw error();
    return result;
  }
  function wrapped<Target extends object>(
    target: Target,
    methods: Readonly<Record<string, (...args: never[]) => unknown>>,
  ): Target {
    return new Proxy(target, {
      get(of, name) {
        const own: unknown = methods[String(name)];
        if (own !== undefined) return own;
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === 'function' ? (value.bind(of) as unknown) : value;
      },
    });
  }
  return (database: DatabaseSync): DatabaseSync =>
    wrapped(database, {
      exec: (sql: string) => step(sql, () => database.exec(sql)),
      prepare(sql: string): StatementSync {
        const statement = database.prepare(sql);
        return wrapped(statement, {
          run: (...values: Parameters<StatementSync['run']>) => step(sql, () => statement.run(...values)),
        });
      },
    });
});

vi.mock(import('../../../collector/store/store.ts'), async (original) => {
  const store = await original();
  return { ...store, evidenceDatabase: (data: string) => faulty(store.evidenceDatabase(data)) };
});

/** A data folder with an enrolled agent, and its two first reports. */
let made: Disposable & { readonly path: string };
let first: Submission;
let second: Submission;
beforeAll(async () => {
  made = temporaryFolder();
  await using collector = await collectorOn(join(made.path, 'data'));
  const hand = await enrolHand(collector, 'web1.example.nl');
  const draft = draftReport(hand);
  first = draft.submission;
  second = draftReport(hand, { seq: 2, prev: draft.digest }).submission;
});
afterAll(() => made[Symbol.dispose]());

function copyIn(folder: string): string {
  for (const part of ['data', 'data-guard']) cpSync(join(made.path, part), join(folder, part), { recursive: true });
  return join(folder, 'data');
}

/** Sends the first report into a fault and says what came of it and how the process would have ended. */
async function sendInto(data: string, at: number, way: Way) {
  const fatal: string[] = [];
  await using collector = await collectorOn(data, { onFatal: ({ code }) => fatal.push(code) });
  Object.assign(fault, { at, way, steps: [] });
  const answer = await send(collector, { submission: first });
  const steps = [...fault.steps];
  Object.assign(fault, { at: Infinity });
  // The same process, where it goes on: it takes the report now, or says that only a new start can tell.
  const again = await send(collector, { submission: first });
  return { answer, again, fatal, steps };
}

describe('whichever step of a report fails, in either way', () => {
  test('there are steps enough to try, the commit the last of them', async () => {
    using folder = temporaryFolder();
    const { steps, answer } = await sendInto(copyIn(folder.path), Infinity, 'failed but kept');
    expect(indexOf(answer)).toBe(2);
    expect(steps.length).toBeGreaterThan(10);
    expect([steps[0], steps.at(-1)]).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });

  test.each<Way>(['failed and not kept', 'failed but kept'])(
    '%s: no receipt is false, nothing is lost or doubled, and the log is whole',
    async (way) => {
      using folder = temporaryFolder();
      const { steps } = await sendInto(copyIn(join(folder.path, 'dry')), Infinity, way);
      for (const [before, step] of steps.entries()) {
        const data = copyIn(join(folder.path, String(before)));
        const { answer, again, fatal } = await sendInto(data, before + 1, way);
        expect(indexOf(answer), step).toBeUndefined();
        expect(answer, step).toMatchObject({ status: 503 });
        // After a commit that failed nobody knows; before it everything can be undone.
        expect(fatal, step).toEqual(step === 'COMMIT' ? ['log.commit'] : []);
        // Where it goes on, a gap before the report tells that something was refused.
        expect(indexOf(again), step).toBe(step === 'COMMIT' ? undefined : 3);
        const isThere = step !== 'COMMIT' || way === 'failed but kept';
        const place = step === 'COMMIT' ? 2 : 3;
        await expectWhole(data, step, { place, isThere });
      }
      process.stdout.write(`${steps.length} steps that ${way}: no report lost or doubled\n`);
    },
  );
});

/** A new start takes both reports, each in its one place, and finds nothing wrong with what is stored. */
async function expectWhole(
  data: string,
  step: string,
  { place, isThere }: { place: number; isThere: boolean },
): Promise<void> {
  expect(
    evidenceIn(data, (reader) => reader.prepare('SELECT 1 FROM entries WHERE idx = ?').get(place)) !== undefined,
    step,
  ).toBe(isThere);
  {
    await using collector = await collectorOn(data);
    const places = [];
    for (const submission of [first, second, first]) places.push(indexOf(await send(collector, { submission })));
    expect(places, step).toEqual([place, place + 1, place]);
  }
  const { key } = logSigner(origin, createPrivateKey(readFileSync(join(data, 'log.key'))));
  expect(
    evidenceIn(data, (reader) => [...scrub(reader, [key])].filter(isMismatch)),
    step,
  ).toEqual([]);
}

function evidenceIn<Result>(data: string, ask: (reader: DatabaseSync) => Result): Result {
  const reader = evidenceForReading(data);
  try {
    return ask(reader);
  } finally {
    reader.close();
  }
}
