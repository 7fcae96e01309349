import { describe, expect, test } from 'vitest';
import { capacity } from '../../../../policies/checks/capacity.ts';
import type { CapacityFacts, Filesystem, HeldReading } from '../../../../policies/checks/capacity/facts.ts';
import { CapacityParameters } from '../../../../policies/checks/capacity/parameters.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const at = new Date('2026-11-22T09:00:00Z');
const sound: Filesystem = {
  mount: '/',
  type: 'ext4',
  state: 'writable',
  space: read({ used: 90, inodes: 90 }),
  metadata: null,
  history: [],
};
const healthy: CapacityFacts = {
  filesystems: read([sound]),
  pools: read([]),
  memory: read({ available: 10, swap: 80 }),
  load: read({ perProcessor: 2, processors: 4 }),
  quotas: read({ sources: [], users: [] }),
};

function judge(facts: Partial<CapacityFacts>, parameters: object = {}, moment = at): string[] {
  const reasons = capacity.judge(read({ ...healthy, ...facts }), parameters, moment);
  return reasons.map(({ verdict, code }) => `${verdict} ${code.replace('capacity.', '')}`);
}

const ofDisk = (filesystem: Partial<Filesystem>, parameters: object = {}): string[] =>
  judge({ filesystems: read([{ ...sound, ...filesystem }]) }, { of: ['disks'], ...parameters });

describe('capacity', () => {
  test('passes at each threshold', () => {
    expect(judge({})).toEqual(['pass space-enough', 'pass memory-enough', 'pass swap-enough', 'pass load-enough']);
  });

  test.each<[string, Partial<CapacityFacts>, string]>([
    ['too little memory', { memory: read({ available: 5, swap: null }) }, 'fail memory'],
    ['too much swap in use', { memory: read({ available: 50, swap: 85 }) }, 'fail swap'],
    ['too much load', { load: read({ perProcessor: 2.5, processors: 4 }) }, 'fail load'],
    ['a thin pool full of data', { pools: read([{ pool: 'vg/p', use: { data: 91, metadata: 1 } }]) }, 'fail pool'],
    ['a thin pool full of metadata', { pools: read([{ pool: 'vg/p', use: { data: 1, metadata: 91 } }]) }, 'fail pool'],
    ['a thin pool that takes no writes', { pools: read([{ pool: 'vg/p', use: null }]) }, 'fail pool-failed'],
    ['unreadable mounts', { filesystems: unreadable('denied', '/proc/1/mountinfo') }, 'unknown host.denied'],
    ['unreadable pools', { pools: unreadable('command-missing', 'lvs') }, 'unknown host.command-missing'],
    ['unreadable memory', { memory: unreadable('missing', '/proc/meminfo') }, 'unknown host.missing'],
    ['unreadable load', { load: unreadable('missing', '/proc/loadavg') }, 'unknown host.missing'],
  ])('does not pass with %s', (_what, facts, expected) => {
    expect(judge(facts)).toContain(expected);
  });

  test('fails for a full disk, whatever it is full of', () => {
    expect(ofDisk({ space: read({ used: 91, inodes: 5 }) })).toEqual(['fail space']);
    expect(ofDisk({ space: read({ used: 5, inodes: 91 }) })).toEqual(['fail inodes']);
    expect(ofDisk({ space: read({ used: 5, inodes: null }), metadata: read(95) })).toEqual(['fail btrfs-metadata']);
    expect(ofDisk({ space: read({ used: 89, inodes: 1 }) }, { maximumDisk: 80 })).toEqual(['fail space']);
  });

  test('fails for one that stopped taking writes, and leaves out one that never took any', () => {
    expect(ofDisk({ state: 'failed', space: read({ used: 1, inodes: 1 }) })).toEqual(['fail failed']);
    expect(ofDisk({ state: 'remounted', space: read({ used: 1, inodes: 1 }) })).toEqual(['fail remounted']);
    expect(ofDisk({ state: 'read-only', space: read({ used: 100, inodes: 100 }) })).toEqual([]);
    expect(ofDisk({ space: unreadable('denied', 'df /mnt') })).toEqual(['unknown host.denied']);
  });

  test('refuses thresholds finer than facts are', () => {
    for (const finer of [{ minimumMemory: 12 }, { maximumSwap: 81 }, { maximumLoad: 1.2 }, { maximumQuota: 40 }]) {
      expect(CapacityParameters.safeParse(finer).success).toBe(false);
    }
  });
});

