import { beforeEach, describe, expect, test } from 'vitest';
import type { Act } from '../../evidence/act.ts';
import { Organisation } from '../../evidence/organisation.ts';
import { effortOf } from '../support/effort.ts';

const day = (number: number): string => new Date(Date.UTC(2026, 2, number)).toISOString();
let organisation: Organisation;

beforeEach(() => {
  organisation = new Organisation();
});

function take(receivedAt: string, by: string, act: Act): void {
  const taken = { v: 1, kind: 'act', receivedAt, by, role: 'operator', act, body: [] } as const;
  expect(organisation.take({ ...taken, body: [] })).toBeUndefined();
}

/** Asked for on the first day, and from then on held from the third until the sixth. */
function waive(scope: Extract<Act, { act: 'waive' }>['scope'], id = 'waiver-1'): void {
  take(day(1), 'person-a', {
    ...{ act: 'waive', id, policy: 'example', control: id, requirement: 'a'.repeat(64), scope },
    ...{ from: day(3), until: day(6) },
  });
}

/** By day the hosts that owe a finding, where one control of each fails all the time and nothing else happens. */
function owing(...days: number[]): string[] {
  return days.map((number) => {
    for (const host of ['web1', 'web2']) organisation.owed.report(host, 1, day(number));
    return organisation.owed
      .owed()
      .map(({ host }) => host)
      .join();
  });
}

describe('no finding is owed for what an approved exception excuses', () => {
  test('from when it holds until it ends, though no act comes in between', () => {
    waive({ of: 'organisation' });
    take(day(1), 'person-b', { act: 'approve', of: 'waiver-1' });
    expect(owing(2, 3, 5, 6)).toEqual(['web1,web2', '', '', 'web1,web2']);
  });

  test('of its own hosts only', () => {
    waive({ of: 'hosts', hosts: ['web2'] });
    take(day(1), 'person-b', { act: 'approve', of: 'waiver-1' });
    expect(owing(3)).toEqual(['web1']);
  });

  test('not before it is approved, and no longer once it is taken back', () => {
    waive({ of: 'hosts', hosts: ['web1', 'web2'] });
    expect(owing(3)).toEqual(['web1,web2']);
    take(day(3), 'person-b', { act: 'approve', of: 'waiver-1' });
    expect(owing(4)).toEqual(['']);
    take(day(4), 'person-b', { act: 'revoke', of: 'waiver-1' });
    expect(owing(5)).toEqual(['web1,web2']);
  });
});

test('many exceptions and failing hosts do not hold up what people do', () => {
  for (let number = 0; number < 100; number += 1) {
    waive({ of: 'hosts', hosts: [`web${number}`] }, `waiver-${number}`);
    take(day(1), 'person-b', { act: 'approve', of: `waiver-${number}` });
  }
  for (let number = 0; number < 2000; number += 1) organisation.owed.report(`web${number}`, 3, day(4));
  const about = { of: 'audit', urgency: null, began: day(1), about: null, fields: [] } as const;
  const effort = effortOf(() => {
    for (let number = 0; number < 20; number += 1) {
      take(day(4), 'person-a', { act: 'open-case', id: `case-${number}`, ...about, fields: [] });
    }
  });
  // Some 40 ms; several seconds where each host has every exception looked through.
  expect(effort).toBeLessThan(1500);
});
