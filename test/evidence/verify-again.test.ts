import { beforeEach, describe, expect, test } from 'vitest';
import { verifyBundle } from '../../evidence/verify.ts';
import type { Observation } from '../../policies/observe.ts';
import { parsePolicy } from '../../policies/load.ts';
import { FixtureLog, readerOf, strictPolicy, type FixtureAgent, type ReportChoices } from '../support/evidence.ts';
import { quickPolicy, quickPolicyText } from '../support/road.ts';

/** A host whose password was changed on this day, as old as the strict policy allows on the day of the log. */
const changed = new Date('2026-10-25T00:00:00Z');
/** While that is still good, and when it is no more. */
const before = new Date('2026-10-31T23:59:00Z');
const after = new Date('2026-11-01T12:00:00Z');

const stricter = parsePolicy(quickPolicyText.replace('183d', '1d').replace('version: 1', 'version: 2'), 'quick.yaml');

let log: FixtureLog;
let web: FixtureAgent;
let first: readonly Observation[];

/** A first report, honest, of which the verifier remembers how it was judged. */
beforeEach(async () => {
  log = new FixtureLog();
  web = log.enrol('web1');
  for (const policy of [quickPolicy, strictPolicy, stricter]) log.set(policy);
  await report({
    at: before,
    lie(run) {
      first = run.observations;
      return run;
    },
  });
});

function report(choices: ReportChoices): Promise<unknown> {
  return log.report(web, { policies: [quickPolicy, strictPolicy], changed, ...choices });
}

/** Says again what it said first. */
const again: NonNullable<ReportChoices['lie']> = (run) => ({ ...run, observations: first });

function codes(): string[] {
  return verifyBundle(readerOf(log.bundle())).findings.map(({ code, message }) => `${code}: ${message}`);
}

describe('how a report was judged does not vouch for the next', () => {
  test('which is as good where all is as it was', async () => {
    await report({ at: new Date(before.getTime() + 10_000), lie: again });
    expect(verifyBundle(readerOf(log.bundle()))).toMatchObject({ outcome: 'sound', proven: { reports: 2 } });
  });

  test('where time has passed that its facts do not bear', async () => {
    await report({ at: after, lie: again });
    expect(codes()).toEqual([
      expect.stringMatching(/^verdict.differs: strict S-week was reported as pass; its facts give fail/),
    ]);
  });

  test('and which follows what time has done', async () => {
    await report({ at: after });
    await report({ at: new Date(after.getTime() + 10_000) });
    const { outcome, proven } = verifyBundle(readerOf(log.bundle()));
    expect([outcome, proven?.reports, proven?.verdicts.fail]).toEqual(['sound', 3, 2]);
  });

  test('where the same facts are told of another time than theirs', async () => {
    await report({ at: after });
    await report({ at: new Date(after.getTime() + 10_000), lie: again });
    expect(codes()).toEqual([expect.stringMatching(/^verdict.differs/)]);
  });

  test('where facts are others, and the verdicts the same', async () => {
    await report({ at: before, changed: new Date('2026-01-01T00:00:00Z'), lie: again });
    expect(codes()).toContainEqual(expect.stringMatching(/^verdict.differs: quick Q-password was reported as pass/));
  });

  test('where verdicts are others, and the facts the same', async () => {
    await report({
      at: before,
      lie: (run) => ({ ...run, observations: run.observations.map((found) => ({ ...found, verdict: 'pass' })) }),
    });
    expect(codes()).toContainEqual(expect.stringMatching(/^verdict.differs: strict S-updates/));
  });

  test('where it counts otherwise', async () => {
    await report({
      at: before,
      lie: again,
      forge: (statement) => ({ ...statement, counts: { ...statement.counts, pass: 9 } }),
    });
    expect(codes()).toEqual([expect.stringMatching(/^report.counts/)]);
  });

  test('where it names a document that asks more', async () => {
    await report({ at: before, policies: [stricter, strictPolicy], lie: again });
    expect(codes()).toEqual([
      expect.stringMatching(/^verdict.differs: quick Q-password was reported as pass; its facts give fail/),
    ]);
  });

  test('where it names fewer documents', async () => {
    await report({ at: before, policies: [quickPolicy], lie: again });
    expect(codes().every((code) => code.startsWith('verdict.extra'))).toBe(true);
    expect(codes()).not.toEqual([]);
  });

  test('where the host is another than it was', async () => {
    await report({ at: before, labels: { role: 'web' }, lie: again });
    expect(codes()).toEqual([expect.stringMatching(/^verdict.missing: strict S-web holds for web1/)]);
  });

  test('where a part was renamed', async () => {
    await report({
      at: before,
      lie: again,
      forge: (statement) => ({
        ...statement,
        body: statement.body.map(({ name, commitment }) =>
          name === 'facts/password-age' ? { name: 'facts/tls', commitment } : { name, commitment },
        ),
      }),
    });
    expect(codes()).toContainEqual(
      expect.stringMatching(/^verdict.differs: quick Q-password was reported as pass; its facts give unknown/),
    );
  });
});
