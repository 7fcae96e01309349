import { expect, test } from 'vitest';
import type { Act, ActTaken } from '../../evidence/act.ts';
import { Organisation } from '../../evidence/organisation.ts';
import { observe } from '../../policies/observe.ts';
import { control as controlOf } from '../collector/web/fleets.ts';

const begun = '2026-03-01T00:00:00.000Z';
const parameters = { valid: '365d', approvals: 2 };
const control = controlOf('EX-test', 'warning', { check: 'attestation', with: parameters });

/** Who says what, one after the other. */
function verdictAfter(...acts: [by: string, act: Act][]): string {
  const organisation = new Organisation();
  for (const [by, act] of acts) {
    const taken: ActTaken = { v: 1, kind: 'act', receivedAt: begun, by, role: 'approver', act, body: [] };
    expect(organisation.take(taken)).toBeUndefined();
  }
  const facts = organisation.factsOf('attestation', { policy: 'example', control: 'EX-test', with: parameters });
  return observe('example', control, facts, new Date(begun)).verdict;
}

const attested: [string, Act] = [
  'person-a',
  {
    ...{ act: 'attest', id: 'attestation-1', policy: 'example', control: 'EX-test' },
    ...{ scope: { of: 'organisation' }, effective: begun, until: null },
  },
];
const approved = (by: string): [string, Act] => [by, { act: 'approve', of: 'attestation-1' }];

test('whoever approves twice counts once', () => {
  expect(verdictAfter(attested, approved('person-b'), approved('person-b'))).toBe('unknown');
  expect(verdictAfter(attested, approved('person-b'), approved('person-c'))).toBe('pass');
});

test('however often and however many approve, what they approved of stands', () => {
  const again = Array.from({ length: 20 }, () => approved('person-b'));
  expect(verdictAfter(attested, ...again, approved('person-c'))).toBe('pass');
  const many = Array.from({ length: 20 }, (_, index) => approved(`person-${index}`));
  expect(verdictAfter(attested, ...many)).toBe('pass');
});
