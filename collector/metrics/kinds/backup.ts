import { Facts } from '../../../policies/checks/backup/facts.ts';
import { sortPoints } from '../../../policies/checks/backup/points.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf } from '../measure.ts';

/** Only copies that count are measured: those of a wrong clock, or without a required path, are none. */
export const backupMeasures = defineMeasures('backup', Facts, ({ sets }, at) =>
  sets.flatMap((set) => {
    if (set.points.state !== 'read') return [];
    const labels = { set: set.set };
    const times = sortPoints(set, set.points.value, at).counted.map(({ time }) => time);
    const [oldest] = times;
    const newest = times.at(-1);
    const points = measureOf('waarborg_backup_points', labels, times.length);
    if (oldest === undefined || newest === undefined) return [points];
    const gaps = times.slice(1).map((time, index) => secondsBetween(times[index] ?? time, time));
    return [
      points,
      measureOf('waarborg_backup_newest_timestamp_seconds', labels, timestampSeconds(newest)),
      measureOf('waarborg_backup_oldest_timestamp_seconds', labels, timestampSeconds(oldest)),
      measureOf('waarborg_backup_longest_gap_seconds', labels, Math.max(0, ...gaps)),
    ];
  }),
);
