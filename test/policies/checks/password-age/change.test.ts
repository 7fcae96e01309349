import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passwordAge } from '../../../../policies/checks/password-age.ts';
import type { Departure, Recorded, SetPassword } from '../../../../policies/checks/password-age/facts.ts';
import { read } from '../../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');
const maximum = 183 * 86_400;

interface Known extends Partial<Omit<SetPassword, 'state'>> {
  readonly watchedSince?: string;
}

function judge({ watchedSince, changed = null, ...rest }: Known, departures: Departure[] = [], moment = at) {
  const password: SetPassword = { state: 'set', changed, ...rest };
  const account = { account: 'root', uid: 0, shell: 'login' as const, password, expires: null };
  const watched = watchedSince === undefined ? {} : { watchedSince };
  const system = { accounts: [account], malformed: [], directories: read([]), ...watched };
  return passwordAge
    .judge(read({ system: read(system), departures }), {}, moment)
    .map(({ code, verdict }) => `${verdict} ${code.replace('password-age.', '')}`);
}

describe('a recorded day', () => {
  const watchedSince = '2026-10-01T08:00:00Z';

  test('from before the first look is taken as it stands, and the reason says that nothing proves it', () => {
    expect(judge({ changed: '2026-09-01', watchedSince })).toEqual(['pass recent-by-record']);
    expect(judge({ changed: '2026-10-01', watchedSince })).toEqual(['pass recent-by-record']);
    expect(judge({ changed: '2026-01-01', watchedSince })).toEqual(['fail too-old']);
  });

  test('that is later than the first look at the very same hash is not believed', () => {
    expect(judge({ changed: '2026-11-20', watchedSince })).toEqual(['unknown day-unproven']);
    expect(judge({ changed: '2026-11-20', watchedSince: '2026-05-01T08:00:00Z' })).toEqual(['fail unchanged-too-long']);
  });

  test('that lay in the future does not become true when its day comes', () => {
    expect(judge({ changed: '2026-12-01', watchedSince })).toEqual(['unknown future']);
    expect(judge({ changed: '2026-12-01', watchedSince }, [], new Date('2026-12-02'))).toEqual([
      'unknown day-unproven',
    ]);
  });

  test('that moved while the hash stayed counts as it was first', () => {
    const moved = { changed: '2026-09-20', recordedFirst: '2026-01-01', watchedSince };
    expect(judge(moved)).toEqual(['fail too-old', 'not-applicable day-moved']);
    const backwards = { changed: '2026-01-01', recordedFirst: '2026-09-20', watchedSince };
    expect(judge(backwards)).toEqual(['fail too-old']);
    expect(judge({ changed: '2026-09-20', recordedFirst: null, watchedSince })).toEqual([
      'unknown no-day',
      'not-applicable day-moved',
    ]);
    expect(judge({ changed: '2026-09-20', recordedFirst: 'must-change', watchedSince })).toEqual([
      'unknown must-change',
      'not-applicable day-moved',
    ]);
  });

  test('that was set back to 0 leaves the password as old as it was', () => {
    const expired = { changed: 'must-change', recordedFirst: '2026-09-01', watchedSince } as const;
    expect(judge(expired)).toEqual(['pass recent-by-record', 'not-applicable day-moved']);
    expect(judge({ ...expired, recordedFirst: '2026-01-01' })).toEqual(['fail too-old', 'not-applicable day-moved']);
  });

  test('without one, a password that was watched for too long fails', () => {
    expect(judge({ changed: null, watchedSince })).toEqual(['unknown no-day']);
    expect(judge({ changed: null, watchedSince: '2026-05-01T00:00:00Z' })).toEqual(['fail unchanged-too-long']);
  });
});

