import { describe, expect, it } from 'vitest';
import { availability } from '../../../policies/checks/availability.ts';
import type { AvailabilityFacts, Stretch, Target, Window } from '../../../policies/checks/availability/facts.ts';
import { watchMoment } from '../../../policies/moments.ts';
import { read } from '../../../policies/reading.ts';

const promise = { minimum: 99.9 };

function stretch(from: string, state: Stretch['state'], why?: string): Stretch {
  return { from: new Date(from).toISOString(), state, ...(why === undefined ? {} : { why }) };
}

const upSinceSeptember = stretch('2026-09-20T00:00Z', 'up');

interface Seen {
  readonly stretches: readonly Stretch[];
  readonly maintenance?: readonly Partial<Window>[];
  readonly controls?: readonly string[];
}

function factsOf({ stretches, maintenance = [], controls = ['a:443', 'b:443'] }: Seen): AvailabilityFacts {
  const target: Target = {
    target: 'www',
    service: 'https',
    purpose: 'service',
    what: 'https://www.example.nl/',
    stretches: [...stretches],
  };
  const announced = { announcedAt: '2026-09-01T00:00:00Z', seenAt: '2026-09-01T00:00:00Z', targets: [] };
  const windows = maintenance.map((window) => ({ from: '', until: '', ...announced, ...window }));
  return { controls: [...controls], maintenance: windows, targets: read([target]) };
}

function judge(seen: Seen, at: string, parameters: object = promise) {
  return availability.judge(read(factsOf(seen)), parameters, new Date(at));
}

function first(seen: Seen, at: string, parameters?: object) {
  const [reason] = judge(seen, at, parameters);
  return { verdict: reason?.verdict, code: reason?.code.replace('availability.', ''), ...reason?.values };
}

/** What 99.9 % leaves of October in Amsterdam, which has 31 days and an hour: 2,682,000 s. */
const octobers = 2682;

describe('a month of availability', () => {
  it('is kept while less than the promise leaves is lost, and says how much', () => {
    const seen = [
      upSinceSeptember,
      stretch('2026-10-05T10:00Z', 'down', 'refused'),
      stretch('2026-10-05T10:40Z', 'up'),
    ];
    expect(first({ stretches: seen }, '2026-10-20T12:00Z')).toEqual({
      verdict: 'pass',
      code: 'kept',
      month: '2026-10',
      minimum: 99.9,
      allowance: octobers,
      down: 2400,
      unseen: 0,
    });
  });

  it('fails from the very second at which more is lost, and not a second before', () => {
    const down = stretch('2026-10-05T10:00:00Z', 'down', 'refused');
    const stretches = [upSinceSeptember, down];
    expect(first({ stretches }, '2026-10-05T10:44:42Z')).toMatchObject({ verdict: 'pass', code: 'down-now' });
    expect(first({ stretches }, '2026-10-05T10:44:42.001Z')).toMatchObject({
      verdict: 'fail',
      code: 'used-up-now',
      since: down.from,
      down: 0,
      why: 'refused',
    });
  });

  it('stays failed after the service came back, until the month ends', () => {
    const stretches = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'down'), stretch('2026-10-05T10:45Z', 'up')];
    expect(first({ stretches }, '2026-10-31T22:59:59Z')).toMatchObject({
      verdict: 'fail',
      code: 'used-up',
      down: 2700,
    });
    expect(first({ stretches }, '2026-10-31T23:00:00Z')).toMatchObject({ verdict: 'pass', month: '2026-11', down: 0 });
  });

  it('is kept where exactly what the promise leaves was lost', () => {
    const exact = [upSinceSeptember, stretch('2026-10-05T10:00:00Z', 'down'), stretch('2026-10-05T10:44:42Z', 'up')];
    expect(first({ stretches: exact }, '2026-10-06T00:00Z')).toMatchObject({ verdict: 'pass', down: octobers });
    expect(first({ stretches: [upSinceSeptember] }, '2026-10-06T00:00Z', { minimum: 100 })).toMatchObject({
      verdict: 'pass',
      allowance: 0,
    });
  });

  it('splits an outage over midnight of the zone, not of Greenwich', () => {
    const stretches = [upSinceSeptember, stretch('2026-10-31T22:50Z', 'down'), stretch('2026-10-31T23:20Z', 'up')];
    expect(first({ stretches }, '2026-10-31T23:30Z')).toMatchObject({ month: '2026-11', down: 1200 });
    expect(first({ stretches }, '2026-10-31T23:30Z', { minimum: 99.9, zone: 'UTC' })).toMatchObject({
      month: '2026-10',
      down: 1800,
    });
  });

  it('is as long as the clock makes it: March loses an hour', () => {
    const stretches = [stretch('2026-02-20T00:00Z', 'up')];
    expect(first({ stretches }, '2026-03-30T00:00Z')).toMatchObject({ month: '2026-03', allowance: 2674 });
    // 31 days less one hour: 2,674,800 s.
  });

  it('counts an outage in the night of the clock change by the time that passed', () => {
    // From 02:30 to 02:30 on the clock: the hour from two to three comes twice.
    const stretches = [upSinceSeptember, stretch('2026-10-25T00:30Z', 'down'), stretch('2026-10-25T01:30Z', 'up')];
    expect(first({ stretches }, '2026-10-26T00:00Z')).toMatchObject({ verdict: 'fail', down: 3600 });
  });

  it('takes 99.99 % for what it is', () => {
    const stretches = [
      upSinceSeptember,
      stretch('2026-10-05T10:00:00Z', 'down'),
      stretch('2026-10-05T10:04:29Z', 'up'),
    ];
    expect(first({ stretches }, '2026-10-06T00:00Z', { minimum: 99.99 })).toMatchObject({
      verdict: 'fail',
      down: 269,
      allowance: 268,
    });
  });
});

