import { describe, expect, test } from 'vitest';
import { reporting, type KnownHost } from '../../../policies/checks/reporting.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { worstVerdict } from '../../../policies/verdict.ts';

const at = new Date('2026-11-22T12:00:00Z');

function known(changed: Partial<KnownHost> = {}): KnownHost {
  return {
    host: 'web1',
    expected: [],
    enrolled: '2026-01-01T00:00:00.000Z',
    last: { issued: '2026-11-22T11:00:00.000Z', received: '2026-11-22T11:00:05.000Z' },
    ...changed,
  };
}

function judge(hosts: readonly KnownHost[], when = at): string[] {
  const reasons = reporting.judge(read({ hosts }), { within: '1d' }, when);
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...reasons.map(({ code }) => code.split('.')[1] ?? '')];
}

const expected = [{ from: '2026-11-01T00:00:00.000Z', until: null }];
const last = (issued: string, received = issued): Partial<KnownHost> => ({ last: { issued, received } });

describe('a host', () => {
  test.each<[string, Partial<KnownHost>, string[]]>([
    ['that reported lately is heard', {}, ['pass', 'heard']],
    ['is heard up to the last moment', last('2026-11-21T12:00:00.000Z'), ['pass', 'heard']],
    ['is silent after it', last('2026-11-21T11:59:59.999Z'), ['fail', 'silent']],
    [
      'is as old as its facts, however late they came',
      last('2026-11-20T12:00:00.000Z', '2026-11-22T11:59:00.000Z'),
      ['fail', 'silent'],
    ],
    [
      'whose clock is ahead of the log shows nothing, and time does not heal that',
      last('2026-11-22T11:00:00.000Z', '2026-11-22T10:00:00.000Z'),
      ['unknown', 'wrong-clock'],
    ],
    ['whose report is of a time to come shows nothing', last('2026-11-22T12:05:01.000Z'), ['unknown', 'wrong-clock']],
    ['that never reported fails', { last: null }, ['fail', 'never']],
    [
      'that was enrolled a while ago is awaited',
      { last: null, enrolled: '2026-11-21T12:00:00.000Z' },
      ['not-applicable', 'awaited'],
    ],
    ['that is only expected, and never came, fails', { enrolled: null, last: null, expected }, ['fail', 'never']],
    [
      'that is expected since long is not awaited because its key is new',
      { enrolled: '2026-11-22T11:00:00.000Z', last: null, expected },
      ['fail', 'never'],
    ],
    [
      'that is not expected yet, or any more, is not asked',
      {
        ...{ enrolled: null, last: null },
        expected: [
          { from: '2026-01-01T00:00:00.000Z', until: at.toISOString() },
          { from: '2026-11-22T12:00:00.001Z', until: null },
        ],
      },
      ['unknown', 'none'],
    ],
  ])('%s', (_, changed, found) => {
    expect(judge([known(changed)])).toEqual(found);
  });

  test('of many that is silent is named', () => {
    const hosts = [known(), known({ host: 'web2', ...last('2026-11-01T00:00:00.000Z') })];
    const reasons = reporting.judge(read({ hosts }), { within: '1d' }, at);
    expect(reasons.map(({ code, subject }) => [code, subject])).toEqual([
      ['reporting.heard', 'web1'],
      ['reporting.silent', 'web2'],
    ]);
  });
});

test('that nothing is known of any host shows nothing', () => {
  expect(judge([])).toEqual(['unknown', 'none']);
  const reasons = reporting.judge(unreadable('missing', 'hosts'), { within: '1d' }, at);
  expect(reasons.map(({ verdict }) => verdict)).toEqual(['unknown']);
});

test('less than an hour is no time to ask', () => {
  expect(reporting.parameters.safeParse({ within: '59m' }).success).toBe(false);
  expect(reporting.parameters.safeParse({ within: '1h' }).success).toBe(true);
});
