import { describe, expect, test } from 'vitest';
import { remember } from '../../../../agent/collect/backup/memory.ts';
import { openLedger } from '../../../../agent/ledger.ts';
import { backup } from '../../../../policies/checks/backup.ts';
import { BackupSet, type AccountPoints, type Point } from '../../../../policies/checks/backup/facts.ts';
import { Parameters } from '../../../../policies/checks/backup/parameters.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { worstVerdict } from '../../../../policies/verdict.ts';
import { temporaryFolder } from '../../../support/tools.ts';

const hour = 3_600_000;
const day = 24 * hour;
const noon = Date.parse('2026-11-22T12:00:00Z');
const week = { every: '24h', keep: '7d' } as const;
const source = { restic: { repository: '/srv/restic' } };

/** Nightly copies of 02:30, from so many days ago to so many. */
function nights(from: number, to: number, now: number): Point[] {
  const midnight = Math.floor(now / day) * day;
  return Array.from({ length: from - to + 1 }, (_, index) => ({
    time: new Date(midnight - (from - index) * day + 2.5 * hour).toISOString(),
    id: `night-${midnight / day - from + index}`,
    size: 1000,
  }));
}

function setWith(points: BackupSet['points'], more: Partial<BackupSet> = {}): BackupSet {
  return {
    set: 'www',
    purpose: 'system',
    tool: 'restic',
    timeZone: 'UTC',
    requiredPaths: [],
    location: { kind: 'remote', server: 'nas' },
    encrypted: 'yes',
    points,
    ...more,
  };
}

interface Look {
  /** Hours after the first noon. */
  readonly hours: number;
  readonly set: BackupSet;
  readonly source?: unknown;
}

/** Looks one after the other on one ledger file; what the last one showed. */
function lookAgain(looks: readonly Look[], asked: Readonly<Record<string, unknown>> = week): BackupSet {
  using folder = temporaryFolder();
  const path = `${folder.path}/ledger.json`;
  let last: BackupSet | undefined;
  for (const look of looks) {
    const at = new Date(noon + look.hours * hour);
    const ledger = openLedger(path, at);
    last = remember({ ledger, at }, look.set, look.source ?? source, [Parameters.parse(asked)]);
    ledger.save(path);
  }
  return BackupSet.parse(last);
}

function judged(set: BackupSet, hours: number, asked: Readonly<Record<string, unknown>> = week): string[] {
  const reasons = backup.judge(read({ hostname: 'web1', sets: [set] }), asked, new Date(noon + hours * hour));
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...reasons.map(({ code }) => code)];
}

const at = (hours: number): number => noon + hours * hour;
const full = (hours: number): Point[] => nights(8, 0, at(hours));

