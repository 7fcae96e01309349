import { describe, expect, test } from 'vitest';
import type { Measure } from '../../../collector/metrics/measure.ts';
import { measuresOf } from '../../../collector/metrics/measures.ts';
import type { AccountPoints, BackupSet } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { setOf } from '../../policies/checks/backup/sets.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const seconds = (hoursAgo: number): number => noon / 1000 - hoursAgo * 3600;

function moment(hoursAgo: number): string {
  return new Date(seconds(hoursAgo) * 1000).toISOString();
}

function copies(...hoursAgo: number[]): { time: string }[] {
  return hoursAgo.map((hours) => ({ time: moment(hours) }));
}

/** The figures of reports that follow each other, hour by hour; those of the last one by name. */
function after(...sets: BackupSet[]): Record<string, number> {
  let measures: Measure[] = [];
  for (const [index, set] of sets.entries()) {
    const at = new Date(noon + index * 3_600_000);
    measures = measuresOf('facts/backup', read({ hostname: 'web1', sets: [set] }), at, measures);
  }
  return Object.fromEntries(measures.map(({ family, value }) => [family.replace('waarborg_backup_', ''), value]));
}

const watched = (hoursAgo: number[], more: Partial<BackupSet> = {}): BackupSet =>
  setOf(read(copies(...hoursAgo)), { watchedSince: moment(1000), ...more });

describe('the memory of a set', () => {
  test('is whole while reports follow each other, and old copies go', () => {
    expect(after(watched([81, 57, 33]), watched([57, 33, 9]))).toEqual({
      points: 3,
      oldest_timestamp_seconds: seconds(57),
      newest_timestamp_seconds: seconds(9),
      longest_gap_seconds: 86_400,
      watched_since_timestamp_seconds: seconds(1000),
    });
  });

  test('broke where it began anew, also with an unreadable report in between', () => {
    const unread = setOf(unreadable('denied', '/srv/restic'));
    const anew = watched([33, 9], { watchedSince: moment(-2) });
    expect(after(watched([33, 9]), anew).memory_broken_timestamp_seconds).toBe(seconds(-1));
    expect(after(watched([33, 9]), unread).memory_broken_timestamp_seconds).toBeUndefined();
    expect(after(watched([33, 9]), unread, anew).memory_broken_timestamp_seconds).toBe(seconds(-2));
    const without = setOf(read(copies(33, 9)));
    expect(after(watched([33, 9]), without).memory_broken_timestamp_seconds).toBe(seconds(-1));
  });

  test('broke where the newest copy is gone and it is silent about that, and the moment is kept', () => {
    const silent = [watched([57, 33, 9]), watched([57, 33])] as const;
    expect(after(...silent).memory_broken_timestamp_seconds).toBe(seconds(-1));
    expect(after(...silent, watched([33, -3])).memory_broken_timestamp_seconds).toBe(seconds(-1));
    const told = { time: moment(9), firstSeen: moment(8), goneBy: moment(-1) };
    const honest = watched([57, 33], { vanished: [told] });
    expect(after(watched([57, 33, 9]), honest).memory_broken_timestamp_seconds).toBeUndefined();
  });
});

describe('a set with accounts', () => {
  const perAccount = (...value: AccountPoints[]): BackupSet => setOf({ state: 'per-account', value });

  test('shows the account that is worst off', () => {
    const measures = after(
      perAccount({ account: 'a', points: copies(57, 33, 9) }, { account: 'b', points: copies(105, 30) }),
    );
    expect(measures).toEqual({
      points: 5,
      oldest_timestamp_seconds: seconds(57),
      newest_timestamp_seconds: seconds(30),
      longest_gap_seconds: 75 * 3600,
    });
  });

  test('shows no newest copy where one account has none', () => {
    const measures = after(perAccount({ account: 'a', points: copies(9) }, { account: 'b', points: [] }));
    expect(measures).toEqual({ points: 1 });
  });
});
