import { describe, expect, test } from 'vitest';
import { cases, type Case } from '../../../policies/checks/cases.ts';
import { read } from '../../../policies/reading.ts';
import { worstVerdict } from '../../../policies/verdict.ts';

const began = '2026-04-24T10:00:00.000Z';

function caseOf(changed: Partial<Case> = {}): Case {
  return {
    id: 'case-1',
    of: 'data-leak',
    urgency: null,
    began,
    recorded: began,
    steps: [],
    fields: [],
    closed: null,
    ...changed,
  };
}

function step(name: string, recorded: string): Case['steps'][number] {
  return { step: name, recorded };
}

function judge(found: readonly Case[], parameters: object, when: string): string[] {
  const reasons = cases.judge(read({ cases: found }), { of: 'data-leak', ...parameters }, new Date(when));
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...reasons.map(({ code }) => code.split('.')[1] ?? '')];
}

const told = { steps: [{ step: 'customer-told', within: '24h' }] };

describe('a term of a case', () => {
  test.each([
    [
      'is still open a moment before its end',
      [caseOf()],
      told,
      '2026-04-25T09:59:59.999Z',
      ['not-applicable', 'pending'],
    ],
    ['is over at its end', [caseOf()], told, '2026-04-25T10:00:00.000Z', ['fail', 'overdue']],
    [
      'is kept by what was written down in 23 hours',
      [caseOf({ steps: [step('customer-told', '2026-04-25T09:00:00Z')] })],
      told,
      '2026-04-25T09:30:00Z',
      ['pass', 'in-time'],
    ],
    [
      'is broken by what was written down in 25 hours',
      [caseOf({ steps: [step('customer-told', '2026-04-25T11:00:00Z')] })],
      told,
      '2026-04-25T11:30:00Z',
      ['fail', 'late'],
    ],
    [
      'that was broken is remembered',
      [caseOf({ steps: [step('customer-told', '2026-04-25T11:00:00Z')] })],
      told,
      '2026-05-26T10:59:59Z',
      ['fail', 'late'],
    ],
    [
      'that was broken is told of afterwards',
      [caseOf({ steps: [step('customer-told', '2026-04-25T11:00:00Z')] })],
      told,
      '2026-05-26T11:00:00Z',
      ['not-applicable', 'was-late'],
    ],
    [
      'is broken by closing the case without the step',
      [caseOf({ closed: '2026-04-24T12:00:00Z' })],
      told,
      '2026-04-24T13:00:00Z',
      ['fail', 'overdue'],
    ],
    [
      'of working days passes over the weekend and the King',
      [caseOf()],
      { steps: [{ step: 'examined', within: '2wd' }] },
      '2026-04-29T21:59:59Z',
      ['not-applicable', 'pending'],
    ],
    [
      'of working days ends with the second of them',
      [caseOf()],
      { steps: [{ step: 'examined', within: '2wd' }] },
      '2026-04-29T22:00:00Z',
      ['fail', 'overdue'],
    ],
    [
      'that follows another step has not begun before it',
      [caseOf()],
      { steps: [{ step: 'solved', within: '1h', from: 'confirmed' }] },
      '2027-01-01T00:00:00Z',
      ['not-applicable', 'none'],
    ],
    [
      'that follows another step counts from it',
      [caseOf({ steps: [step('confirmed', '2026-04-24T11:00:00Z')] })],
      { steps: [{ step: 'solved', within: '1h', from: 'confirmed' }] },
      '2026-04-24T12:00:00Z',
      ['fail', 'overdue'],
    ],
    [
      'that must pass first is broken by haste',
      [caseOf({ steps: [step('held', '2026-04-29T10:00:00Z')] })],
      { steps: [{ step: 'held', notBefore: '5wd' }] },
      '2026-05-01T00:00:00Z',
      ['fail', 'early'],
    ],
    [
      'that must pass first is kept',
      [caseOf({ steps: [step('held', '2026-05-05T10:00:00Z')] })],
      { steps: [{ step: 'held', notBefore: '5wd' }] },
      '2026-06-01T00:00:00Z',
      ['pass', 'in-time'],
    ],
  ] as const)('%s', (_, found, parameters, when, expected) => {
    expect(judge(found, parameters, when)).toEqual(expected);
  });
});

