import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { backup } from '../../../policies/checks/backup.ts';
import type { BackupSet, Location, Point } from '../../../policies/checks/backup/facts.ts';
import { Parameters } from '../../../policies/checks/backup/parameters.ts';
import { catalogue } from '../../../policies/checks/backup/reasons.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { Reason } from '../../../policies/reasons.ts';
import { worstVerdict } from '../../../policies/verdict.ts';

const at = new Date('2026-11-22T12:00:00Z'); // a Sunday
const hour = 3600_000;
const day = 24 * hour;

const nas: Location = { kind: 'remote', server: 'nas.example.nl' };

function moment(hoursAgo: number): string {
  return new Date(at.getTime() - hoursAgo * hour).toISOString();
}

function points(...hoursAgo: number[]): Point[] {
  return hoursAgo.map((hours) => ({ time: moment(hours), paths: [] }));
}

/** Every `step` hours from `from` back to `to` hours ago. */
function series(from: number, to: number, step: number): Point[] {
  return points(...Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step));
}

function setOf(found: Point[], more: Partial<BackupSet> = {}): BackupSet {
  return {
    set: 'www',
    purpose: 'system',
    tool: 'restic',
    timeZone: 'UTC',
    requiredPaths: [],
    location: nas,
    encrypted: 'yes',
    points: read(found),
    ...more,
  };
}

function judge(sets: BackupSet | BackupSet[], parameters: z.input<typeof Parameters>): Reason[] {
  return backup.judge(read({ hostname: 'web1', sets: [sets].flat() }), parameters, at);
}

function verdict(sets: BackupSet | BackupSet[], parameters: z.input<typeof Parameters>): string {
  return worstVerdict(judge(sets, parameters).map((reason) => reason.verdict));
}

function codes(reasons: readonly Reason[]): string[] {
  return reasons.map(({ code }) => code);
}

describe('the rhythm', () => {
  const daily = { every: '24h' } as const;

  test('daily copies up to last night pass, and the reasons show the newest', () => {
    expect(judge(setOf(series(9, 240, 24)), daily)).toEqual([
      { code: 'backup.fresh', verdict: 'pass', subject: 'www', values: { newest: moment(9), limit: 26 * 3600 } },
      { code: 'backup.regular', verdict: 'pass', subject: 'www', values: { window: 7 * 86_400, limit: 26 * 3600 } },
    ]);
  });

  test('the newest copy may be as old as rhythm and grace allow, and a second more fails', () => {
    const lastSecond = setOf([{ time: new Date(at.getTime() - 26 * hour).toISOString() }]);
    const tooLate = setOf([{ time: new Date(at.getTime() - 26 * hour - 1000).toISOString() }]);
    expect(verdict(lastSecond, daily)).toBe('pass');
    expect(codes(judge(tooLate, daily))).toContain('backup.too-old');
    expect(verdict(tooLate, daily)).toBe('fail');
    expect(verdict(tooLate, { every: '24h', grace: '3h' })).toBe('pass');
  });

  test('one missing day in the window fails and says where', () => {
    const found = judge(setOf(points(9, 33, 81, 105)), daily).find(({ code }) => code === 'backup.gap');
    expect(found).toMatchObject({ verdict: 'fail', values: { gaps: 1, from: moment(81), to: moment(33) } });
  });

  test('of several gaps the longest is named and all are counted', () => {
    const found = judge(setOf(points(9, 60, 90, 160)), daily).find(({ code }) => code === 'backup.gap');
    expect(found?.values).toMatchObject({ gaps: 3, from: moment(160), to: moment(90) });
  });

  test('a gap from before the window matters as far as it reaches into it', () => {
    const thinBefore = [...series(9, 153, 24), ...points(400)]; // the window begins at 168 h
    const thinInside = [...series(9, 129, 24), ...points(400)];
    expect(verdict(setOf(thinBefore), daily)).toBe('pass');
    expect(verdict(setOf(thinInside), daily)).toBe('fail');
    expect(verdict(setOf(thinInside), { ...daily, window: '5d' })).toBe('pass');
  });

  test('a young set has no gap before its first copy', () => {
    expect(verdict(setOf(points(9, 33)), daily)).toBe('pass');
  });

  test('facts in any order come out the same', () => {
    const shuffled = points(81, 9, 105, 33);
    expect(judge(setOf(shuffled), daily)).toEqual(judge(setOf(points(105, 81, 33, 9)), daily));
  });
});