describe('a hash that the agent saw come', () => {
  const seen = { notBefore: '2026-11-01T08:00:00Z', firstSeen: '2026-11-01T08:15:00Z' };
  const watchedSince = '2026-01-01T08:00:00Z';

  test.each<[string, Recorded]>([
    ['the day of the change', '2026-11-01'],
    ['an earlier day', '2020-01-01'],
    ['no day', null],
    ['that it must be changed', 'must-change'],
  ])('proves a change, whether %s is recorded', (_, changed) => {
    expect(judge({ changed, seen, watchedSince })).toEqual(['pass proven']);
  });

  test('long ago fails, whatever is recorded now', () => {
    const long = { notBefore: '2026-02-01T08:00:00Z', firstSeen: '2026-02-01T08:15:00Z' };
    expect(judge({ changed: '2026-11-20', seen: long, watchedSince })).toEqual(['fail unchanged-too-long']);
  });

  test('while the agent was away counts by a record between its looks, and by no other', () => {
    const away = { notBefore: '2026-02-01T08:00:00Z', firstSeen: '2026-11-20T08:15:00Z' };
    expect(judge({ changed: '2026-11-01', seen: away, watchedSince })).toEqual(['pass recent']);
    expect(judge({ changed: '2026-03-01', seen: away, watchedSince })).toEqual(['fail too-old']);
    expect(judge({ changed: '2026-11-21', seen: away, watchedSince })).toEqual(['unknown between']);
    expect(judge({ changed: '2026-01-01', seen: away, watchedSince })).toEqual(['unknown between']);
    expect(judge({ changed: null, seen: away, watchedSince })).toEqual(['unknown between']);
  });

  test('in the future is a clock’s error', () => {
    const ahead = { notBefore: '2026-11-01T08:00:00Z', firstSeen: '2026-11-23T08:15:00Z' };
    expect(judge({ changed: '2026-11-01', seen: ahead, watchedSince })).toEqual(['unknown clock']);
    expect(judge({ changed: '2026-11-01', watchedSince: '2026-11-23T08:15:00Z' })).toEqual(['unknown clock']);
  });
});

describe('a departure', () => {
  const left = (on: string): Departure[] => [{ on, accounts: 'all' }];
  const seen = { notBefore: '2026-11-01T08:00:00Z', firstSeen: '2026-11-05T08:15:00Z' };
  const watchedSince = '2026-10-01T08:00:00Z';

  test('before a change that was seen is over', () => {
    expect(judge({ seen, watchedSince }, left('2026-11-01'))).toEqual(['pass proven']);
  });

  test('after a change that was seen asks for another one', () => {
    expect(judge({ seen, watchedSince }, left('2026-11-06'))).toEqual(['fail unchanged-since-departure']);
  });

  test('between the looks is unknown', () => {
    expect(judge({ seen, watchedSince }, left('2026-11-03'))).toEqual(['unknown departure-unproven']);
  });

  test('is not answered by a day that was set by hand', () => {
    const touched = { changed: '2026-11-20', watchedSince };
    expect(judge(touched, left('2026-11-10'))).toEqual(['unknown day-unproven', 'fail unchanged-since-departure']);
    expect(judge(touched, left('2026-09-01'))).toEqual(['unknown day-unproven', 'unknown departure-unproven']);
  });
});

test('no record makes a password younger than the agent saw it', () => {
  const day = fc
    .date({ min: new Date('2025-06-01'), max: new Date('2027-02-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const recorded = fc.option(fc.oneof(day, fc.constant('must-change' as const)));
  const moment = day.map((text) => `${text}T06:00:00.000Z`);
  const seen = fc
    .tuple(moment, moment)
    .map(([a, b]) => (a < b ? { notBefore: a, firstSeen: b } : { notBefore: b, firstSeen: a }));
  const known = fc.record(
    { changed: recorded, recordedFirst: recorded, seen, watchedSince: moment },
    { requiredKeys: ['changed', 'watchedSince'] },
  );
  fc.assert(
    fc.property(known, ({ recordedFirst, seen: change, ...rest }) => {
      const given: Known = {
        ...rest,
        ...(recordedFirst === undefined ? {} : { recordedFirst }),
        ...(change === undefined ? {} : { seen: change }),
      };
      if (!judge(given).some((line) => line.startsWith('pass'))) return;
      const isRecent = (text: string): boolean => at.getTime() - Date.parse(text) <= maximum * 1000;
      const days = [given.changed, given.recordedFirst].filter(
        (one) => typeof one === 'string' && one !== 'must-change',
      );
      const last = change?.firstSeen ?? rest.watchedSince;
      const isProven = change !== undefined && isRecent(change.notBefore);
      expect(isProven || days.some((one) => isRecent(one ?? '') && (one ?? '') <= last)).toBe(true);
      expect(Date.parse(last)).toBeLessThanOrEqual(at.getTime() + 300_000);
    }),
    { numRuns: 2000 },
  );
});
