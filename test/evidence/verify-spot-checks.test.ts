import { beforeEach, expect, test } from 'vitest';
import { wholeScope } from '../../evidence/scope.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { readerOf, twoHosts, type Fixture, type FixtureLog } from '../support/evidence.ts';

/** Two hosts that report on the evening of 30 November and again in December: each time web1, then database1. */
let log: FixtureLog;
let hosts: Fixture;
beforeEach(async () => {
  hosts = await twoHosts();
  ({ log } = hosts);
  log.rest('2026-11-30T22:30:00.000Z');
  await log.report(hosts.web, { seen: log.head() });
  log.rest('2026-11-30T23:00:00.000Z');
  const begun = log.head();
  await log.report(hosts.web, { seen: log.head(begun.size - 1) });
  await log.report(hosts.db, { seen: begun });
});

function look(host: string, month = '2026-12'): void {
  log.act({ act: 'spot-check', month, host, policy: 'quick', control: 'Q-password', found: 'confirmed' });
}

function codes(bundle = log.bundle()): string[] {
  return verifyBundle(readerOf(bundle), { logKey: log.vkey }).findings.map(({ code }) => code);
}

test('a look at what was drawn holds; hosts that had been silent take no part', () => {
  look('web1');
  expect(codes()).toEqual([]);
  // Its last report before December is of the first of November.
  look('database1');
  expect(codes()).toEqual(['act.sample']);
});

test('a look before a report sealed the sample does not hold', () => {
  const entries = log.entries.slice(0, -1);
  const unsealed = log.rewritten(entries);
  unsealed.append({
    ...{ v: 1, kind: 'act', receivedAt: '2026-11-30T23:05:00.000Z', by: 'person-a', role: 'operator', body: [] },
    act: {
      act: 'spot-check',
      month: '2026-12',
      host: 'web1',
      policy: 'quick',
      control: 'Q-password',
      found: 'confirmed',
    },
  });
  const { findings } = verifyBundle(readerOf(unsealed.bundle()), { logKey: unsealed.vkey });
  expect(findings.map(({ code }) => code)).toEqual(['act.sample']);
});

test('who does not see all entries cannot draw, and calls nothing false', () => {
  look('web1');
  expect(codes(log.bundle({ ...wholeScope, from: '2026-11-30T23:30:00.000Z' }))).not.toContain('act.sample');
  expect(codes(log.bundle({ ...wholeScope, hosts: ['web1'] }))).toEqual([]);
});
