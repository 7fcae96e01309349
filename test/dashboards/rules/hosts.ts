import { day, hour, steady, type RuleCase } from './case.ts';

const stale = (host: string): string => `waarborg_host_controls{host="${host}",policy="p",verdict="stale"}`;
const lastReport = 'waarborg_host_last_report_timestamp_seconds{host="web1"}';
const delay = 'waarborg_host_delivery_delay_seconds{host="web1"}';

export const hosts: readonly RuleCase[] = [
  {
    alert: 'WaarborgHostStale',
    what: 'one host of two that fell silent',
    series: { [stale('web1')]: steady(40), [stale('web2')]: steady(0) },
    at: '1h',
    fires: [{ severity: 'critical', labels: { host: 'web1' } }],
  },
  {
    alert: 'WaarborgHostStale',
    what: 'a host that is late for some minutes and comes back',
    series: { [stale('web1')]: '40x10 0x100' },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgHostNeverSeen',
    what: 'an expected host after a day',
    series: { [lastReport]: steady(0, 30) },
    interval: '1h',
    at: '25h',
    fires: [{ severity: 'warning', labels: { host: 'web1' } }],
  },
  {
    alert: 'WaarborgHostNeverSeen',
    what: 'a host that was enrolled on the same day, and one that fell silent long ago',
    series: {
      [lastReport]: '0x10 36000x40',
      'waarborg_host_last_report_timestamp_seconds{host="web2"}': steady(-day, 50),
    },
    interval: '1h',
    at: '40h',
    fires: [],
  },
  {
    alert: 'WaarborgHostClockAhead',
    what: 'a host with a wrong clock',
    series: { 'waarborg_hosts{state="clock-ahead"}': steady(1) },
    at: '1h',
    fires: [{ severity: 'warning', labels: { state: 'clock-ahead' } }],
  },
  {
    alert: 'WaarborgHostClockAhead',
    what: 'hosts that are stale or fresh',
    series: {
      'waarborg_hosts{state="clock-ahead"}': steady(0),
      'waarborg_hosts{state="stale"}': steady(5),
      'waarborg_hosts{state="fresh"}': steady(5),
    },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgHostDeliveryDelayed',
    what: 'reports that waited for hours',
    series: { [delay]: steady(2 * hour) },
    at: '1h',
    fires: [{ severity: 'warning', labels: { host: 'web1' } }],
  },
  {
    alert: 'WaarborgHostDeliveryDelayed',
    what: 'reports that come within seconds',
    series: { [delay]: steady(3) },
    at: '1h',
    fires: [],
  },
];
