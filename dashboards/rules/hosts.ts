import { hour, type Alert } from './rule.ts';

export const hosts: readonly Alert[] = [
  {
    alert: 'WaarborgHostStale',
    severity: 'critical',
    expr: 'sum without (policy, verdict) (waarborg_host_controls{verdict="stale"}) > 0',
    for: '15m',
    summary: '{{ $labels.host }} has stopped reporting.',
    description:
      'Nothing that it reported before counts any more. Look at the agent there, and its way to the collector.',
  },
  {
    alert: 'WaarborgHostNeverSeen',
    severity: 'warning',
    expr: 'waarborg_host_last_report_timestamp_seconds == 0',
    for: '1d',
    summary: '{{ $labels.host }} is expected and has never reported.',
    description: 'Install and enrol an agent there, or take the host out of the settings of the collector.',
  },
  {
    alert: 'WaarborgHostClockAhead',
    severity: 'warning',
    expr: 'waarborg_hosts{state="clock-ahead"} > 0',
    for: '15m',
    summary: 'Hosts report from a time that has not come yet.',
    description: 'Nothing of theirs passes until clocks agree: theirs are ahead, or that of the collector is behind.',
  },
  {
    alert: 'WaarborgHostDeliveryDelayed',
    severity: 'warning',
    expr: `waarborg_host_delivery_delay_seconds > ${hour}`,
    for: '30m',
    summary: 'Reports of {{ $labels.host }} come more than an hour after they were made.',
    description: 'They wait in its spool. What the collector shows of the host is as old as they are.',
  },
];