describe('a copy that went', () => {
  // A second copy of each day, so that the list looks whole without it.
  const extra: Point = { time: '2026-11-20T14:00:00.000Z', id: 'extra', size: 1000 };
  const withExtra = (hours: number): Point[] => [...full(hours), extra].sort((a, b) => (a.time < b.time ? -1 : 1));

  test('before its time fails, though the list looks fine', () => {
    const set = lookAgain([
      { hours: 0, set: setWith(read(withExtra(0))) },
      { hours: 1, set: setWith(read(full(1))) },
    ]);
    expect(set.vanished).toEqual([
      {
        time: '2026-11-20T14:00:00.000Z',
        firstSeen: '2026-11-22T12:00:00.000Z',
        goneBy: '2026-11-22T13:00:00.000Z',
      },
    ]);
    expect(judged(set, 1)).toEqual([
      'fail',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
      'backup.vanished',
      'backup.watched',
    ]);
    expect(judged({ ...set, vanished: [] }, 1)[0]).toBe('pass');
  });

  test('is told again at every look until its time is over, and then no more', () => {
    const looks = [0, 1, 25, 100].map((hours) => ({
      hours,
      set: setWith(read(hours === 0 ? withExtra(0) : full(hours))),
    }));
    const set = lookAgain(looks);
    expect(set.vanished).toHaveLength(1);
    expect(judged(set, 100)).toContain('backup.vanished');
    const later = lookAgain([...looks, { hours: 24 * 6, set: setWith(read(full(24 * 6))) }]);
    expect(later.vanished).toBeUndefined();
    // An auditor who judges the old report later than its time finds nothing promised any more.
    expect(judged(set, 24 * 6)).not.toContain('backup.vanished');
  });

  test('at its promised age is no fault', () => {
    const set = lookAgain([
      { hours: 0, set: setWith(read(nights(7, 0, at(0)))) },
      { hours: 24, set: setWith(read(nights(6, 0, at(24)))) },
    ]);
    expect(set.vanished).toBeUndefined();
    expect(judged(set, 24)[0]).toBe('pass');
  });

  test('is a note where copies beyond the rhythm may be thinned out', () => {
    const thinned = { ...week, thinned: true };
    const looks = [
      { hours: 0, set: setWith(read(withExtra(0))) },
      { hours: 1, set: setWith(read(full(1))) },
    ];
    expect(judged(lookAgain(looks, thinned), 1, thinned)).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
      'backup.thinned',
      'backup.watched',
    ]);
  });

  test('is none where it never counted, or is there under another moment', () => {
    const broken: Point = { ...extra, flaw: 'unfinished' };
    const moved: Point = { ...extra, time: '2026-11-20T14:05:00.000Z' };
    for (const [before, after] of [
      [[...full(0), broken], full(0)],
      [
        [...full(0), extra],
        [...full(0), moved],
      ],
    ] as const) {
      const set = lookAgain([
        { hours: 0, set: setWith(read([...before])) },
        { hours: 1, set: setWith(read([...after])) },
      ]);
      expect(set.vanished).toBeUndefined();
    }
  });

  test('did not go where the list could not be read in between', () => {
    const set = lookAgain([
      { hours: 0, set: setWith(read(full(0))) },
      { hours: 1, set: setWith(unreadable('unreachable', 'nas', 'ECONNREFUSED')) },
      { hours: 2, set: setWith(read(full(2))) },
    ]);
    expect(set.vanished).toBeUndefined();
    expect(set.watchedSince).toBe('2026-11-22T12:00:00.000Z');
  });

  test('matters only where a control promised to keep it', () => {
    const looks = [
      { hours: 0, set: setWith(read(withExtra(0))) },
      { hours: 1, set: setWith(read(full(1))) },
    ];
    expect(lookAgain(looks, { every: '24h' }).vanished).toBeUndefined();
    expect(lookAgain(looks, { ...week, purpose: 'mail' }).vanished).toBeUndefined();
  });
});

describe('a date that the agent’s looks deny', () => {
  const forged = (hours: number): Point[] =>
    nights(8, 1, at(hours)).map((point) => ({ ...point, id: `${point.id ?? ''}b` }));

  test('does not count: copies made up afterwards do not fill a hole', () => {
    const hole = setWith(read(nights(0, 0, at(0))));
    const filled = setWith(read([...forged(1), ...nights(0, 0, at(1))]));
    const set = lookAgain([
      { hours: 0, set: hole },
      { hours: 1, set: filled },
    ]);
    expect(judged(set, 1)).toEqual([
      'fail',
      'backup.fresh',
      'backup.regular',
      'backup.kept-too-short',
      'backup.left-out.back-dated',
      'backup.watched',
    ]);
    // Without a memory they pass for real: that is what the note says.
    expect(judged(filled, 1)[0]).toBe('pass');
    expect(judged(lookAgain([{ hours: 1, set: filled }]), 1).slice(-1)).toEqual(['backup.watched']);
  });

  test('is believed within the delay that the set declares', () => {
    const [late] = nights(2, 2, at(0));
    if (late === undefined) throw new Error('no night');
    const looks = (delay: number | undefined): Look[] => {
      const more = delay === undefined ? {} : { delay };
      return [
        { hours: 0, set: setWith(read(full(0).filter(({ id }) => id !== late.id)), more) },
        { hours: 1, set: setWith(read(full(1)), more) },
      ];
    };
    expect(judged(lookAgain(looks(undefined)), 1)).toContain('backup.left-out.back-dated');
    expect(judged(lookAgain(looks(3 * 86_400)), 1)[0]).toBe('pass');
  });

  test('is not denied to a file whose moment is when it was last written to, and was touched', () => {
    const touched = full(0).map((point, index) =>
      index === 2 ? { ...point, time: new Date(Date.parse(point.time) + hour).toISOString() } : point,
    );
    const set = lookAgain([
      { hours: 0, set: setWith(read(full(0))) },
      { hours: 1, set: setWith(read(touched)) },
      { hours: 2, set: setWith(read(touched)) },
    ]);
    expect(judged(set, 2)).toEqual(['pass', 'backup.fresh', 'backup.regular', 'backup.kept', 'backup.watched']);
  });

  test('is told only of copies that appeared late, so that facts stay short', () => {
    const prompt = lookAgain([
      { hours: -10, set: setWith(read(full(-24))) },
      { hours: 0, set: setWith(read(full(0))) },
    ]);
    expect(JSON.stringify(prompt.points)).not.toContain('firstSeen');
  });
});