describe('time in which nobody looked', () => {
  it('makes the month unknown where it could hide a breach', () => {
    const stretches = [
      upSinceSeptember,
      stretch('2026-10-05T10:00Z', 'unknown', 'nobody looked'),
      stretch('2026-10-05T11:00Z', 'up'),
    ];
    expect(first({ stretches }, '2026-10-06T00:00Z')).toMatchObject({
      verdict: 'unknown',
      code: 'unseen',
      unseen: 3600,
    });
  });

  it('counts together with what was lost', () => {
    const stretches = [
      upSinceSeptember,
      stretch('2026-10-05T10:00Z', 'down'),
      stretch('2026-10-05T10:30Z', 'unknown'),
      stretch('2026-10-05T10:50Z', 'up'),
    ];
    expect(first({ stretches }, '2026-10-06T00:00Z')).toMatchObject({
      verdict: 'unknown',
      code: 'unseen',
      down: 1800,
      unseen: 1200,
    });
  });

  it('does not hide a breach that is certain', () => {
    const stretches = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'down'), stretch('2026-10-05T11:00Z', 'unknown')];
    expect(first({ stretches }, '2026-10-06T00:00Z')).toMatchObject({ verdict: 'fail', code: 'used-up', down: 3600 });
  });

  it('is all that was before the agent began to look', () => {
    const stretches = [stretch('2026-10-02T00:00Z', 'up')];
    expect(first({ stretches }, '2026-10-03T00:00Z')).toMatchObject({ verdict: 'unknown', unseen: 26 * 3600 });
  });

  it('goes on until somebody looks again', () => {
    const stretches = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'unknown', 'no control answered')];
    expect(first({ stretches }, '2026-10-05T10:44Z')).toMatchObject({ verdict: 'pass', code: 'unseen-now' });
    expect(first({ stretches }, '2026-10-05T10:45Z')).toMatchObject({
      verdict: 'unknown',
      code: 'unseen-or-down',
      why: 'no control answered',
    });
  });

  it('is everything where nothing was recorded', () => {
    expect(first({ stretches: [] }, '2026-10-05T10:44Z')).toMatchObject({ verdict: 'unknown', code: 'never-watched' });
  });
});

describe('announced work', () => {
  const work = { from: '2026-10-10T00:00:00Z', until: '2026-10-10T04:00:00Z' };
  const stretches = [upSinceSeptember, stretch('2026-10-10T00:00Z', 'down'), stretch('2026-10-10T04:10Z', 'up')];

  it('is left out, of what was lost and of what was promised', () => {
    expect(first({ stretches, maintenance: [work] }, '2026-10-11T00:00Z')).toMatchObject({
      verdict: 'pass',
      down: 600,
      // A thousandth of 2,682,000 s less four hours.
      allowance: 2667,
    });
  });

  it('counts once where two announcements overlap', () => {
    const twice = [work, { ...work, from: '2026-10-10T03:00:00Z' }];
    expect(first({ stretches, maintenance: twice }, '2026-10-11T00:00Z')).toMatchObject({ down: 600, allowance: 2667 });
  });

  it('does not count where it was announced too late, and says so', () => {
    const late = { ...work, announcedAt: '2026-10-09T00:00:01Z' };
    const reasons = judge({ stretches, maintenance: [late] }, '2026-10-11T00:00Z');
    expect(reasons.map(({ code, verdict }) => [code, verdict])).toEqual([
      ['availability.used-up', 'fail'],
      ['availability.announced-late', 'pass'],
    ]);
    expect(
      first({ stretches, maintenance: [late] }, '2026-10-11T00:00Z', { minimum: 99.9, notice: '1h' }),
    ).toMatchObject({
      verdict: 'pass',
    });
  });

  it('does not count where the agent learnt of it afterwards, whatever date it bears', () => {
    const madeUp = { ...work, seenAt: '2026-10-10T05:00:00Z' };
    expect(first({ stretches, maintenance: [madeUp] }, '2026-10-11T00:00Z')).toMatchObject({
      verdict: 'fail',
      down: 15_000,
    });
  });

  it('leaves out the targets that it names and no others', () => {
    const ofOthers = { ...work, targets: ['mail'] };
    expect(first({ stretches, maintenance: [ofOthers] }, '2026-10-11T00:00Z')).toMatchObject({ verdict: 'fail' });
    const ofThis = { ...work, targets: ['mail', 'www'] };
    expect(first({ stretches, maintenance: [ofThis] }, '2026-10-11T00:00Z')).toMatchObject({ verdict: 'pass' });
  });

  it('stops the clock of an outage that goes on', () => {
    const down = [upSinceSeptember, stretch('2026-10-09T23:30Z', 'down')];
    const seen = { stretches: down, maintenance: [work] };
    // Half an hour before the work; of the 2,667.6 s that are left of the month 867.6 s come after it.
    expect(first(seen, '2026-10-10T04:14:27Z')).toMatchObject({ verdict: 'pass', code: 'down-now' });
    expect(first(seen, '2026-10-10T04:14:28Z')).toMatchObject({ verdict: 'fail', code: 'used-up-now' });
  });
});

