import { stringify } from 'yaml';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'critical' | 'warning' | 'info' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** `host` is in every series of a host; thresholds are what a small team can act on. */
const alerts: readonly Alert[] = [
  {
    alert: 'WaarborgCriticalControlNotCompliant',
    expr: 'waarborg_control_compliant{severity="critical"} == 0',
    for: '1h',
    labels: { severity: 'critical' },
    annotations: {
      summary: '{{ $labels.host }} does not keep {{ $labels.control }}.',
      description:
        'Control {{ $labels.control }} of policy {{ $labels.policy }} is {{ $labels.verdict }} on {{ $labels.host }} for an hour. The collector shows why and what to do.',
    },
  },
  {
    alert: 'WaarborgControlNotCompliant',
    expr: 'waarborg_control_compliant{severity!="critical"} == 0',
    for: '1d',
    labels: { severity: 'warning' },
    annotations: {
      summary: '{{ $labels.host }} does not keep {{ $labels.control }}.',
      description:
        'Control {{ $labels.control }} of policy {{ $labels.policy }} is {{ $labels.verdict }} on {{ $labels.host }} for a day. The collector shows why and what to do.',
    },
  },
  {
    alert: 'WaarborgHostSilent',
    expr: 'time() - waarborg_host_last_report_timestamp_seconds > 3600 and waarborg_host_last_report_timestamp_seconds > 0',
    for: '15m',
    labels: { severity: 'critical' },
    annotations: {
      summary: '{{ $labels.host }} has stopped reporting.',
      description:
        'Nothing that it reported before counts any more. Look at the agent on the host and its way to the collector.',
    },
  },
  {
    alert: 'WaarborgHostNeverReported',
    expr: 'waarborg_host_last_report_timestamp_seconds == 0',
    for: '1d',
    labels: { severity: 'warning' },
    annotations: {
      summary: '{{ $labels.host }} is expected and has never reported.',
      description: 'Install and enrol an agent there, or take the host out of the collector’s settings.',
    },
  },
  {
    alert: 'WaarborgCertificateEnds',
    expr: 'waarborg_certificate_not_after_timestamp_seconds - time() < 14 * 86400',
    for: '1h',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'A certificate of {{ $labels.endpoint }} on {{ $labels.host }} ends within two weeks.',
      description: 'Renew it, and reload the service: the agent looks at what is served, not at the file.',
    },
  },
  {
    alert: 'WaarborgBackupMemoryBroken',
    expr: 'time() - waarborg_backup_memory_broken_timestamp_seconds < 7 * 86400',
    for: '0m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'The agent on {{ $labels.host }} lost its memory of the backups of {{ $labels.set }}.',
      description:
        'Its ledger began anew, or the newest backup went without a word of it. Where nobody changed the source of that set or set up the agent anew, compare the backups in the reports before and after: docs/checks/backup.md.',
    },
  },
  {
    alert: 'WaarborgLogNotGrowing',
    expr: 'time() - waarborg_log_checkpoint_timestamp_seconds > 1800',
    for: '15m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'The evidence log has not grown for half an hour.',
      description:
        'No report of any host was stored, and not even a heartbeat. Look at the collector’s log, at its clock and at its disk.',
    },
  },
  {
    alert: 'WaarborgLogBehind',
    expr: 'waarborg_log_behind > 0',
    for: '0m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'The evidence log was set back or forked, and takes nothing any more.',
      description:
        'Somebody showed a head that this log signed and does not continue. Stop the collector, copy its data folder, and put back the newest copy: docs/recovery.md.',
    },
  },
  {
    alert: 'WaarborgLogNotAnchored',
    expr: 'waarborg_log_anchored_entries == waarborg_log_anchored_entries offset 6h and on (instance, job) waarborg_log_size_entries > waarborg_log_size_entries offset 6h',
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'For six hours {{ $labels.anchor }} has not vouched for the evidence log, which grew.',
      description:
        'The collector asks again and again and goes on meanwhile; its log says why (anchor.failed): docs/anchors.md, docs/witness.md.',
    },
  },
  {
    alert: 'WaarborgLogDamaged',
    expr: 'waarborg_log_scrub_mismatches > 0',
    for: '0m',
    labels: { severity: 'critical' },
    annotations: {
      summary: '{{ $value }} places of the evidence log are not what was signed.',
      description:
        'The collector’s log names them. Copy the data folder as it is and look at the disk: docs/recovery.md.',
    },
  },
  {
    alert: 'WaarborgLogNotScrubbed',
    expr: 'time() - waarborg_log_scrub_completed_timestamp_seconds > 3 * 86400',
    for: '2d',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'What the collector stores has not been read again for days.',
      description:
        'Damage would not show. Look in the collector’s log why, and run waarborg scrub; a collector that starts anew each day never ends a pass over a large log.',
    },
  },
];

const recordingRules = [
  {
    record: 'policy:waarborg_policy_controls:sum',
    expr: 'sum without (verdict, instance, job) (waarborg_policy_controls{verdict!="not-applicable"})',
  },
  {
    record: 'policy_compliant:waarborg_policy_controls:sum',
    expr: 'sum without (verdict, instance, job) (waarborg_policy_controls{verdict="pass"})',
  },
];

/** The rules file for Prometheus: what to record and what to alert on. */
export function rulesFile(): string {
  const groups = [
    { name: 'waarborg-recording', rules: recordingRules },
    { name: 'waarborg-alerts', rules: alerts },
  ];
  return `# Made by "npm run dashboards"; change dashboards/rules.ts instead.\n${stringify({ groups }, { lineWidth: 0 })}`;
}