describe('the memory of a set', () => {
  test('makes the same facts again of an unchanged host', () => {
    const set = setWith(read(full(0)));
    const looks = [0, 1, 2].map((hours) => ({ hours, set }));
    expect(JSON.stringify(lookAgain(looks))).toBe(JSON.stringify(lookAgain(looks.slice(0, 2))));
  });

  test('begins anew with another source, and says so', () => {
    const set = lookAgain([
      { hours: 0, set: setWith(read(full(0))) },
      { hours: 1, set: setWith(read([])), source: { restic: { repository: '/srv/other' } } },
    ]);
    expect(set.vanished).toBeUndefined();
    expect(set.watchedSince).toBe('2026-11-22T13:00:00.000Z');
  });

  test('that is older than what is promised needs no note', () => {
    const looks = [0, 24 * 7].map((hours) => ({ hours, set: setWith(read(full(hours))) }));
    expect(judged(lookAgain(looks), 24 * 7)).not.toContain('backup.watched');
  });
});

describe('accounts', () => {
  const perAccount = { ...week, perAccount: true };
  const accounts = (value: AccountPoints[]): BackupSet => setWith({ state: 'per-account', value });

  test('a copy of one account that went early fails with its pseudonym', () => {
    const set = lookAgain([
      {
        hours: 0,
        set: accounts([
          { account: 'account-1', points: full(0) },
          { account: 'account-2', points: full(0) },
        ]),
      },
      {
        hours: 1,
        set: accounts([
          { account: 'account-1', points: full(1) },
          { account: 'account-2', points: full(1).slice(0, -1) },
        ]),
      },
    ]);
    expect(set.vanished).toMatchObject([{ account: 'account-2', time: '2026-11-22T02:30:00.000Z' }]);
    expect(judged(set, 1, perAccount)).toContain('backup.vanished');
  });

  test('one that came yesterday need not have copies of last week', () => {
    const set = lookAgain([
      { hours: 0, set: accounts([{ account: 'old', points: full(0) }]) },
      { hours: 2, set: accounts([{ account: 'new', points: [] }, { account: 'old', points: full(2) }]) }, // prettier-ignore
      {
        hours: 24,
        set: accounts([
          { account: 'new', points: nights(0, 0, at(24)) },
          { account: 'old', points: full(24) },
        ]),
      },
    ]);
    expect(judged(set, 24, perAccount)[0]).toBe('pass');
    // But it must have its first when that is due.
    const without = lookAgain([
      { hours: 0, set: accounts([{ account: 'old', points: full(0) }]) },
      { hours: 2, set: accounts([{ account: 'new', points: [] }, { account: 'old', points: full(2) }]) }, // prettier-ignore
    ]);
    expect(judged(without, 2, perAccount)).toEqual(['pass', 'backup.accounts', 'backup.account-new', 'backup.watched']);
    expect(judged(without, 2 + 27, perAccount)).toContain('backup.none');
  });

  test('one that was there from the agent’s first look is owed its whole time', () => {
    const set = lookAgain([{ hours: 0, set: accounts([{ account: 'a', points: nights(1, 0, at(0)) }]) }]);
    expect(judged(set, 0, perAccount)).toContain('backup.kept-too-short');
  });

  test('one whose contract ended is missed by nobody, and is another one when it comes back', () => {
    const back = nights(0, 0, at(48));
    const set = lookAgain([
      { hours: 0, set: accounts([{ account: 'a', points: full(0) }]) },
      { hours: 24, set: accounts([]) },
      { hours: 48, set: accounts([{ account: 'a', points: back }]) },
    ]);
    expect(set.vanished).toBeUndefined();
    expect(judged(set, 48, perAccount)[0]).toBe('pass');
  });
});