describe('what is kept', () => {
  const kept = { every: '24h', keep: '7d' } as const;

  test('seven daily copies are seven days: the eighth replaces the oldest at its promised age', () => {
    expect(verdict(setOf(series(1, 145, 24)), kept)).toBe('pass');
    expect(verdict(setOf(series(23, 167, 24)), kept)).toBe('pass');
  });

  test('five daily copies are too few, and the oldest says since when there are copies', () => {
    const found = judge(setOf(series(9, 105, 24)), kept).filter((reason) => reason.verdict === 'fail');
    expect(found).toEqual([
      {
        code: 'backup.kept-too-short',
        verdict: 'fail',
        subject: 'www',
        values: { keep: 7 * 86_400, oldest: moment(105) },
      },
    ]);
  });

  test('keep-daily over gaps does not pass for a full week', () => {
    const november = ['22', '20', '10', '02'].map((date) => ({ time: `2026-11-${date}T03:00:00.000Z` }));
    expect(verdict(setOf(november), kept)).toBe('fail');
    expect(codes(judge(setOf(november), kept))).toContain('backup.gap');
  });

  test('every four hours for thirty days', () => {
    const parameters = { every: '4h', grace: '30m', keep: '30d' } as const;
    expect(verdict(setOf(series(2, 30 * 24, 4)), parameters)).toBe('pass');
    expect(verdict(setOf(series(2, 20 * 24, 4)), parameters)).toBe('fail');
    const withHole = series(2, 30 * 24, 4).filter((_, index) => index !== 100);
    expect(verdict(setOf(withHole), parameters)).toBe('fail');
  });

  test('mail for half a year, judged apart from the system', () => {
    const mail = setOf(series(9, 182 * 24, 24), { set: 'mail', purpose: 'mail' });
    const parameters = { purpose: 'mail', every: '24h', keep: '182d' } as const;
    expect(verdict([mail, setOf([])], parameters)).toBe('pass');
    expect(verdict(setOf(series(9, 182 * 24, 24)), parameters)).toBe('unknown');
  });

  test('copies older than may be kept fail, also those that do not count', () => {
    const month = { keepAtMost: '31d' } as const;
    expect(verdict(setOf(series(9, 30 * 24, 24)), month)).toBe('pass');
    expect(verdict(setOf(series(9, 32 * 24, 24)), month)).toBe('fail');
    const partial = setOf(
      [
        { time: moment(800), paths: [] },
        { time: moment(9), paths: ['/etc'] },
      ],
      {
        requiredPaths: ['/etc'],
      },
    );
    expect(codes(judge(partial, month))).toContain('backup.kept-too-long');
  });
});

