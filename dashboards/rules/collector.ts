import { day, type Alert } from './rule.ts';

const free = 'waarborg_store_free_bytes';
const reserve = 'waarborg_store_reserve_bytes';

export const collector: readonly Alert[] = [
  {
    alert: 'WaarborgCollectorAbsent',
    severity: 'critical',
    expr: 'absent(waarborg_log_size_entries)',
    for: '5m',
    summary: 'No collector can be scraped.',
    description: 'It does not run, does not answer, or refuses the token: of no host anybody knows how it is.',
  },
  {
    alert: 'WaarborgCollectorDiskFilling',
    severity: 'critical',
    expr: `${free} < 4 * ${reserve}`,
    for: '5m',
    summary: 'The disk of the collector is nearly full.',
    description: 'With a little less it takes no reports. Agents keep theirs meanwhile, but not for ever.',
  },
  {
    alert: 'WaarborgCollectorDiskFilling',
    severity: 'warning',
    expr: `predict_linear(${free}[6h], ${3 * day}) < ${reserve} and ${free} >= 4 * ${reserve}`,
    for: '1h',
    summary: 'The disk of the collector is full within three days, as it fills now.',
    description: 'Then it takes no reports. Make room, or give it a larger disk.',
  },
  {
    alert: 'WaarborgCollectorQueueFilling',
    severity: 'warning',
    expr: 'waarborg_ingest_queue_reports / waarborg_ingest_queue_limit_reports > 0.5',
    for: '5m',
    summary: 'Reports come faster than the collector writes them.',
    description: 'When the queue is full, agents are asked to come back later. Mostly the disk is slow.',
  },
  {
    alert: 'WaarborgCollectorRefusing',
    severity: 'critical',
    expr: 'sum without (code) (increase(waarborg_http_problems_total{code=~"log[.](busy|clock|disk-full|unavailable)"}[15m])) > 0',
    for: '15m',
    summary: 'The collector refuses reports, because it cannot write them.',
    description: 'GET /readyz says why: the disk, the clock or the database. Agents keep their reports meanwhile.',
  },
  {
    alert: 'WaarborgNoticesFailed',
    severity: 'warning',
    expr: 'delta(waarborg_notices_messages{state="failed"}[1d]) > 0',
    for: '0m',
    summary: 'Messages to {{ $labels.receiver }} could not be delivered.',
    description: 'They were given up after many tries: nobody was told of what stood in them.',
  },
  {
    alert: 'WaarborgMetricsReduced',
    severity: 'info',
    expr: 'waarborg_control_series_reduced == 1',
    for: '1h',
    summary: 'The metrics name only controls that are not compliant: there are more than the limit.',
    description: 'Alerts and totals are whole all the same. Queries over single controls that pass find nothing.',
  },
];