describe('the trend', () => {
  const day = (count: number): string => new Date(at.getTime() - count * 86_400_000).toISOString();
  const weekly = (...used: number[]): HeldReading[] =>
    used.map((amount, index) => ({ at: day((used.length - 1 - index) * 7 + 1), used: amount, size: 1000 }));
  const trend = (history: HeldReading[] | null, parameters: object = {}, moment = at): string[] =>
    judge({ filesystems: read([{ ...sound, history }]) }, { of: ['trend'], ...parameters }, moment);

  test('fails where the disk is full before somebody can act', () => {
    // 70 MiB a week and 90 left: nine days from the last reading.
    expect(trend(weekly(700, 770, 840, 910))).toEqual(['fail trend-full-soon']);
    expect(trend(weekly(700, 770, 840, 910), { timeToFull: '7d' })).toEqual(['pass trend-far']);
    expect(trend(weekly(100, 110, 120, 130))).toEqual(['pass trend-far']);
    expect(trend(weekly(500, 500, 500, 500))).toEqual(['pass trend-steady']);
    expect(trend(weekly(500, 400, 300, 200))).toEqual(['pass trend-steady']);
  });

  test('is not eased by a clean-up long ago', () => {
    const history = weekly(950, 950, 950, 950, 950, 200, 440, 680, 920);
    expect(trend(history)).toEqual(['fail trend-full-soon']);
  });

  test('goes by what there is now, also after the disk grew', () => {
    const grown = weekly(700, 770, 840, 910).map((one, index) => (index === 3 ? { ...one, size: 9000 } : one));
    expect(trend(grown)).toEqual(['pass trend-far']);
  });

  test('is unknown while readings are few, old, of tomorrow or remembered by nobody', () => {
    expect(trend([])).toEqual(['unknown trend-young']);
    expect(trend(weekly(1, 2, 3))).toEqual(['unknown trend-young']);
    const hurried = [4, 3, 2, 1].map((count) => ({ at: day(count), used: 10, size: 1000 }));
    expect(trend(hurried)).toEqual(['unknown trend-young']);
    const later = new Date(at.getTime() + 22 * 86_400_000);
    expect(trend(weekly(1, 2, 3, 4), {}, later)).toEqual(['unknown trend-old']);
    const before = new Date(at.getTime() - 5 * 86_400_000);
    expect(trend(weekly(1, 2, 3, 4), {}, before)).toEqual(['unknown trend-future']);
    expect(trend(null)).toEqual(['unknown trend-no-memory']);
  });
});

describe('quotas', () => {
  const quotas = (values: Partial<{ asOf: string | null; used: number; limited: number }>) => {
    const { asOf = null, used, limited = 3 } = values;
    const source = asOf === null ? ('kernel' as const) : ('directadmin' as const);
    const users = used === undefined ? [] : [{ user: '@jan', source, of: 'space' as const, used }];
    return judge({ quotas: read({ sources: [{ source, asOf, limited }], users }) }, { of: ['quotas'] });
  };

  test('fail from 80 percent on, each user by a pseudonym', () => {
    expect(quotas({})).toEqual(['pass quotas-enough']);
    expect(quotas({ used: 79 })).toEqual(['pass quotas-enough']);
    expect(quotas({ used: 80 })).toEqual(['fail quota']);
    expect(quotas({ used: 130 })).toEqual(['fail quota']);
  });

  test('are unknown where the tally is old or of tomorrow, or nobody has one', () => {
    expect(quotas({ asOf: '2026-11-22T00:15:00.000Z' })).toEqual(['pass quotas-enough']);
    expect(quotas({ asOf: '2026-11-20T00:15:00.000Z' })).toEqual(['unknown quotas-old']);
    expect(quotas({ asOf: '2026-11-20T00:15:00.000Z', used: 95 })).toEqual(['fail quota', 'unknown quotas-old']);
    expect(quotas({ asOf: '2026-11-23T00:15:00.000Z' })).toEqual(['unknown quotas-future']);
    expect(quotas({ limited: 0 })).toEqual(['unknown no-quotas']);
    expect(judge({}, { of: ['quotas'], withoutQuotas: 'not-applicable' })).toEqual(['not-applicable quotas-not-used']);
    expect(judge({ quotas: unreadable('command-missing', 'repquota') }, { of: ['quotas'] })).toEqual([
      'unknown host.command-missing',
    ]);
  });
});