describe('generations', () => {
  const promised = { generations: { daily: 7, weekly: 4 } } as const;
  const sevenAndFour = [...series(9, 153, 24), ...points(7 * 24, 14 * 24, 21 * 24)];

  test('seven days and four weeks in a row pass', () => {
    expect(codes(judge(setOf(sevenAndFour), promised))).toEqual(['backup.daily', 'backup.weekly']);
  });

  test('today and this week need not have their copy yet', () => {
    const untilYesterday = series(33, 177, 24);
    expect(verdict(setOf(untilYesterday), { generations: { daily: 7 } })).toBe('pass');
    expect(verdict(setOf(untilYesterday), { generations: { daily: 8 } })).toBe('fail');
  });

  test('a missing day breaks the row and is named', () => {
    const found = judge(setOf(points(9, 33, 81, 105, 129, 153, 177, 201)), { generations: { daily: 7 } });
    expect(found).toMatchObject([
      { code: 'backup.daily-missing', values: { found: 2, wanted: 7, missing: '2026-11-20' } },
    ]);
  });

  test('four kept days with holes between them are not four daily generations', () => {
    const november = ['22', '20', '10', '02'].map((date) => ({ time: `2026-11-${date}T03:00:00.000Z` }));
    expect(verdict(setOf(november), { generations: { daily: 4 } })).toBe('fail');
  });

  test('a missing week is named by its Monday', () => {
    const found = judge(setOf(points(9, 7 * 24, 21 * 24, 28 * 24)), { generations: { weekly: 4 } });
    expect(found).toMatchObject([
      { code: 'backup.weekly-missing', values: { found: 2, wanted: 4, missing: '2026-11-02' } },
    ]);
  });

  test('where nothing came for long, the reason stays the same from day to day', () => {
    const dead = setOf(points(30 * 24, 31 * 24));
    const facts = read({ hostname: 'web1', sets: [dead] });
    const tomorrow = new Date(at.getTime() + day);
    expect(backup.judge(facts, promised, tomorrow)).toEqual(backup.judge(facts, promised, at));
    expect(judge(dead, promised)).toMatchObject([
      { code: 'backup.daily-missing', values: { found: 0, missing: '2026-10-24' } },
      { code: 'backup.weekly-missing', values: { found: 0, missing: '2026-10-26' } },
    ]);
  });

  test('today is the day of the time zone too', () => {
    // In Auckland it is the 23rd already, and this copy is of the 21st.
    const found = [{ time: '2026-11-20T12:00:00Z' }];
    expect(verdict(setOf(found, { timeZone: 'Pacific/Auckland' }), { generations: { daily: 1 } })).toBe('fail');
  });

  test('days are those of the time zone', () => {
    // 22:30 and 23:30 UTC: in Amsterdam the second is the next day.
    const found = [{ time: '2026-11-20T22:30:00Z' }, { time: '2026-11-20T23:30:00Z' }];
    expect(verdict(setOf(found, { timeZone: 'Europe/Amsterdam' }), { generations: { daily: 2 } })).toBe('pass');
    expect(verdict(setOf(found), { generations: { daily: 2 } })).toBe('fail');
  });
});

describe('what does not count', () => {
  const daily = { every: '24h' } as const;
  const good = { size: 1000, paths: ['/etc', '/var/www'] };

  test('a snapshot that lacks a required path, and that is said', () => {
    const set = setOf(
      [
        { time: moment(33), paths: ['/etc', '/var/www'] },
        { time: moment(9), paths: ['/etc'] },
      ],
      { requiredPaths: ['/etc', '/var/www'] },
    );
    expect(codes(judge(set, daily))).toEqual(['backup.too-old', 'backup.regular', 'backup.left-out.path']);
    expect(judge(set, daily).at(-1)?.values).toEqual({ points: 1, newest: moment(9), path: '/var/www' });
  });

  test('a folder above the required path holds it, a neighbour with the same beginning does not', () => {
    const holding = (path: string): string =>
      verdict(setOf([{ time: moment(9), paths: [path] }], { requiredPaths: ['/var/www'] }), daily);
    expect(holding('/')).toBe('pass');
    expect(holding('/var')).toBe('pass');
    expect(holding('/var/www')).toBe('pass');
    expect(holding('/var/ww')).toBe('fail');
    expect(holding('/var/www/site')).toBe('fail');
  });

  test.each([
    ['nothing was read', { ...good, size: 0 }, 'backup.left-out.empty'],
    ['nothing is in it', { ...good, content: 'nothing' }, 'backup.left-out.empty'],
    ['it cannot be unpacked', { ...good, content: 'damaged' }, 'backup.left-out.damaged'],
    ['it is too small', { ...good, size: 499 }, 'backup.left-out.small'],
    ['it was written before its date', { ...good, modifiedAt: moment(30) }, 'backup.left-out.post-dated'],
    ['it was made before its date', { ...good, startedAt: moment(10) }, 'backup.left-out.post-dated'],
  ] as const)('a copy where %s', (_, point, code) => {
    const set = setOf([{ time: moment(9), ...point, paths: [...point.paths] }], { minimumSize: 500 });
    expect(codes(judge(set, daily))).toEqual(['backup.none-counts', code]);
    expect(verdict(set, daily)).toBe('fail');
  });

  test('a copy made long after the moment it claims does not prove that copies were kept', () => {
    const madeToday = series(9, 153, 24).map((point) => ({ ...point, startedAt: moment(5) }));
    expect(verdict(setOf(madeToday), { every: '24h', keep: '7d' })).toBe('fail');
    expect(codes(judge(setOf(madeToday), { every: '24h' }))).toContain('backup.left-out.back-dated');
  });

  test('a file copied later, or moved to its name within the hour, does count', () => {
    const copied = setOf([{ time: moment(9), modifiedAt: moment(1) }]);
    const moved = setOf([{ time: moment(9), modifiedAt: moment(9.9) }]);
    expect(verdict(copied, daily)).toBe('pass');
    expect(verdict(moved, daily)).toBe('pass');
  });

  test('copies with the same flaw are counted together, in the words of the newest', () => {
    const set = setOf([...points(9), { time: moment(33), size: 0 }, { time: moment(40), size: 0 }]);
    expect(judge(set, daily).at(-1)?.values).toEqual({ points: 2, newest: moment(33) });
  });
});