describe('a case', () => {
  test.each([
    ['of another kind is none of these', [caseOf({ of: 'incident' })], told, ['not-applicable', 'none']],
    [
      'of another urgency is none of these',
      [caseOf({ urgency: 'normal' })],
      { ...told, urgency: 'urgent' },
      ['not-applicable', 'none'],
    ],
    [
      'says all that it is to say',
      [caseOf({ closed: '2026-04-24T12:00:00Z', fields: ['consequences', 'nature'] })],
      { fields: ['nature', 'consequences'] },
      ['pass', 'complete'],
    ],
    [
      'that leaves something out fails',
      [caseOf({ closed: '2026-04-24T12:00:00Z', fields: ['nature'] })],
      { fields: ['nature', 'consequences'] },
      ['fail', 'incomplete'],
    ],
    [
      'that is open may still leave it out',
      [caseOf({ fields: ['nature'] })],
      { fields: ['nature', 'consequences'] },
      ['not-applicable', 'none'],
    ],
    [
      'that came soon after another fails',
      [caseOf({ began: '2026-01-01T00:00:00Z' }), caseOf({ id: 'case-2' })],
      { apart: '365d' },
      ['fail', 'spaced', 'too-soon'],
    ],
    [
      'that came a year after another passes',
      [caseOf({ began: '2025-04-24T10:00:00Z' }), caseOf({ id: 'case-2' })],
      { apart: '365d' },
      ['pass', 'spaced', 'spaced'],
    ],
    [
      'that begins after it was written down is unknown',
      [caseOf({ began: '2026-04-26T10:00:00Z' })],
      told,
      ['unknown', 'backdated', 'pending'],
    ],
  ] as const)('%s', (_, found, parameters, expected) => {
    expect(judge(found, parameters, '2026-04-24T13:00:00Z')).toEqual(expected);
  });

  test('that nobody weighed is urgent, and not without a term', () => {
    const steps = [{ step: 'examined', within: '24h' }];
    const when = '2026-04-26T00:00:00Z';
    expect(judge([caseOf()], { steps, urgency: 'urgent' }, when)).toEqual(['fail', 'overdue']);
    expect(judge([caseOf()], { steps, urgency: 'normal' }, when)).toEqual(['not-applicable', 'none']);
  });

  test('that was late does not hide behind one that was in time', () => {
    const late = caseOf({ steps: [step('customer-told', '2026-04-25T11:00:00Z')] });
    const inTime = caseOf({ id: 'case-2', steps: [step('customer-told', '2026-04-24T11:00:00Z')] });
    expect(judge([late, inTime], told, '2026-04-26T00:00:00Z')[0]).toBe('fail');
    expect(judge([inTime, late], told, '2026-04-26T00:00:00Z')[0]).toBe('fail');
  });

  test('is asked something, or the policy is wrong', () => {
    expect(cases.parameters.safeParse({ of: 'data-leak' }).success).toBe(false);
    expect(cases.parameters.safeParse({ of: 'data-leak', steps: [{ step: 'told' }] }).success).toBe(false);
    expect(cases.parameters.safeParse({ of: 'leak', fields: ['nature'] }).success).toBe(false);
  });
});

describe('a finding that the collector opened', () => {
  const examined = { of: 'finding', steps: [{ step: 'examined', within: '24h' }] };
  const finding = (...steps: Case['steps']): Case =>
    caseOf({ of: 'finding', steps, closed: steps.at(-1)?.recorded ?? null });

  test.each(['passed', 'waived', 'gone'])(
    'that came to its end in time (%s) needs no examination any more',
    (ending) => {
      const ended = finding(step(ending, '2026-04-25T09:00:00Z'));
      expect(judge([ended], examined, '2026-05-01T00:00:00Z')).toEqual(['not-applicable', 'ended']);
    },
  );

  test('that came to its end after the term had to be examined', () => {
    const ended = finding(step('passed', '2026-04-25T10:00:00Z'));
    expect(judge([ended], examined, '2026-04-26T00:00:00Z')).toEqual(['fail', 'overdue']);
  });

  test('that was closed without such an end had to be examined', () => {
    const closed = finding(step('looked', '2026-04-24T11:00:00Z'));
    expect(judge([closed], examined, '2026-04-24T12:00:00Z')).toEqual(['fail', 'overdue']);
  });

  test('is the only kind of case that ends by itself', () => {
    const leak = caseOf({ steps: [step('passed', '2026-04-24T11:00:00Z')], closed: '2026-04-24T11:00:00Z' });
    expect(judge([leak], told, '2026-04-24T12:00:00Z')).toEqual(['fail', 'overdue']);
  });
});

describe('a failure of a host that has no finding', () => {
  const owed = [{ host: 'web1', failing: 2, accounted: 1, since: began }];
  const codesAt = (of: string, when: string): string[] => {
    const parameters = { of, steps: [{ step: 'examined', within: '24h' }] };
    return cases.judge(read({ cases: [], owed }), parameters, new Date(when)).map(({ code }) => code);
  };

  test('leaves open whether findings are examined, once the collector had time to open one', () => {
    expect(codesAt('finding', '2026-04-24T10:59:59.999Z')).toEqual(['cases.none']);
    expect(codesAt('finding', '2026-04-24T11:00:00.000Z')).toEqual(['cases.unopened']);
  });

  test('says nothing of other cases', () => {
    expect(codesAt('incident', '2026-04-30T00:00:00.000Z')).toEqual(['cases.none']);
  });
});
