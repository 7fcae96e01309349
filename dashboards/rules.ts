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
    alert: 'WaarborgLogNotGrowing',
    expr: 'time() - waarborg_log_checkpoint_timestamp_seconds > 7200',
    for: '15m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'The evidence log has not grown for two hours.',
      description: 'No report of any host was stored. Look at the collector’s log and at its disk.',
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