describe('what is not known', () => {
  const daily = { every: '24h' } as const;

  test('a copy in the future is a wrong clock, never a fresh copy', () => {
    expect(verdict(setOf(points(-1)), daily)).toBe('unknown');
    expect(verdict(setOf([...series(9, 200, 24), ...points(-1)]), daily)).toBe('unknown');
    expect(verdict(setOf([...points(300), ...points(-1)]), daily)).toBe('fail');
    expect(verdict(setOf([{ time: moment(9), modifiedAt: moment(-1) }]), daily)).toBe('unknown');
    expect(judge(setOf(points(-1, -2)), daily)).toMatchObject([
      { code: 'backup.future', values: { points: 2, latest: moment(-2) } },
    ]);
  });

  test('clocks may differ by minutes', () => {
    expect(verdict(setOf(points(-4 / 60)), daily)).toBe('pass');
    expect(verdict(setOf(points(-6 / 60)), daily)).toBe('unknown');
  });

  test('a listing that could not be read, whatever is asked', () => {
    const set = setOf([], { points: unreadable('denied', '/srv/restic') });
    for (const parameters of [daily, { encrypted: true }, { offsite: true }, { keepAtMost: '31d' }] as const) {
      expect(codes(judge(set, parameters))).toContain('host.denied');
      expect(verdict(set, parameters)).toBe('unknown');
    }
  });

  test('a wrong password, with what to do', () => {
    const set = setOf([], { points: { state: 'wrong-password', passwordFrom: '/etc/waarborg/restic.pass' } });
    expect(judge(set, daily)).toMatchObject([
      { code: 'backup.wrong-password', verdict: 'unknown', values: { passwordFrom: '/etc/waarborg/restic.pass' } },
    ]);
  });

  test('no set of that purpose', () => {
    expect(judge([], daily)).toMatchObject([{ code: 'backup.no-set', verdict: 'unknown' }]);
    expect(verdict(setOf(points(9)), { ...daily, purpose: 'mirror' })).toBe('unknown');
  });

  test('nothing hides from a control about any purpose', () => {
    const sets = [setOf(points(9)), setOf(points(99), { set: 'mail', purpose: 'mail' })];
    expect(verdict(sets, daily)).toBe('pass');
    expect(verdict(sets, { ...daily, purpose: 'any' })).toBe('fail');
  });

  test('required paths that the tool does not show', () => {
    const set = setOf([{ time: moment(9) }], { tool: 'archives', requiredPaths: ['/etc'] });
    expect(codes(judge(set, daily))).toContain('backup.paths-unseen');
    expect(verdict(set, daily)).toBe('unknown');
  });

  test('an empty repository is known, and fails whatever is asked', () => {
    for (const parameters of [daily, { encrypted: true }, { offsite: true }, { keepAtMost: '31d' }] as const) {
      expect(codes(judge(setOf([]), parameters))).toContain('backup.none');
      expect(verdict(setOf([]), parameters)).toBe('fail');
    }
  });

  test('a repository with only other hosts in it fails and names them', () => {
    const set = setOf([], { ofHost: 'web1', otherHosts: ['db1', 'web1.example.nl'] });
    expect(judge(set, daily)).toMatchObject([
      { code: 'backup.none-of-host', verdict: 'fail', values: { host: 'web1', others: 'db1, web1.example.nl' } },
    ]);
  });

  test('of several sets the worst counts', () => {
    expect(verdict([setOf(points(9)), setOf(points(99), { set: 'db' })], daily)).toBe('fail');
  });
});

