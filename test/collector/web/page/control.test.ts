import { expect, test } from 'vitest';
import type { HostState } from '../../../../collector/state/host-state.ts';
import { controlPage } from '../../../../collector/web/page/control.ts';
import { fleetDetail } from '../../../../collector/web/views.ts';
import { at, context, fleetOf, hostState, mixedHosts, policy, shelf, state } from '../fleets.ts';

function page(hosts: readonly HostState[], id: string, language: 'en' | 'nl' = 'en'): string {
  const fleet = fleetDetail(fleetOf(hosts), shelf(policy, { ...policy, version: 3, digest: 'b'.repeat(64) }), at);
  const detail = fleet.controls.find(({ control }) => control === id);
  if (detail === undefined) throw new Error(`no control ${id} in the example`);
  return controlPage(detail, context(language)).replace(/\s+/g, ' ');
}

test('the control tells its promise, clause, standards and remedy', () => {
  const markup = page(mixedHosts(), 'EX-tls', 'nl');
  for (const text of ['belofte van EX-tls', 'clause of EX-tls', 'ISO/IEC 27001:2022', 'A.8.24', 'herstel van EX-tls'])
    expect(markup).toContain(text);
});

test('every host that has it is listed, the worst first, as what it now is', () => {
  const rows = page(mixedHosts(), 'EX-tls').split('<article class="row compact ').slice(1);
  const told = rows.map((row) => `${/^[a-z-]+/.exec(row)?.[0]} ${/>([^<]+)<\/a>/.exec(row)?.[1]}`);
  expect(told).toEqual(['fail broken', 'stale silent', 'unknown ahead', 'pass good']);
  expect(rows.filter((row) => row.includes('✓'))).toHaveLength(1);
});

test('several versions of the policy are told', () => {
  const hosts = [
    hostState('a', [state('EX-tls', 'pass')]),
    hostState('b', [state('EX-tls', 'pass')], { version: 3, digest: 'b'.repeat(64) }),
  ];
  expect(page(hosts, 'EX-tls')).toContain('several versions of this policy (3, 2)');
  expect(page(hosts.slice(0, 1), 'EX-tls')).not.toContain('several versions');
});
