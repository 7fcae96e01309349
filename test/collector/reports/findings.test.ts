import { expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import type { Act } from '../../../evidence/act.ts';
import { findingsPolicy } from '../people/findings.ts';
import { day, MadeUpLog, requestOf } from './evidence.ts';

const about = { policy: 'example', control: 'EX-tls', hosts: ['web1'] };
const opened: Act = {
  act: 'open-case',
  id: 'case-1',
  of: 'finding',
  urgency: 'urgent',
  began: day(2),
  about,
  fields: [],
};
const byCollector = { by: 'collector', role: 'collector' } as const;

/** A host fails from the second day on, and a finding is opened on the third. */
function failing(role: typeof byCollector | object): MadeUpLog {
  return new MadeUpLog()
    .follow(day(1), findingsPolicy)
    .enrol(day(1), 'web1')
    .report(day(1, 12), 'web1', { 'EX-tls': 'pass' })
    .hourly(day(2), day(3), 'web1', { 'EX-tls': 'fail' })
    .act(day(3), opened, role)
    .hourly(day(3, 1), day(4), 'web1', { 'EX-tls': 'fail' })
    .heartbeat(day(4));
}

async function spansOf(log: MadeUpLog): Promise<string[]> {
  const { policies } = await buildCompliance(log.evidence(), requestOf({ period: { from: day(1), until: day(4) } }));
  const urgent = policies.flatMap(({ controls }) => controls).find(({ control }) => control === 'R-urgent');
  return (urgent?.organisation?.spans ?? []).map(({ from, state }) => `${from.slice(8, 16)} ${state}`);
}

test('a report tells when a failure had no finding, an hour after it was received', async () => {
  expect(await spansOf(failing(byCollector))).toEqual([
    ...['01T00:00 not-applicable', '02T01:00 unknown', '03T00:00 fail'],
  ]);
});

test('a finding that somebody else opened stands for none', async () => {
  // It is judged as well, and what is overdue is worse than what nobody knows.
  expect(await spansOf(failing({}))).toEqual(['01T00:00 not-applicable', '02T01:00 unknown', '03T00:00 fail']);
  const log = new MadeUpLog()
    .follow(day(1), findingsPolicy)
    .enrol(day(1), 'web1')
    .report(day(3, 20), 'web1', { 'EX-tls': 'fail' })
    .act(day(3, 20), { ...opened, began: day(3, 20) })
    .report(day(3, 21), 'web1', { 'EX-tls': 'fail' })
    .heartbeat(day(4));
  expect(await spansOf(log)).toEqual(['01T00:00 not-applicable', '03T21:00 unknown']);
});

test('a case tells the control and the hosts that it is a finding of', async () => {
  const { organisation } = await buildCompliance(failing(byCollector).evidence(), requestOf());
  expect(organisation?.cases).toMatchObject([{ id: 'case-1', about }]);
});