describe('where the copies lie', () => {
  function place(location: Location): string {
    return verdict(setOf(points(9), { location }), { offsite: true });
  }
  function onFileSystem(type: string, server?: string): Location {
    const fileSystem = read({ type, mountPoint: '/backup', ...(server === undefined ? {} : { server }) });
    return { kind: 'path', path: '/backup/restic', fileSystem };
  }

  test('another server passes', () => {
    expect(place(nas)).toBe('pass');
    expect(place(onFileSystem('nfs4', 'nas'))).toBe('pass');
    expect(place(onFileSystem('cifs', 'nas'))).toBe('pass');
    expect(place(onFileSystem('fuse.sshfs', '10.0.0.4'))).toBe('pass');
  });

  test('this host fails: any disk of it, and its own name', () => {
    for (const type of ['ext4', 'xfs', 'zfs', 'tmpfs', 'fuseblk']) expect(place(onFileSystem(type))).toBe('fail');
    for (const server of ['localhost', '127.0.0.2', '::1', 'WEB1']) {
      expect(place({ kind: 'remote', server })).toBe('fail');
      expect(place(onFileSystem('nfs4', server))).toBe('fail');
    }
  });

  test('what hides where it writes is unknown', () => {
    expect(place(onFileSystem('fuse.mergerfs'))).toBe('unknown');
    expect(place(onFileSystem('fuse.rclone', 'remote'))).toBe('unknown');
    expect(place(onFileSystem('nfs4'))).toBe('unknown');
    expect(place({ kind: 'unseen', through: 'rclone' })).toBe('unknown');
    expect(place({ kind: 'path', path: '/b', fileSystem: unreadable('denied', '/b') })).toBe('unknown');
  });

  test('encryption is the tool’s own', () => {
    const encrypted = (state: BackupSet['encrypted']): string =>
      verdict(setOf(points(9), { encrypted: state }), { encrypted: true });
    expect([encrypted('yes'), encrypted('no'), encrypted('unseen')]).toEqual(['pass', 'fail', 'unknown']);
  });
});

