import type { BackupSet, Facts, Point } from '../../../policies/checks/backup/facts.ts';
import { backup } from '../../../policies/checks/backup.ts';
import type { Parameters } from '../../../policies/checks/backup/parameters.ts';
import type { z } from 'zod';
import { read } from '../../../policies/reading.ts';
import { setOf } from '../checks/backup/sets.ts';
import { daysAgo, type Asked, type Example } from './example.ts';

type BackupFacts = z.output<typeof Facts>;
type Wanted = z.output<typeof Parameters>;

/** Copies at the rhythm that is asked for, from a day longer than they are kept until a moment ago. */
function pointsOf({ every = 86_400, keep = 35 * 86_400, keepAtMost }: Wanted, until: number): Point[] {
  const days = keepAtMost === undefined ? keep / 86_400 + 2 : keepAtMost / 86_400 - 1;
  const points: Point[] = [];
  for (let back = days; back >= until; back -= every / 86_400) {
    const time = daysAgo(back);
    points.push({ time, paths: ['/etc'], size: 4_000_000_000, startedAt: time, endedAt: daysAgo(back - 0.01) });
  }
  return points;
}

function factsOf(asked: Asked, how: 'kept' | 'broken'): BackupFacts {
  const wanted = backup.parameters.parse(asked) as Wanted;
  const purpose = wanted.purpose === 'any' ? 'system' : wanted.purpose;
  const watched = { purpose, watchedSince: daysAgo(400), vanished: [] };
  const tested = { at: daysAgo(20), how: 'restored', result: 'same', files: 200, bytes: 48_000_000 } as const;
  const points = pointsOf(wanted, how === 'kept' ? 0.05 : 12);
  const set: BackupSet =
    how === 'kept'
      ? setOf(byAccount(points, wanted), { ...watched, restoreTests: [tested] })
      : setOf(byAccount(tooOld(points, wanted), wanted), {
          ...watched,
          location: { kind: 'path', path: '/backup', fileSystem: read({ type: 'ext4', mountPoint: '/' }) },
          encrypted: 'no',
          restoreTests: [{ ...tested, at: daysAgo(200) }],
        });
  return { hostname: 'web1', sets: [set] };
}

/** One that should long have been removed, where that is asked. */
function tooOld(points: readonly Point[], { keepAtMost }: Wanted): Point[] {
  const [first] = points;
  const old = first === undefined || keepAtMost === undefined ? [] : [{ ...first, time: daysAgo(90) }];
  return [...old, ...points];
}

function byAccount(points: Point[], { perAccount }: Wanted): BackupSet['points'] {
  if (perAccount === undefined) return read(points);
  return { state: 'per-account', value: [{ account: 'account-1', points }] };
}

export const backupExample: Example = {
  kind: 'backup',
  kept: (asked) => factsOf(asked, 'kept'),
  broken: (asked) => factsOf(asked, 'broken'),
};
