import { describe, expect, it } from 'vitest';
import { creditAmount, creditShare } from '../../../collector/availability/credit.ts';
import { statementFormats } from '../../../collector/availability/formats.ts';
import { availabilityStatement, type StatementOrder } from '../../../collector/availability/statement.ts';
import { readSource } from '../../support/sources.ts';
import { TellingLog, type Changes } from './evidence.ts';

const october = { month: '2026-10', policy: 'sla', agreement: 'majority' } as const;
const up = ['2026-09-20T00:00Z', 'up'] as const;

function enrolled(...hosts: readonly string[]): TellingLog {
  const log = new TellingLog();
  for (const host of ['vantage1', ...hosts]) log.enrol('2026-09-01T00:00:00.000Z', host);
  return log;
}

function statementOf(log: TellingLog, order: Partial<StatementOrder> = {}) {
  return availabilityStatement(log.evidence(), { ...october, ...order });
}

function promiseOf(log: TellingLog, order: Partial<StatementOrder> = {}) {
  const [promise, ...more] = statementOf(log, order).promises;
  expect(more).toEqual([]);
  if (promise === undefined) throw new Error('no promise');
  return promise;
}

/** October in Amsterdam, where the clock is set back on the 25th: 31 days and an hour. */
const whole = 2_682_000;

describe('work that the register announces', () => {
  const down: Changes = [up, ['2026-10-03T10:00Z', 'down'], ['2026-10-03T12:00Z', 'up']];
  const work = (from: string, until: string, hosts: string[] | null = null) =>
    ({ of: 'maintenance', hosts, from: new Date(from).toISOString(), until: new Date(until).toISOString() }) as const;
  const saturday = work('2026-10-03T10:00Z', '2026-10-03T12:00Z');
  const before = '2026-10-01T00:00:00.000Z';
  const downOf = (log: TellingLog) => {
    const { down: lost, maintenance } = promiseOf(log);
    return { lost, maintenance };
  };
  const counted = { lost: 0, maintenance: 7200 };
  const not = { lost: 7200, maintenance: 0 };

  it.each([
    ['counts where it was written down before', before, saturday, counted],
    ['does not count where it was written down when it had begun', '2026-10-03T10:00:01.000Z', saturday, not],
    ['counts on the host where the target is', before, { ...saturday, hosts: ['db1', 'www.example.nl'] }, counted],
    ['counts on a host of the name of the target', before, { ...saturday, hosts: ['www'] }, counted],
    ['does not count on others', before, { ...saturday, hosts: ['db1.example.nl'] }, not],
    [
      'counts for the part of the outage that it covers',
      before,
      work('2026-10-03T11:00Z', '2026-10-03T13:00Z'),
      { lost: 3600, maintenance: 7200 },
    ],
  ])('%s', (_, receivedAt, record, expected) => {
    const log = enrolled().act(receivedAt, { act: 'record', id: 'work-1', record });
    expect(downOf(log.tell('2026-11-01T12:00Z', down))).toEqual(expected);
  });

  it('counts as it stood when it began, whatever became of the line, and is named', () => {
    const log = enrolled();
    log.act(before, { act: 'record', id: 'work-1', record: work('2026-10-02T10:00Z', '2026-10-02T12:00Z') });
    log.act('2026-10-01T12:00:00.000Z', { act: 'record', id: 'work-1', record: saturday });
    log.act('2026-10-03T11:00:00.000Z', {
      ...({ act: 'record', id: 'work-1' } as const),
      record: work('2026-10-03T09:00Z', '2026-10-03T20:00Z'),
    });
    log.act('2026-10-04T00:00:00.000Z', { act: 'strike', of: 'work-1' });
    log.tell('2026-11-01T12:00Z', down);
    expect(downOf(log)).toEqual(counted);
    const { from, until } = saturday;
    expect(statementOf(log).work).toEqual([{ id: 'work-1', index: 2, from, until }]);
  });

  it('does not count where the line was struck before', () => {
    const log = enrolled();
    log.act(before, { act: 'record', id: 'work-1', record: saturday });
    log.act('2026-10-02T00:00:00.000Z', { act: 'strike', of: 'work-1' });
    log.tell('2026-11-01T12:00Z', down);
    expect(downOf(log)).toEqual(not);
    expect(statementOf(log).work).toEqual([]);
  });
});

