import { Facts, type BackupSet, type Point } from '../../../policies/checks/backup/facts.ts';
import { sortPoints } from '../../../policies/checks/backup/points.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf, type Measure } from '../measure.ts';

/**
 * Only copies that count are measured: those of a wrong clock, or without a required path, are none. Of a set with
 * accounts the one that is worst off stands for all.
 */
export const backupMeasures = defineMeasures('backup', Facts, ({ sets }, at, before) =>
  sets.flatMap((set) => [...copies(set, at), ...memory(set, at, before)]),
);

function copies(set: BackupSet, at: Date): Measure[] {
  const rows = rowsOf(set)?.map((points) => sortPoints(set, points, at).counted.map(({ time }) => time));
  if (rows === undefined) return [];
  const labels = { set: set.set };
  const points = measureOf(
    'waarborg_backup_points',
    labels,
    rows.reduce((sum, times) => sum + times.length, 0),
  );
  const newest = rows.flatMap((times) => times.at(-1) ?? []).sort();
  const oldest = rows.flatMap((times) => times[0] ?? []).sort();
  const [latest, earliest] = [oldest.at(-1), newest[0]];
  // Of an account without any copy there is no moment to show, and those of the others would hide that.
  if (latest === undefined || earliest === undefined || newest.length < rows.length) return [points];
  return [
    points,
    measureOf('waarborg_backup_newest_timestamp_seconds', labels, timestampSeconds(earliest)),
    measureOf('waarborg_backup_oldest_timestamp_seconds', labels, timestampSeconds(latest)),
    measureOf(
      'waarborg_backup_longest_gap_seconds',
      labels,
      rows.reduce((most, times) => Math.max(most, longestGap(times)), 0),
    ),
  ];
}

function rowsOf({ points }: BackupSet): (readonly Point[])[] | undefined {
  if (points.state === 'read') return [points.value];
  return points.state === 'per-account' ? points.value.map((account) => account.points) : undefined;
}

function longestGap(times: readonly string[]): number {
  return times.reduce((most, time, index) => Math.max(most, secondsBetween(times[index - 1] ?? time, time)), 0);
}

/**
 * Since when the agent remembers a set, and when that memory last broke: it began anew, or the newest copy is gone and
 * it does not say so. Kept from report to report, also over those in which the set could not be read
 * (docs/decisions/0010-backup-ledger.md).
 */
function memory(set: BackupSet, at: Date, before: readonly Measure[]): Measure[] {
  const labels = { set: set.set };
  const last = (family: Measure['family']): number | undefined =>
    before.find((measure) => measure.family === family && measure.labels.set === set.set)?.value;
  const [known, broken] = [
    last('waarborg_backup_watched_since_timestamp_seconds'),
    last('waarborg_backup_memory_broken_timestamp_seconds'),
  ];
  const wasRead = rowsOf(set) !== undefined;
  const since = set.watchedSince === undefined ? undefined : timestampSeconds(set.watchedSince);
  const beganAnew = wasRead && known !== undefined && (since === undefined || since > known);
  const isSilent = wasRead && isSilentAbout(set, last('waarborg_backup_newest_timestamp_seconds'));
  const brokenAt = beganAnew || isSilent ? timestampSeconds(at.toISOString()) : broken;
  const watched = wasRead ? since : known;
  return [
    ...(watched === undefined ? [] : [measureOf('waarborg_backup_watched_since_timestamp_seconds', labels, watched)]),
    ...(brokenAt === undefined ? [] : [measureOf('waarborg_backup_memory_broken_timestamp_seconds', labels, brokenAt)]),
  ];
}

/** Whether the newest copy of the report before is not there, nor a newer one, nor told as gone. Of accounts only the ledger tells. */
function isSilentAbout({ points, vanished = [] }: BackupSet, newest: number | undefined): boolean {
  if (newest === undefined || points.state !== 'read') return false;
  if (vanished.some(({ time }) => timestampSeconds(time) === newest)) return false;
  return points.value.every(({ time }) => timestampSeconds(time) < newest);
}
