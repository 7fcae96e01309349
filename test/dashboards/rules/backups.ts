import { day, hour, steady, type RuleCase } from './case.ts';

const set = 'host="db1",set="www"';
const labels = { host: 'db1', set: 'www' };
const newest = `waarborg_backup_newest_timestamp_seconds{${set}}`;
const oldest = `waarborg_backup_oldest_timestamp_seconds{${set}}`;
const gap = `waarborg_backup_longest_gap_seconds{${set}}`;
const points = `waarborg_backup_points{${set}}`;
const broken = `waarborg_backup_memory_broken_timestamp_seconds{${set}}`;

/** Each ten minutes, over three days. */
const long = { interval: '10m', at: '3d' } as const;

export const backups: readonly RuleCase[] = [
  {
    alert: 'WaarborgBackupLate',
    what: 'a daily backup that has not come for two days',
    series: { [newest]: steady(-2 * day), [gap]: steady(day) },
    at: '3h',
    fires: [{ severity: 'critical', labels }],
  },
  {
    alert: 'WaarborgBackupLate',
    what: 'the only backup there is, of last week',
    series: { [newest]: steady(-7 * day), [gap]: steady(0) },
    at: '3h',
    fires: [{ severity: 'critical', labels }],
  },
  {
    alert: 'WaarborgBackupLate',
    what: 'a daily backup of this night, and a weekly one of four days ago',
    series: {
      [newest]: steady(-20 * hour),
      [gap]: steady(day),
      'waarborg_backup_newest_timestamp_seconds{host="db1",set="weekly"}': steady(-4 * day),
      'waarborg_backup_longest_gap_seconds{host="db1",set="weekly"}': steady(7 * day),
    },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgBackupLate',
    what: 'a backup of every four hours that is late, within the day: its control tells of that',
    series: { [newest]: steady(-10 * hour), [gap]: steady(4 * hour) },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgBackupRetentionBroken',
    what: 'old copies that went',
    series: { [newest]: steady(0), [oldest]: `${-30 * day}x300 ${-7 * day}x200`, [points]: steady(8) },
    ...long,
    fires: [{ severity: 'critical', labels }],
  },
  {
    alert: 'WaarborgBackupRetentionBroken',
    what: 'no copy at all',
    series: { [points]: steady(0) },
    ...long,
    fires: [{ severity: 'critical', labels }],
  },
  {
    alert: 'WaarborgBackupRetentionBroken',
    what: 'a month of copies that moves on with the days',
    series: {
      [newest]: `0x143 ${day}x143 ${2 * day}x200`,
      [oldest]: `${-30 * day}x143 ${-29 * day}x143 ${-28 * day}x200`,
      [points]: steady(30),
    },
    ...long,
    fires: [],
  },
  {
    alert: 'WaarborgBackupMemoryBroken',
    what: 'a ledger that began anew yesterday',
    series: { [broken]: steady(-day) },
    at: '1h',
    fires: [{ severity: 'warning', labels }],
  },
  {
    alert: 'WaarborgBackupMemoryBroken',
    what: 'one that began anew a month ago',
    series: { [broken]: steady(-30 * day) },
    at: '1h',
    fires: [],
  },
];