describe('the statement of a month', () => {
  it('gives what is worked by hand in its docs', () => {
    const three: Changes = [
      up,
      ['2026-10-03T10:00Z', 'down'],
      ['2026-10-03T10:50Z', 'up'],
      // Through the hour that comes twice.
      ['2026-10-25T00:10Z', 'down'],
      ['2026-10-25T01:50Z', 'up'],
      ['2026-10-30T23:30Z', 'down'],
      ['2026-10-31T00:20Z', 'up'],
    ];
    const log = enrolled().tell('2026-11-01T12:00Z', three);
    const fee = { amount: 10_000, currency: 'EUR' };
    expect(promiseOf(log, { fee })).toEqual({
      control: 'S-available',
      target: 'www',
      service: 'https',
      what: 'https://www.example.nl/',
      vantages: ['vantage1'],
      minimum: 99.9,
      up: whole - 12_000,
      down: 12_000,
      unknown: 0,
      maintenance: 0,
      percent: 99.552,
      allowance: 2682,
      left: -9318,
      outcome: 'broken',
      credit: { share: 40, amount: 4000 },
      creditAtMost: { share: 40, amount: 4000 },
    });
    const page = readSource('docs/checks/availability.md').replace(/\s+/g, ' ');
    for (const figure of ['3 hours 20 minutes', '2 × 20 % = 40 %', 'EUR 40.00', '44,700 minutes', '99.552 %']) {
      expect(page).toContain(figure);
    }
  });

  it('cuts outages at the edges of the month', () => {
    const edges: Changes = [
      up,
      ['2026-09-30T21:30Z', 'down'],
      ['2026-09-30T22:10Z', 'up'],
      ['2026-10-31T22:50Z', 'down'],
      ['2026-10-31T23:30Z', 'up'],
    ];
    const log = enrolled().tell('2026-10-02T00:00Z', edges.slice(0, 3)).tell('2026-11-01T12:00Z', edges);
    expect(promiseOf(log)).toMatchObject({ down: 1200, outcome: 'kept', left: 1482 });
    expect(promiseOf(log, { month: '2026-09' })).toMatchObject({ down: 1800 });
  });

  it('is unknown where nobody looked, and says what the credit would be at most', () => {
    const log = enrolled().tell('2026-11-01T12:00Z', [
      ['2026-10-01T22:00Z', 'up'],
      ['2026-10-10T00:00Z', 'down'],
      ['2026-10-10T00:30Z', 'up'],
    ]);
    expect(promiseOf(log)).toMatchObject({
      unknown: 86_400,
      down: 1800,
      outcome: 'unknown',
      credit: { share: 0, amount: null },
      creditAtMost: { share: 100, amount: null },
    });
  });

  it('knows nothing of what comes after the last report', () => {
    const log = enrolled().tell('2026-10-20T00:00Z', [up]);
    expect(promiseOf(log)).toMatchObject({ up: 19 * 86_400 + 7200, outcome: 'unknown', percent: 100 });
  });

  it('heeds nothing that was received more than nine days after the month, so that it stays as it is', () => {
    const log = enrolled().tell('2026-11-02T00:00Z', [up]);
    const before = statementOf(log);
    log.tell('2026-11-10T00:00Z', [up, ['2026-10-05T00:00Z', 'down'], ['2026-10-06T00:00Z', 'up']]);
    expect(statementOf(log)).toEqual(before);
  });
});

