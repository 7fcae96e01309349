import { describe, expect, test } from 'vitest';
import { spotChecks, type Lot, type MonthFacts, type SpotCheck } from '../../../policies/checks/spot-checks.ts';
import { read } from '../../../policies/reading.ts';
import { worstVerdict } from '../../../policies/verdict.ts';

const sample: Lot[] = ['web1', 'web2', 'web3'].map((host) => ({ host, policy: 'p', control: 'C' }));

function month(changed: Partial<MonthFacts> = {}): MonthFacts {
  return {
    month: '2026-11',
    begun: '2026-10-31T23:05:00.000Z',
    population: 40,
    drawn: '2026-11-02T09:00:00.000Z',
    sample,
    checks: [],
    ...changed,
  };
}

/** What was found on the first hosts of the sample. */
function looked(recorded: string, ...found: SpotCheck['found'][]): SpotCheck[] {
  return found.map((one, index) => ({
    ...(sample[index] ?? { host: '', policy: '', control: '' }),
    found: one,
    recorded,
  }));
}

/** Two of each month, within ten working days: for November by the end of the 16th. */
function judge(
  months: readonly MonthFacts[],
  when: string,
  asked: string | null = '2026-10-15T00:00:00.000Z',
): string[] {
  const facts = read({ asked, months });
  const reasons = spotChecks.judge(facts, { sample: 2, within: '10wd' }, new Date(when));
  const told = reasons.map(({ code, subject }) => `${code.split('.')[1] ?? ''} ${subject ?? ''}`.trim());
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...told];
}

const inTime = '2026-11-10T12:00:00.000Z';

describe('a month', () => {
  test.each<[string, MonthFacts[], string, string[]]>([
    [
      'of which nothing was drawn yet is open',
      [month({ drawn: null, sample: [] })],
      '2026-11-01T12:00:00Z',
      ['not-applicable', 'awaits 2026-11'],
    ],
    [
      'of which nothing was drawn in a day is unknown',
      [month({ drawn: null, sample: [] })],
      '2026-11-01T23:05:00Z',
      ['unknown', 'not-drawn 2026-11'],
    ],
    ['that the log does not have is unknown after a day', [], '2026-11-01T23:00:00Z', ['unknown', 'no-entry 2026-11']],
    ['that has just begun is open', [], '2026-11-01T22:59:59Z', ['not-applicable', 'awaits 2026-11']],
    [
      'that began while no host reported is unknown',
      [month({ population: 0, drawn: null, sample: [] })],
      inTime,
      ['unknown', 'nothing 2026-11'],
    ],
    [
      'whose documents are not there is unknown',
      [month({ population: null, sample: [] })],
      inTime,
      ['unknown', 'unread 2026-11'],
    ],
    [
      'is open until its term',
      [month({ checks: looked(inTime, 'confirmed') })],
      '2026-11-16T22:59:59Z',
      ['not-applicable', 'open 2026-11'],
    ],
    [
      'is missed after its term',
      [month({ checks: looked(inTime, 'confirmed') })],
      '2026-11-16T23:00:00Z',
      ['fail', 'missing 2026-11 web2 p C'],
    ],
    [
      'is kept where all that is asked was looked at',
      [month({ checks: looked(inTime, 'confirmed', 'confirmed') })],
      '2026-11-20T00:00:00Z',
      ['pass', 'made 2026-11'],
    ],
    [
      'is not kept by looking at something else',
      [month({ checks: looked(inTime, 'confirmed', 'confirmed', 'confirmed').slice(1) })],
      '2026-11-20T00:00:00Z',
      ['fail', 'missing 2026-11 web1 p C'],
    ],
    [
      'was late where it was looked at after the term',
      [month({ checks: looked('2026-11-17T00:00:00.000Z', 'confirmed', 'confirmed') })],
      '2026-11-20T00:00:00Z',
      ['fail', 'late 2026-11 web1 p C', 'late 2026-11 web2 p C'],
    ],
  ])('%s', (_, months, when, expected) => {
    expect(judge(months, when)).toEqual(expected);
  });

  test('is told as late for a while only', () => {
    const late = month({ checks: looked('2026-11-17T00:00:00.000Z', 'confirmed', 'confirmed') });
    const december = month({
      ...{ month: '2026-12', begun: '2026-11-30T23:05:00.000Z', drawn: '2026-12-17T00:00:00.000Z' },
    });
    const codes = judge([late, december], '2026-12-18T00:00:00.000Z');
    expect(codes).toEqual(['not-applicable', 'was-late 2026-11 web1 p C', 'was-late 2026-11 web2 p C', 'open 2026-12']);
  });

  test('of which nothing could be drawn is unknown for a while after it only', () => {
    const november = month({ population: 0, drawn: null, sample: [] });
    const begun = '2026-11-30T23:05:00.000Z';
    const checks = looked('2026-12-02T00:00:00.000Z', 'confirmed', 'confirmed');
    const december = month({ month: '2026-12', begun, drawn: begun, checks });
    expect(judge([november, december], '2026-12-31T22:59:59Z')).toEqual(['unknown', 'nothing 2026-11', 'made 2026-12']);
    const january = month({ month: '2027-01', begun: '2026-12-31T23:00:00.000Z' });
    expect(judge([november, december, january], '2026-12-31T23:00:00Z').slice(1, 3)).toEqual([
      'had-nothing 2026-11',
      'made 2026-12',
    ]);
  });

  test('fails where somebody found otherwise, until he looked again', () => {
    const first = looked(inTime, 'confirmed', 'deviates');
    expect(judge([month({ checks: first })], '2026-11-20T00:00:00Z')).toEqual(['fail', 'deviates 2026-11 web2 p C']);
    const again = [...first, ...looked('2026-11-19T00:00:00.000Z', 'confirmed', 'confirmed')];
    expect(judge([month({ checks: again })], '2026-11-20T00:00:00Z')).toEqual(['pass', 'made 2026-11']);
  });

  test('that is left out between two others is unknown', () => {
    const kept = month({ checks: looked(inTime, 'confirmed', 'confirmed') });
    const january = month({ month: '2027-01', begun: '2026-12-31T23:05:00.000Z', population: 0, drawn: null });
    expect(judge([kept, january], '2027-01-10T00:00:00Z')).toEqual([
      ...['unknown', 'made 2026-11', 'no-entry 2026-12', 'nothing 2027-01'],
    ]);
  });
});

describe('what is asked', () => {
  test('begins with the first whole month', () => {
    expect(judge([], '2026-10-31T22:59:59Z')).toEqual(['not-applicable', 'first']);
    expect(judge([month()], '2026-11-20T00:00:00Z', '2026-11-01T12:00:00.000Z')).toEqual(['not-applicable', 'first']);
  });

  test('is nothing that could be shown where nobody follows the document', () => {
    expect(judge([], inTime, null)).toEqual(['unknown']);
  });
});
