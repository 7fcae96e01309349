import { expect, test } from 'vitest';
import { judgeAutomatic } from '../../../../policies/checks/updates/automatic.ts';
import type { Automatic } from '../../../../policies/checks/updates/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { apt, at, dnf } from './facts.ts';

const threeDays = 3 * 86_400;

function judge(values: Partial<Automatic>): string[] {
  const facts = apt();
  if (facts.automatic?.state !== 'read') throw new Error('not read');
  const reasons = judgeAutomatic({ ...facts, automatic: read({ ...facts.automatic.value, ...values }) }, threeDays, at);
  return reasons.map(({ verdict, code, values: told }) => `${verdict} ${code} ${told.setting ?? ''}`.trim());
}

test('updates that are switched on and ended well recently pass', () => {
  expect(judge({})).toEqual(['pass updates.automatic-works']);
  expect(judge({ enable: '1', updatePackageLists: 'always', unattendedUpgrade: '12h' })).toEqual([
    'pass updates.automatic-works',
  ]);
});

test.each<[Partial<Automatic>, string]>([
  [{ enable: '0' }, 'APT::Periodic::Enable'],
  [{ updatePackageLists: '0' }, 'APT::Periodic::Update-Package-Lists'],
  [{ updatePackageLists: null }, 'APT::Periodic::Update-Package-Lists'],
  [{ unattendedUpgrade: '0' }, 'APT::Periodic::Unattended-Upgrade'],
  [{ unattendedUpgrade: '0d' }, 'APT::Periodic::Unattended-Upgrade'],
  [{ unattendedUpgrade: '' }, 'APT::Periodic::Unattended-Upgrade'],
  [{ unattendedUpgrade: 'true' }, 'APT::Periodic::Unattended-Upgrade'],
])('%j switches it off, however well it once ran', (values, setting) => {
  expect(judge(values)).toEqual([`fail updates.automatic-off ${setting}`]);
});

test.each<[string, Partial<Automatic>, string]>([
  ['never ran', { lastRun: null, lastGoodRun: null }, 'fail updates.automatic-never'],
  ['never ended well', { lastGoodRun: null }, 'fail updates.automatic-never'],
  [
    'ended well too long ago',
    { lastRun: '2026-11-19T12:59:59', lastGoodRun: '2026-11-19T12:59:59' },
    'fail updates.automatic-idle',
  ],
  [
    'ended well just in time',
    { lastRun: '2026-11-19T13:00:00', lastGoodRun: '2026-11-19T13:00:00' },
    'pass updates.automatic-works',
  ],
  ['did not end well since', { lastGoodRun: '2026-11-21T06:00:00' }, 'fail updates.automatic-failed'],
  ['ran in the future', { lastRun: '2026-11-23T06:00:00' }, 'unknown updates.automatic-future'],
  [
    'ended well in the future',
    { lastRun: null, lastGoodRun: '2026-11-23T06:00:00' },
    'unknown updates.automatic-future',
  ],
  ['logs in a zone that nobody knows', { timeZone: 'Nowhere' }, 'unknown host.unparsable'],
])('what %s', (_, values, expected) => {
  expect(judge(values)).toEqual([expected]);
});

test('what cannot be read, and another manager, are unknown', () => {
  const denied = apt({ automatic: unreadable('denied', '/var/log/unattended-upgrades') });
  expect(judgeAutomatic(denied, threeDays, at)).toMatchObject([{ code: 'host.denied', verdict: 'unknown' }]);
  expect(judgeAutomatic(dnf(), threeDays, at)).toMatchObject([
    { code: 'updates.automatic-unread', verdict: 'unknown' },
  ]);
});