describe('several reports', () => {
  it('of which one told an outage that a later one leaves out: it stays', () => {
    const log = enrolled()
      .tell('2026-10-05T12:00Z', [up, ['2026-10-05T10:00Z', 'down'], ['2026-10-05T11:00Z', 'up']])
      .tell('2026-11-01T12:00Z', [up]);
    expect(promiseOf(log)).toMatchObject({ down: 3600, outcome: 'broken' });
  });

  it('tell an outage to the second, though one was made in the midst of it', () => {
    const log = enrolled()
      .tell('2026-10-05T10:15:10Z', [up, ['2026-10-05T10:00:00Z', 'down']])
      .tell('2026-11-01T12:00Z', [up, ['2026-10-05T10:00:00Z', 'down'], ['2026-10-05T10:15:00Z', 'up']]);
    expect(promiseOf(log)).toMatchObject({ down: 900, unknown: 0 });
  });

  it('fill in for each other where a record was lost', () => {
    const log = enrolled()
      .tell('2026-10-10T00:00Z', [up])
      .tell('2026-11-01T12:00Z', [['2026-10-10T01:00Z', 'up']]);
    expect(promiseOf(log)).toMatchObject({ unknown: 3600, up: whole - 3600, outcome: 'unknown' });
  });

  it('say nothing where their date contradicts the log', () => {
    const log = enrolled().tell('2026-11-01T12:00Z', [up], { receivedAt: '2026-10-20T00:00Z' });
    expect(() => statementOf(log)).toThrow('no report of 2026-10');
  });

  it('say nothing once their key was withdrawn', () => {
    const log = enrolled().tell('2026-10-10T00:00Z', [up]);
    log.revoke('2026-10-11T00:00:00.000Z', 'vantage1', 'compromised').tell('2026-11-01T12:00Z', [up]);
    expect(promiseOf(log).up).toBe(Date.parse('2026-10-10T00:00Z') / 1000 - Date.parse('2026-09-30T22:00Z') / 1000);
  });

  it('of hosts that the control does not hold for, or without two controls, do not count', () => {
    const log = enrolled('inside1').tell('2026-11-01T12:00Z', [up]);
    log.tell('2026-11-01T12:00Z', [['2026-09-20T00:00Z', 'down']], { host: 'inside1', labels: { vantage: 'inside' } });
    expect(promiseOf(log)).toMatchObject({ down: 0, vantages: ['vantage1'] });
    const blind = enrolled().tell('2026-11-01T12:00Z', [up], { controls: ['a:443'] });
    expect(promiseOf(blind)).toMatchObject({ up: 0, percent: null, outcome: 'unknown' });
  });

  it('are named, the first and the last of those that say the same', () => {
    const log = enrolled()
      .tell('2026-10-10T00:00Z', [up])
      .tell('2026-10-11T00:00Z', [up])
      .tell('2026-10-12T00:00Z', [up]);
    const { entries } = statementOf(log);
    expect(entries.map(({ index, host, issuedAt }) => [index, host, issuedAt])).toEqual([
      [1, 'vantage1', '2026-10-10T00:00:00.000Z'],
      [3, 'vantage1', '2026-10-12T00:00:00.000Z'],
    ]);
    for (const { digest } of entries) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('several vantage points', () => {
  const hour: Changes = [up, ['2026-10-05T10:00Z', 'down'], ['2026-10-05T11:00Z', 'up']];
  const half: Changes = [up, ['2026-10-05T10:30Z', 'down'], ['2026-10-05T11:00Z', 'up']];
  const cutOff: Changes = [up, ['2026-10-05T10:00Z', 'unknown'], ['2026-10-05T11:00Z', 'up']];

  function seenFrom(...seen: readonly Changes[]): TellingLog {
    const log = enrolled(...seen.slice(1).map((_, index) => `vantage${index + 2}`));
    for (const [index, changes] of seen.entries()) {
      log.tell('2026-11-01T12:00Z', changes, { host: `vantage${index + 1}` });
    }
    return log;
  }

  it.each([
    ['two of three', [hour, half, [up]], 1800, 0],
    ['all', [hour, half, half], 3600 - 1800, 1800],
    ['one of two', [hour, [up]], 0, 0],
    ['one, while the other was cut off', [hour, cutOff], 3600, 3600],
    ['none, while one was cut off', [cutOff, [up]], 0, 0],
  ] as [string, Changes[], number, number][])('%s saw it down', (_, seen, majority, all) => {
    const log = seenFrom(...seen);
    expect(promiseOf(log)).toMatchObject({ down: majority, unknown: 0 });
    expect(promiseOf(log, { agreement: 'all' })).toMatchObject({ down: all, unknown: 0 });
  });

  it('that were all cut off know nothing', () => {
    expect(promiseOf(seenFrom(cutOff, cutOff))).toMatchObject({ down: 0, unknown: 3600, outcome: 'unknown' });
  });
});

describe('announced work', () => {
  const work = {
    from: '2026-10-10T00:00:00.000Z',
    until: '2026-10-10T04:00:00.000Z',
    announcedAt: '2026-10-01T00:00:00.000Z',
    targets: [],
  };
  const down: Changes = [up, ['2026-10-10T00:00Z', 'down'], ['2026-10-10T04:10Z', 'up']];
  const after = '2026-11-01T12:00Z';

  it('is left out where a report that names it was received in time', () => {
    const log = enrolled().tell('2026-10-08T00:00Z', [up], { maintenance: [work] });
    log.tell(after, down, { maintenance: [work] });
    expect(promiseOf(log)).toMatchObject({ maintenance: 14_400, down: 600, up: whole - 15_000, outcome: 'kept' });
  });

  it.each([
    ['was received too late', '2026-10-09T12:00Z'],
    ['came only afterwards', '2026-10-11T00:00Z'],
  ])('counts as being down where a report that names it %s, whatever date it bears', (_, first) => {
    const log = enrolled()
      .tell('2026-10-08T00:00Z', [up])
      .tell(first, [up], { maintenance: [work] });
    log.tell(after, down, { maintenance: [work] });
    expect(promiseOf(log)).toMatchObject({ maintenance: 0, down: 15_000, outcome: 'broken' });
  });

  it('does not count where it was called off', () => {
    const log = enrolled()
      .tell('2026-10-08T00:00Z', [up], { maintenance: [work] })
      .tell('2026-10-09T00:00Z', [up]);
    log.tell(after, down);
    expect(promiseOf(log)).toMatchObject({ maintenance: 0, down: 15_000 });
  });
});

describe('the credit', () => {
  it.each([
    [0, 0],
    [44 * 60 + 59, 0],
    [45 * 60, 0],
    [105 * 60 - 1, 0],
    [105 * 60, 20],
    [165 * 60 - 1, 20],
    [165 * 60, 40],
    [345 * 60 - 1, 80],
    [345 * 60, 100],
    [31 * 86_400, 100],
  ])('for %i seconds is %i %%', (down, share) => {
    expect(creditShare(down)).toBe(share);
  });

  it('is given in hundredths', () => {
    expect(creditAmount(9950, 20)).toBe(1990);
    expect(creditAmount(1, 20)).toBe(0);
    expect(creditAmount(3, 20)).toBe(1);
  });
});

describe('as a file', () => {
  it('keeps formulas from spreadsheets, and figures as they are', () => {
    const log = enrolled().tell('2026-11-01T12:00Z', [up, ['2026-10-05T10:00Z', 'down'], ['2026-10-05T11:00Z', 'up']]);
    const statement = statementOf(log, { fee: { amount: 10_000, currency: 'EUR' } });
    const [head = '', row = ''] = statementFormats.csv(statement).split('\r\n');
    expect(row.split(',')).toHaveLength(head.split(',').length);
    expect(row).toContain(',-918,broken,0,0.00,0,0.00,EUR');
    const [promise] = statement.promises;
    if (promise === undefined) throw new Error('no promise');
    const armed = { ...statement, promises: [{ ...promise, target: '=cmd()' }] };
    expect(statementFormats.csv(armed)).toContain("'=cmd()");
    expect(statementFormats.table(statement)).toContain('15 minutes 18 seconds more than the 44 minutes 42 seconds');
  });
});