describe('parameters', () => {
  test.each([
    ['nothing is asked', {}, /at least one requirement/],
    ['only whom it is about', { purpose: 'mail', grace: '1h' }, /at least one requirement/],
    ['keep without a rhythm', { keep: '7d' }, /rhythm/],
    ['a window without a rhythm', { encrypted: true, window: '7d' }, /rhythm/],
    ['a window shorter than keep', { every: '24h', keep: '30d', window: '7d' }, /keep/],
    ['kept at most less than kept', { every: '24h', keep: '30d', keepAtMost: '7d' }, /keep/],
    ['each account without a rhythm', { restoreTested: '92d', perAccount: true }, /every or generations/],
    ['thinning where nothing is kept', { every: '24h', thinned: true }, /keep/],
    ['a size beyond the usual', { sizeDrop: 100 }, /sizeDrop/],
    ['generations of nothing', { generations: {} }, /daily, weekly or monthly/],
    ['an unknown key', { every: '24h', offside: true }, /offside/],
    ['a requirement switched off', { offsite: false }, /offsite/],
  ])('are refused where %s', (_, parameters, message) => {
    expect(() => Parameters.parse(parameters)).toThrow(message);
  });

  test.each([
    { every: '24h', grace: '2h' },
    { every: '24h', keep: '7d' },
    { generations: { daily: 7, weekly: 4 } },
    { every: '4h', keep: '30d' },
    { purpose: 'mail', every: '24h', keep: '182d' },
    { purpose: 'mirror', every: '7d', grace: '1d' },
    { every: '24h', keep: '7d', keepAtMost: '31d' },
    { encrypted: true },
    { offsite: true },
    { restoreTested: '92d' },
    { sizeDrop: 50, window: '14d' },
    { every: '24h', perAccount: true },
    { every: '24h', keep: '7d', thinned: true },
    { generations: { daily: 7, weekly: 4, monthly: 12 } },
    { purpose: 'any', offsite: true },
  ])('express %j', (parameters) => {
    expect(() => Parameters.parse(parameters)).not.toThrow();
  });
});

test('every reason has the form that reports ask, and the same values in both languages', () => {
  const slots = (text: string): string[] => [...text.matchAll(/\{[^}]+\}/g)].map(([slot]) => slot).sort();
  for (const [code, { verdict: meant, en, nl }] of Object.entries(catalogue)) {
    expect(Reason.safeParse({ code, verdict: meant, values: {} }).success, code).toBe(true);
    expect(slots(nl), code).toEqual(slots(en));
  }
});

test('every reason is in the documentation with its verdict', () => {
  const page = readFileSync(new URL('../../../docs/checks/backup.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(backup\.[a-z.-]+)` +\| ([a-z-]+) +\|/gm)].map(([, code, meant]) => [
    code,
    meant,
  ]);
  const inCode = Object.entries(catalogue).map(([code, { verdict: meant }]) => [code, meant]);
  expect(rows.sort()).toEqual(inCode.sort());
});

describe('for any copies', () => {
  const week = { every: '24h', grace: '2h', keep: '7d' } as const;
  // Whole hours in the last ten days: enough to hit and miss every edge.
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 240 }), { maxLength: 60 });
  const fullWeek = fc
    .array(fc.integer({ min: 1, max: 28 }), { minLength: 8, maxLength: 30 })
    .map((steps) => steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step)));

  test('a pass means that no 26 hours of the last week are without a copy, and the other way round', () => {
    fc.assert(
      fc.property(fc.oneof(hours, fullWeek), (hoursAgo) => {
        const isCovered = Array.from({ length: 168 - 26 }, (_, end) => end).every((end) =>
          hoursAgo.some((ago) => ago >= end && ago <= end + 26),
        );
        // Half hours lie between the whole ones: there a longer gap shows itself too.
        const isCoveredBetween = Array.from({ length: 168 - 27 + 1 }, (_, end) => end + 0.5).every((end) =>
          hoursAgo.some((ago) => ago >= end && ago <= end + 26),
        );
        expect(verdict(setOf(points(...hoursAgo)), week)).toBe(isCovered && isCoveredBetween ? 'pass' : 'fail');
      }),
      { numRuns: 500 },
    );
  });

  test('one more good copy never spoils what is kept', () => {
    fc.assert(
      fc.property(fullWeek, fc.integer({ min: 0, max: 1000 }), (hoursAgo, more) => {
        fc.pre(verdict(setOf(points(...hoursAgo)), week) === 'pass');
        expect(verdict(setOf(points(...hoursAgo, more)), week)).toBe('pass');
      }),
    );
  });

  test('a copy from the future never helps', () => {
    fc.assert(
      fc.property(fc.oneof(hours, fullWeek), fc.integer({ min: 1, max: 100 }), (hoursAgo, ahead) => {
        expect(verdict(setOf(points(...hoursAgo, -ahead)), week)).not.toBe('pass');
      }),
    );
  });
});
