import { beforeEach, expect, test } from 'vitest';
import type { Act } from '../../evidence/act.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import { findingsPolicy } from '../collector/people/findings.ts';
import { quickPolicy } from '../support/road.ts';
import { FixtureLog, readerOf, type FixtureAgent } from '../support/evidence.ts';

/** A password so old that every policy minds. */
const longAgo = new Date('2020-01-01T00:00:00.000Z');

const opened: Act = {
  act: 'open-case',
  id: 'case-1',
  of: 'finding',
  urgency: 'urgent',
  began: '2026-11-01T12:00:00.000Z',
  about: { policy: 'quick', control: 'Q-password', hosts: ['web1'] },
  fields: [],
};

let log: FixtureLog;
let web: FixtureAgent;
beforeEach(async () => {
  log = new FixtureLog();
  web = log.enrol('web1');
  log.set(quickPolicy);
  log.set(findingsPolicy);
  const { policy, version, digest } = findingsPolicy;
  log.act({ act: 'follow', policies: [{ policy, version, digest }] });
  await log.report(web, { changed: longAgo });
});

/** An entry a minute. */
function pass(minutes: number): void {
  for (let minute = 0; minute < minutes; minute += 1) {
    log.append({ v: 1, kind: 'heartbeat', receivedAt: log.now.toISOString() });
  }
}

function found(): string[] {
  const { findings, organisation } = verifyBundle(readerOf(log.bundle()), { logKey: log.vkey });
  expect(findings).toEqual([]);
  const urgent = organisation?.observations.find(({ control }) => control === 'R-urgent');
  return [
    urgent?.verdict ?? '',
    ...(urgent?.reasons ?? []).map(({ code, subject }) => `${code} ${subject ?? ''}`.trim()),
  ];
}

test('a verifier sees by signed counts that the collector opened no finding for a failure', () => {
  pass(58);
  expect(found()).toEqual(['not-applicable', 'cases.none']);
  pass(5);
  expect(found()).toEqual(['unknown', 'cases.unopened web1']);
  expect(log.act(opened, 'collector', undefined, 'collector')).toBeUndefined();
  expect(found()).toEqual(['not-applicable', 'cases.pending case-1']);
});

test('a finding that a person opened stands for no failure', () => {
  log.act(opened);
  pass(62);
  expect(found()).toEqual(['unknown', 'cases.unopened web1', 'cases.pending case-1']);
});

test('a failure that is excused needs no finding', () => {
  const [control] = quickPolicy.controls;
  const requirement = requirementOf(control ?? { check: '', with: {} });
  const asked = { policy: 'quick', control: 'Q-password', requirement, scope: { of: 'organisation' as const } };
  log.act({ act: 'waive', id: 'waiver-1', ...asked, from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' });
  log.act({ act: 'approve', of: 'waiver-1' }, 'person-b');
  pass(70);
  expect(found()).toEqual(['not-applicable', 'cases.none']);
});

test('a host that passes again, or whose key counts no more, is owed none', async () => {
  await log.report(web);
  pass(70);
  expect(found()).toEqual(['not-applicable', 'cases.none']);
  await log.report(web, { changed: longAgo });
  log.revoke(web);
  pass(70);
  expect(found()).toEqual(['not-applicable', 'cases.none']);
});
