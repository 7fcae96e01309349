import { expect, test } from 'vitest';
import type { HostState } from '../../../../collector/state/host-state.ts';
import { hostPage } from '../../../../collector/web/page/host.ts';
import { neverSeenPage } from '../../../../collector/web/page/message.ts';
import { hostDetail } from '../../../../collector/web/views.ts';
import {
  at,
  context,
  fleetOf,
  hostile,
  hostState,
  mixedHosts,
  reason,
  shelf,
  state,
  unreadableReason,
} from '../fleets.ts';

function page(host: HostState, language: 'en' | 'nl' = 'en'): string {
  return hostPage(hostDetail(host, fleetOf([host]), shelf(), at), [], context(language)).replace(/\s+/g, ' ');
}

function named(name: string): HostState {
  const found = mixedHosts().find(({ agent }) => agent === name);
  if (found === undefined) throw new Error(`no host ${name} in the example`);
  return found;
}

test('controls stand from worst to best, each with an anchor', () => {
  const anchors = [...page(named('broken')).matchAll(/<article class="row ([a-z-]+)" id="([^"]+)"/g)];
  expect(anchors.map(([, verdict, id]) => `${verdict} ${id}`)).toEqual([
    'fail example.EX-tls',
    'unknown example.EX-updates',
    'not-applicable example.EX-info',
  ]);
});

test('a failing control tells promise, clause, severity, reason, remedy, and since when', () => {
  const markup = page(
    hostState('web1', [state('EX-tls', 'fail', { reasons: [unreadableReason('/etc/x', 'web1:443')] })]),
  );
  for (const text of [
    'title of EX-tls',
    'promise of EX-tls',
    'clause of EX-tls',
    'critical',
    '<b>web1:443</b>: no permission to read /etc/x',
    'remedy of EX-tls',
    'since <time datetime="2026-11-20T08:00:00.000Z">20 Nov 2026, 08:00 UTC</time>',
    'not passing since <time datetime="2026-11-18T08:00:00.000Z">18 Nov 2026, 08:00 UTC</time> (4 days 4 hours ago)',
  ]) {
    expect(markup).toContain(text);
  }
});

test('a passing control tells what was found and no remedy', () => {
  const markup = page(named('good'));
  expect(markup).toContain('<b>subject of EX-tls</b>');
  expect(markup).not.toContain('remedy of');
});

test('reasons come worst first', () => {
  const reasons = [reason('pass', 'third'), reason('unknown', 'second'), reason('fail', 'first')];
  const markup = page(hostState('web1', [state('EX-tls', 'fail', { reasons })]));
  const places = ['first', 'second', 'third'].map((subject) => markup.indexOf(`<b>${subject}</b>`));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('many reasons are folded, none is left out', () => {
  const reasons = Array.from({ length: 20 }, (_, index) => reason('fail', `subject ${index}`));
  const markup = page(hostState('web1', [state('EX-tls', 'fail', { reasons })]));
  expect(markup).toContain('<summary>12 more findings</summary>');
  expect(markup.match(/<b>subject \d+<\/b>/g)).toHaveLength(20);
});

test.each(['silent', 'ahead'])('of %s, which passed everything, nothing is green', (name) => {
  const markup = page(named(name));
  expect(markup).not.toContain('✓');
  expect(markup).not.toMatch(/class="[^"]*\bpass\b/);
  expect(markup).toMatch(/<p class="notice (stale|clock-ahead)">/);
  expect(markup).toContain('<b>subject of EX-tls</b>');
});

test('a stale host is not said to be so since the verdict that it no longer has', () => {
  const markup = page(named('silent'));
  expect(markup).not.toContain('2026-11-20');
  expect(markup).not.toContain('remedy of');
});

test('a failure found on a clock ahead stays a failure', () => {
  const markup = page(hostState('ahead', [state('EX-tls', 'fail')], { issuedAt: '2026-11-22T12:30:00Z' }));
  expect(markup).toContain('<article class="row fail"');
  expect(markup).toContain('remedy of EX-tls');
});

test('a control whose document is not there is told with its reasons', () => {
  const markup = page(hostState('web1', [state('EX-tls', 'fail')], { digest: 'f'.repeat(64) }));
  expect(markup).toContain('The collector does not have the document');
  expect(markup).toContain('<b>subject of EX-tls</b>');
});

test('the evidence tells the report’s place, the log’s head, and how to verify', () => {
  const markup = page(named('good'));
  for (const text of ['entry 41,', 'test.example/log', '42 entries', 'cm9vdA==', 'waarborg export', 'waarborg verify'])
    expect(markup).toContain(text);
});

test('nothing from the host becomes markup', () => {
  const host = hostState(hostile, [state('EX-tls', 'fail', { reasons: [reason('fail', hostile, hostile)] })]);
  const labels = { [hostile]: hostile };
  const content = {
    ...host.content,
    host: { v: 1 as const, hostname: hostile, os: hostile, agentVersion: hostile, labels },
  };
  const markup = page({ ...host, content });
  expect(markup).not.toContain('<script');
  expect(markup.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(6);
});

test('a host that never reported is told how to enrol', () => {
  const markup = neverSeenPage('web9', context('nl'));
  expect(markup).toContain('nooit gemeld');
  expect(markup).toContain('--role enrol --agent web9');
});
