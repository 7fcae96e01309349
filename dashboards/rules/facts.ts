import { day, hour, type Alert } from './rule.ts';

const newest = 'waarborg_backup_newest_timestamp_seconds';
const oldest = 'waarborg_backup_oldest_timestamp_seconds';
const notAfter = 'waarborg_certificate_not_after_timestamp_seconds';

export const tls: readonly Alert[] = [
  {
    alert: 'WaarborgCertificateEnding',
    severity: 'critical',
    expr: `${notAfter} - time() < ${3 * day}`,
    for: '15m',
    summary: 'A certificate of {{ $labels.endpoint }} on {{ $labels.host }} ends within three days, or has ended.',
    description: 'Renew it now, and reload the service: what is served counts, not the file.',
  },
  {
    alert: 'WaarborgCertificateEnding',
    severity: 'warning',
    expr: `${notAfter} - time() < ${14 * day} and ${notAfter} - time() >= ${3 * day}`,
    for: '1h',
    summary: 'A certificate of {{ $labels.endpoint }} on {{ $labels.host }} ends within two weeks.',
    description: 'Automatic renewal should have replaced it by now: see why it did not.',
  },
  {
    alert: 'WaarborgCertificateTooLong',
    severity: 'warning',
    expr: `waarborg_certificate_validity_seconds > ${365 * day}`,
    for: '1h',
    summary: 'A certificate of {{ $labels.endpoint }} on {{ $labels.host }} is valid for more than a year.',
    description: 'Browsers refuse such a certificate of a public authority, and policies ask for at most a year.',
  },
  {
    alert: 'WaarborgTlsGradeFallen',
    severity: 'warning',
    expr: 'endpoint:waarborg_tls_grade:rank < max_over_time(endpoint:waarborg_tls_grade:rank[7d])',
    for: '1h',
    summary:
      'The TLS letter of {{ $labels.endpoint }} on {{ $labels.host }} is worse than it was within the last week.',
    description:
      'A setting or certificate changed, or a rule of the rating. The page of the host tells what holds it down.',
  },
];

export const backups: readonly Alert[] = [
  {
    alert: 'WaarborgBackupLate',
    severity: 'critical',
    expr: `time() - ${newest} > 26 * ${hour} and time() - ${newest} > 1.25 * waarborg_backup_longest_gap_seconds`,
    for: '30m',
    summary: 'The newest backup of {{ $labels.set }} on {{ $labels.host }} is older than ever between two of them.',
    description: 'It is more than a day old, and later than its rhythm so far. Look at the job that makes it.',
  },
  {
    alert: 'WaarborgBackupRetentionBroken',
    severity: 'critical',
    expr: `(${newest} - ${oldest}) < 0.8 * (${newest} offset 1d - ${oldest} offset 1d) or waarborg_backup_points == 0`,
    for: '2h',
    summary:
      'The backups of {{ $labels.set }} on {{ $labels.host }} reach less far back than a day ago, or there are none.',
    description: 'Copies went before their time. Find out who or what removed them, before more go.',
  },
  {
    alert: 'WaarborgBackupMemoryBroken',
    severity: 'warning',
    expr: `time() - waarborg_backup_memory_broken_timestamp_seconds < ${7 * day}`,
    for: '0m',
    summary: 'The agent on {{ $labels.host }} lost its memory of the backups of {{ $labels.set }}.',
    description:
      'Its ledger began anew, or the newest backup went without a word of it. Where nobody changed the source of that set or set up the agent anew, compare the backups in the reports before and after.',
  },
];

export const upkeep: readonly Alert[] = [
  {
    alert: 'WaarborgPasswordOverdue',
    severity: 'warning',
    expr: `time() - waarborg_password_oldest_change_timestamp_seconds > ${183 * day}`,
    for: '1h',
    summary: 'A password on {{ $labels.host }} ({{ $labels.kind }}) is unchanged for more than half a year.',
    description: 'The page of the host names the account, by its pseudonym.',
  },
  {
    alert: 'WaarborgSecurityUpdatesWaiting',
    severity: 'critical',
    expr: 'waarborg_updates_pending{category="security"} > 0',
    for: '1d',
    summary: 'Security updates have waited on {{ $labels.host }} for a day.',
    description:
      'They were offered and not installed. Unattended upgrades are off there, fail, or hold these packages back.',
  },
  {
    alert: 'WaarborgUpdateListsOld',
    severity: 'warning',
    expr: `time() - waarborg_updates_lists_timestamp_seconds > ${14 * day}`,
    for: '1h',
    summary: 'The lists of updates on {{ $labels.host }} are more than two weeks old.',
    description: 'That nothing waits there says nothing: nobody asked.',
  },
  {
    alert: 'WaarborgRebootWaiting',
    severity: 'warning',
    expr: 'waarborg_reboot_required == 1',
    for: '3d',
    summary: '{{ $labels.host }} has waited for a reboot for three days.',
    description: 'What was installed against known holes does not run yet.',
  },
  {
    alert: 'WaarborgServiceDown',
    severity: 'critical',
    expr: 'waarborg_availability_up == 0',
    for: '5m',
    summary: '{{ $labels.target }} is down, as {{ $labels.host }} sees it.',
    description: 'The vantage point itself is not cut off: it saw others meanwhile.',
  },
];
