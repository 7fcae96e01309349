import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkpointPath, partPath, policyPath } from '../../evidence/bundle.ts';
import { wholeScope, type Scope } from '../../evidence/scope.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { folderReader } from '../../commands/bundle-folder.ts';
import { longerLog, middle, omit } from '../support/attacks/scope.ts';
import { readerOf, strictPolicy, type Bundle, type FixtureLog } from '../support/evidence.ts';
import { quickPolicy } from '../support/road.ts';

let log: FixtureLog;
beforeAll(async () => {
  ({ log } = await longerLog());
});

function textOf(bundle: Bundle): string {
  return [...bundle].map(([path, bytes]) => `${path} ${bytes.toString('latin1')}`).join('\n');
}

/** What agents' names are behind in envelopes. */
function encoded(name: string): string[] {
  return [0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}"${name}"`)
      .toString('base64')
      .slice(4, -4),
  );
}

function agentsOf(bundle: Bundle) {
  return verifyBundle(readerOf(bundle)).proven?.agents.map(({ agent, firstSeq, lastSeq, isClosed }) => [
    agent,
    firstSeq,
    lastSeq,
    isClosed,
  ]);
}

describe('a bundle of a part of the log', () => {
  test('of one host shows its reports, and says nothing of another', () => {
    const bundle = log.bundle({ ...wholeScope, hosts: ['web1'] });
    const verification = verifyBundle(readerOf(bundle), { logKey: log.vkey, since: log.checkpoint(4) });
    expect(verification).toMatchObject({ outcome: 'sound', comparedWith: 4, log: { size: 12 } });
    expect(verification.shown).toEqual({ scope: { ...wholeScope, hosts: ['web1'] }, omitted: 4 });
    expect(verification.proven).toMatchObject({ reports: 5, unjudged: 0, withheld: [] });
    // That it reported no more cannot be shown: entries are left out after its last.
    expect(agentsOf(bundle)).toEqual([['web1', 1, 5, false]]);
    const text = textOf(bundle);
    for (const trace of ['database1', ...encoded('database1')]) expect(text).not.toContain(trace);
    for (const trace of ['web1', ...encoded('web1')].slice(0, 1)) expect(text).toContain(trace);
  });

  test('of a period shows what was received in it, and that nothing is missing at its ends', () => {
    const bundle = log.bundle(middle);
    const verification = verifyBundle(readerOf(bundle));
    expect(verification).toMatchObject({
      outcome: 'sound',
      shown: { omitted: 0 },
      proven: { reports: 4, firstReceivedAt: '2026-11-01T12:00:00.000Z' },
    });
    expect(agentsOf(bundle)).toEqual([
      ['web1', 2, 4, true],
      ['database1', 2, 2, true],
    ]);
  });

  test('of a period without an end shows all that came after', () => {
    const bundle = log.bundle({ ...wholeScope, from: '2026-11-01T12:09:00Z' });
    expect(verifyBundle(readerOf(bundle))).toMatchObject({ outcome: 'sound', shown: { omitted: 3 } });
    expect(agentsOf(bundle)).toEqual([
      ['web1', 4, 5, true],
      ['database1', 3, 3, true],
    ]);
  });

  test('shows the statements beside the period, and not their bodies', () => {
    const bundle = log.bundle({ ...middle, from: '2026-11-01T12:09:00Z', hosts: ['web1'] });
    const all = log.bundle();
    expect(bundle.size).toBeLessThan(all.size);
    expect(verifyBundle(readerOf(bundle))).toMatchObject({
      outcome: 'sound',
      proven: { reports: 1, observations: 5, verdicts: { fail: 4, unknown: 1 } },
    });
  });

  test('of a period in which a host was silent names that host', () => {
    const bundle = log.bundle({ ...wholeScope, from: '2026-11-01T12:05:30Z', until: '2026-11-01T12:06:30Z' });
    expect(verifyBundle(readerOf(bundle))).toMatchObject({ outcome: 'sound', proven: { unheard: ['database1'] } });
    expect(agentsOf(bundle)).toEqual([['web1', 2, 2, true]]);
  });

  test('of labels shows every report of the hosts that had them', () => {
    const bundle = log.bundle({ ...wholeScope, labels: { role: 'web' } });
    // The first report of web1 had no labels yet.
    expect(agentsOf(bundle)).toEqual([['web1', 1, 5, false]]);
  });

  test('of one policy shows its facts and documents, and judges no other', () => {
    const bundle = log.bundle({ ...wholeScope, policies: ['quick'] });
    const verification = verifyBundle(readerOf(bundle));
    expect(verification).toMatchObject({
      outcome: 'sound',
      shown: { omitted: 0 },
      proven: {
        reports: 8,
        observations: 8,
        withheld: [{ name: 'facts/updates', reports: 7 }],
        policies: [{ policy: 'quick' }],
      },
    });
    const all = verifyBundle(readerOf(log.bundle())).proven?.observations ?? 0;
    expect(verification.proven?.unjudged).toBe(all - 8);
    // The document of the other policy says which of its controls hold, so that none can have been left out.
    expect(bundle.has(policyPath(strictPolicy.digest))).toBe(true);
  });

  test('has the documents that its reports name, and no other', () => {
    const bundle = log.bundle({ ...wholeScope, hosts: ['web1'], until: '2026-11-01T12:03:00Z' });
    expect(bundle.has(policyPath(quickPolicy.digest))).toBe(true);
    expect(bundle.has(policyPath(strictPolicy.digest))).toBe(false);
    expect(verifyBundle(readerOf(bundle)).outcome).toBe('sound');
    bundle.set(policyPath(strictPolicy.digest), Buffer.from(strictPolicy.text));
    expect(verifyBundle(readerOf(bundle)).findings).toMatchObject([{ code: 'file.stray' }]);
  });

  test('tells what is missing from what was left out', () => {
    const bundle = log.bundle({ ...wholeScope, policies: ['quick'] });
    const needed = [...log.parts.values()].find(({ commitment }) => bundle.has(partPath(commitment)));
    bundle.delete(partPath(needed?.commitment ?? ''));
    expect(verifyBundle(readerOf(bundle)).findings).toMatchObject([{ code: 'part.missing' }]);
  });

  test('has the head of the whole log', () => {
    expect(log.bundle(middle).get(checkpointPath)?.toString()).toBe(log.checkpoint());
  });

  test('finds a lying agent all the same', async () => {
    const { log: other, web } = await longerLog();
    await other.report(web, {
      policies: [quickPolicy, strictPolicy],
      labels: { role: 'web' },
      lie: (run) => ({ ...run, observations: run.observations.map((found) => ({ ...found, verdict: 'pass' })) }),
    });
    const { findings } = verifyBundle(readerOf(other.bundle({ ...wholeScope, hosts: ['web1'], policies: ['strict'] })));
    expect(findings.map(({ code }) => code)).toContain('verdict.differs');
  });
});

const minutes = fc.integer({ min: 0, max: 12 });
const anyScope: fc.Arbitrary<Scope> = fc
  .record({
    period: fc.option(fc.tuple(minutes, minutes)),
    isOpen: fc.boolean(),
    policies: fc.subarray(['quick', 'strict']),
    labels: fc.constantFrom({}, {}, { role: 'web' }),
    hosts: fc.subarray(['database1', 'web1']),
  })
  .map(({ period, isOpen, ...rest }) => {
    const [first, last] = [...(period ?? [0, 0])].sort((a, b) => a - b);
    const at = (count = 0): string => new Date(Date.UTC(2026, 10, 1, 12, count, -30)).toISOString();
    return { from: period && at(first), until: period && !isOpen ? at((last ?? 0) + 1) : null, ...rest };
  });

/** Undefined for a scope of which this log has nothing. */
function bundleOf(scope: Scope): Bundle | undefined {
  try {
    return log.bundle(scope);
  } catch {
    return undefined;
  }
}

test('whatever the scope, its bundle is sound and shows no more than all does', () => {
  const all = verifyBundle(readerOf(log.bundle())).proven?.reports ?? 0;
  let made = 0;
  fc.assert(
    fc.property(anyScope, (scope) => {
      const bundle = bundleOf(scope);
      fc.pre(bundle !== undefined);
      made += 1;
      const { outcome, findings, proven } = verifyBundle(readerOf(bundle));
      expect(outcome, JSON.stringify({ scope, findings })).toBe('sound');
      expect(proven?.reports).toBeLessThanOrEqual(all);
    }),
    { numRuns: 40 },
  );
  expect(made).toBeGreaterThan(20);
});

test('whatever the scope, a report taken out of the period does not go unseen', () => {
  let taken = 0;
  fc.assert(
    fc.property(anyScope, fc.integer({ min: 2, max: 11 }), (scope, index) => {
      const bundle = bundleOf(scope);
      fc.pre(bundle !== undefined);
      const before = verifyBundle(readerOf(bundle));
      try {
        omit(bundle, index);
      } catch {
        fc.pre(false);
      }
      const after = verifyBundle(readerOf(bundle));
      if (after.outcome !== 'sound') return;
      taken += 1;
      // What is not seen as missing is a report at the end of a chain, or one that only showed that a chain is closed.
      const open = after.proven?.agents.filter(({ isClosed }) => !isClosed).length ?? 0;
      expect(after.proven?.reports === before.proven?.reports || open > 0).toBe(true);
    }),
    { numRuns: 100 },
  );
  expect(taken).toBeGreaterThan(0);
});

test('a bundle of version 1, as it was first written, keeps verifying', () => {
  const folder = join(import.meta.dirname, 'fixtures/bundle-v1');
  const since = readFileSync(join(folder, checkpointPath), 'utf8');
  const verification = verifyBundle(folderReader(folder), { since });
  expect(verification).toMatchObject({
    outcome: 'sound',
    findings: [],
    shown: null,
    comparedWith: 9,
    proven: { reports: 5, verdicts: { pass: 9, fail: 6, unknown: 4 } },
  });
});
