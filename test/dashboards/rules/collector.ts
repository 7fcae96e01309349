import { steady, type RuleCase } from './case.ts';

const mebibyte = 2 ** 20;
const free = 'waarborg_store_free_bytes';
const reserve = { waarborg_store_reserve_bytes: steady(32 * mebibyte) };
const failed = 'waarborg_notices_messages{receiver="ops",state="failed"}';
const refused = (code: string): string => `waarborg_http_problems_total{code="${code}"}`;

export const collector: readonly RuleCase[] = [
  {
    alert: 'WaarborgCollectorAbsent',
    what: 'nothing to scrape',
    series: { up: steady(0) },
    at: '10m',
    fires: [{ severity: 'critical', labels: {} }],
  },
  {
    alert: 'WaarborgCollectorAbsent',
    what: 'a collector with an empty log',
    series: { waarborg_log_size_entries: steady(0) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'WaarborgCollectorDiskFilling',
    what: 'a disk that is nearly full',
    series: { [free]: steady(60 * mebibyte), ...reserve },
    at: '1h',
    fires: [{ severity: 'critical', labels: {} }],
  },
  {
    alert: 'WaarborgCollectorDiskFilling',
    what: 'a disk that will be full the day after tomorrow',
    series: { [free]: `${2000 * mebibyte}-${mebibyte}x600`, ...reserve },
    at: '9h',
    fires: [{ severity: 'warning', labels: {} }],
  },
  {
    alert: 'WaarborgCollectorDiskFilling',
    what: 'a large disk that fills slowly',
    series: { [free]: `${500_000 * mebibyte}-${mebibyte}x600`, ...reserve },
    at: '9h',
    fires: [],
  },
  {
    alert: 'WaarborgCollectorQueueFilling',
    what: 'a queue that is more than half full for long',
    series: { waarborg_ingest_queue_reports: steady(6000), waarborg_ingest_queue_limit_reports: steady(10_000) },
    at: '10m',
    fires: [{ severity: 'warning', labels: {} }],
  },
  {
    alert: 'WaarborgCollectorQueueFilling',
    what: 'a queue that was full for a moment',
    series: { waarborg_ingest_queue_reports: '9000x2 10x20', waarborg_ingest_queue_limit_reports: steady(10_000) },
    at: '10m',
    fires: [],
  },
  {
    alert: 'WaarborgCollectorRefusing',
    what: 'reports that are refused because the disk is full',
    series: { [refused('log.disk-full')]: '0+10x600' },
    at: '1h',
    fires: [{ severity: 'critical', labels: {} }],
  },
  {
    alert: 'WaarborgCollectorRefusing',
    what: 'requests that are refused for what they are',
    series: {
      [refused('token.missing')]: '0+10x600',
      [refused('report.gap')]: '0+10x600',
      [refused('log.busy')]: steady(5),
    },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgNoticesFailed',
    what: 'a message that was given up an hour ago',
    series: { [failed]: '2x120 3x300' },
    at: '3h',
    fires: [{ severity: 'warning', labels: { receiver: 'ops', state: 'failed' } }],
  },
  {
    alert: 'WaarborgNoticesFailed',
    what: 'messages that were given up weeks ago, of which the first leave the count',
    series: { [failed]: '2x120 1x300', 'waarborg_notices_messages{receiver="ops",state="sent"}': '0+1x600' },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgMetricsReduced',
    what: 'more series than the limit',
    series: { waarborg_control_series_reduced: steady(1) },
    at: '2h',
    fires: [{ severity: 'info', labels: {} }],
  },
  {
    alert: 'WaarborgMetricsReduced',
    what: 'fewer',
    series: { waarborg_control_series_reduced: steady(0) },
    at: '2h',
    fires: [],
  },
];
