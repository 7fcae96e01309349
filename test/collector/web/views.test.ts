import { expect, test } from 'vitest';
import { controlsOverview, fleetDetail, hostsOverview, worstShown } from '../../../collector/web/views.ts';
import { allPass, at, control, fleetOf, hostState, mixedHosts, policy, shelf, state } from './fleets.ts';

test('what is stale, or rests on a clock ahead, is not counted as passing', () => {
  const fleet = fleetDetail(fleetOf(mixedHosts()), shelf(), at);
  expect(fleet.counts).toEqual({ fail: 1, stale: 3, unknown: 4, waived: 0, pass: 3, 'not-applicable': 1 });
});

test('of one host in each state, each is told as what it is', () => {
  const overview = hostsOverview(fleetOf(mixedHosts(), ['never', 'good']), at);
  expect(overview.map(({ host, freshness }) => [host, freshness])).toEqual([
    ['ahead', 'clock-ahead'],
    ['broken', 'fresh'],
    ['good', 'fresh'],
    ['never', 'never-seen'],
    ['silent', 'stale'],
  ]);
});

test('a report dated after the collector’s own clock does not pass, however early it is said to have come in', () => {
  const moment = { issuedAt: '2027-01-01T00:00:00Z', receivedAt: '2027-01-01T00:00:01Z' };
  const fleet = fleetDetail(fleetOf([hostState('later', allPass, moment)]), shelf(), at);
  expect(fleet.hosts[0]?.freshness).toBe('clock-ahead');
  expect(fleet.counts).toMatchObject({ pass: 0, unknown: 3 });
});

test('a report that was dated after its arrival does not pass once its moment has come', () => {
  const moment = { issuedAt: '2026-11-22T11:50:00Z', receivedAt: '2026-11-22T11:30:00Z' };
  const fleet = fleetDetail(fleetOf([hostState('ahead', allPass, moment)]), shelf(), at);
  expect(fleet.counts).toMatchObject({ pass: 0, unknown: 3 });
});

test('a control that a report has twice counts by its worst verdict', () => {
  const twice = hostState('twice', [state('EX-tls', 'fail'), state('EX-tls', 'pass')]);
  const [overview] = controlsOverview(fleetOf([twice]), shelf(), at);
  expect(overview).toMatchObject({ verdict: 'fail', hosts: { twice: 'fail' } });
});

test.each([
  [['pass', 'unknown', 'stale', 'fail'], 'fail'],
  [['pass', 'stale'], 'stale'],
  [['pass', 'unknown'], 'unknown'],
  [['not-applicable', 'pass'], 'pass'],
  [[], 'unknown'],
] as const)('of %j the worst is %s', (verdicts, worst) => {
  expect(worstShown(verdicts.map((verdict) => ({ verdict })))).toBe(worst);
});

test('a control is worded as in the newest version that a host was judged by', () => {
  const newer = {
    ...policy,
    version: 10,
    digest: 'b'.repeat(64),
    controls: [control('EX-tls', 'info', { clause: 'new clause' })],
  };
  const fleet = fleetOf([
    hostState('a', [state('EX-tls', 'pass')], { version: newer.version, digest: newer.digest }),
    hostState('b', [state('EX-tls', 'pass')]),
  ]);
  const [detail] = fleetDetail(fleet, shelf(policy, newer), at).controls;
  expect(detail?.definition?.clause).toBe('new clause');
  expect(detail?.versions).toEqual([10, 2]);
});