describe('what shows nothing', () => {
  it.each([
    ['no target', { ...factsOf({ stretches: [] }), targets: read([]) }, 'none-set'],
    ['one control only', factsOf({ stretches: [upSinceSeptember], controls: ['a:443'] }), 'controls-not-set'],
    ['one twice', factsOf({ stretches: [upSinceSeptember], controls: ['a:443', 'a:443'] }), 'controls-not-set'],
    ['a record from the future', factsOf({ stretches: [stretch('2026-10-05T12:00Z', 'up')] }), 'future'],
  ])('%s is unknown', (_, facts, code) => {
    const reasons = availability.judge(read(facts), promise, new Date('2026-10-05T10:00Z'));
    expect(reasons).toMatchObject([{ verdict: 'unknown', code: `availability.${code}` }]);
  });

  it('a record that cannot be read is unknown', () => {
    const obstacle = { code: 'unparsable', what: 'availability.json' };
    const facts = { ...factsOf({ stretches: [] }), targets: { state: 'unreadable', obstacle } };
    expect(availability.judge(read(facts), promise, new Date())).toMatchObject([
      { verdict: 'unknown', code: 'host.unparsable' },
    ]);
  });

  it('targets of another purpose are not asked', () => {
    expect(
      first({ stretches: [upSinceSeptember] }, '2026-10-05T10:00Z', { minimum: 99.9, purpose: 'network' }),
    ).toMatchObject({
      code: 'none-set',
    });
  });

  it('parameters that ask nothing are none', () => {
    expect(availability.parameters.safeParse({ purpose: 'network' }).success).toBe(false);
    expect(availability.parameters.safeParse({ minimum: 99.9, zone: 'Europe/Nowhere' }).success).toBe(false);
    expect(availability.parameters.safeParse({ minimum: 0.999 }).success).toBe(false);
  });

  it('stretches out of order are no facts', () => {
    const stretches = [stretch('2026-10-05T12:00Z', 'up'), stretch('2026-10-05T11:00Z', 'down')];
    expect(availability.facts.safeParse(factsOf({ stretches })).success).toBe(false);
  });
});

describe('a watch', () => {
  const gap = { longestGap: '1h' };

  it('passes where no gap was longer', () => {
    const stretches = [
      upSinceSeptember,
      stretch('2026-10-05T10:00Z', 'unknown', 'nobody looked'),
      stretch('2026-10-05T11:00Z', 'up'),
    ];
    expect(first({ stretches }, '2026-10-06T00:00Z', gap)).toMatchObject({
      verdict: 'pass',
      code: 'watched',
      gap: 3600,
    });
  });

  it('fails where one was, and where one goes on', () => {
    const closed = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'unknown'), stretch('2026-10-05T11:00:01Z', 'up')];
    expect(first({ stretches: closed }, '2026-10-06T00:00Z', gap)).toMatchObject({
      verdict: 'fail',
      code: 'unwatched',
    });
    const open = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'unknown', 'no control answered')];
    expect(first({ stretches: open }, '2026-10-05T11:00:00Z', gap)).toMatchObject({ verdict: 'pass' });
    expect(first({ stretches: open }, '2026-10-05T11:00:01Z', gap)).toMatchObject({
      verdict: 'fail',
      code: 'unwatched-now',
    });
  });

  it('looks at the running month', () => {
    const closed = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'unknown'), stretch('2026-10-05T12:00Z', 'up')];
    expect(first({ stretches: closed }, '2026-11-01T00:00Z', gap)).toMatchObject({ verdict: 'pass' });
  });

  it('judges a service that is down as watched', () => {
    const stretches = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'down')];
    expect(first({ stretches }, '2026-10-06T00:00Z', gap)).toMatchObject({ verdict: 'pass' });
  });
});

describe('the judge', () => {
  it('looks at the moment through its questions only, so that a verifier knows how long an answer holds', () => {
    const stretches = [upSinceSeptember, stretch('2026-10-05T10:00Z', 'down', 'refused')];
    const parameters = { ...promise, longestGap: '1h' };
    const watched = watchMoment(new Date('2026-10-05T10:20Z'));
    const asked = availability.judge(read(factsOf({ stretches })), parameters, watched.at);
    expect(asked).toMatchObject([{ code: 'availability.down-now' }, { code: 'availability.watched' }]);
    // Until more is lost than the promise leaves.
    expect(watched.span()?.until).toBe(Date.parse('2026-10-05T10:44:42.001Z'));
  });
});
