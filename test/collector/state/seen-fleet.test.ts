import { describe, expect, test } from 'vitest';
import { seenFleet } from '../../../collector/state/seen-fleet.ts';
import { fleetOf, hostState, state } from '../web/fleets.ts';

/** The verdict stands since the 20th, and the control has failed since the 18th. */
const fleet = fleetOf([hostState('own', [state('EX-tls', 'fail'), state('EX-info', 'pass')]), hostState('other', [])]);
const beginnings = (since: string): unknown => {
  const [host] = seenFleet(fleet, { of: 'hosts', since: new Map([['own', since]]) }).hosts();
  return host?.content.controls.map((control) => [control.since, control.failingSince]);
};

describe('a fleet as somebody may see it', () => {
  test('has his hosts, and those that were not heard since they are his', () => {
    const since = new Map([
      ['own', '2026-11-01T00:00:00.000Z'],
      ['other', '2026-11-23T00:00:00.000Z'],
    ]);
    const seen = seenFleet(fleet, { of: 'hosts', since });
    expect(seen.hosts().map(({ agent }) => agent)).toEqual(['own']);
    expect([seen.get('other'), seen.get('none'), seen.get('own')?.agent]).toEqual([undefined, undefined, 'own']);
    expect(seen.neverSeen()).toEqual([{ agent: 'other' }]);
  });

  test('does not tell that a control failed before the host was his', () => {
    const later = '2026-11-19T00:00:00.000Z';
    expect(beginnings(later)).toEqual([
      ['2026-11-20T08:00:00.000Z', later],
      ['2026-11-20T08:00:00.000Z', null],
    ]);
    expect(beginnings('2026-11-01T00:00:00.000Z')).toEqual([
      ['2026-11-20T08:00:00.000Z', '2026-11-18T08:00:00.000Z'],
      ['2026-11-20T08:00:00.000Z', null],
    ]);
  });
});
