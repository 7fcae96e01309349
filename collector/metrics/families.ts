/**
 * A fleet metric. Its name tells its type: `_info` for metadata, `_total` for what only grows, else a gauge.
 * docs/metrics.md is made from these.
 */
export interface Family {
  readonly help: string;
  /** What only the reference says: Markdown, with links from docs/. */
  readonly note?: string;
  /** What the value counts; `none` for 1 and 0. */
  readonly unit: string;
  /** In the order in which they are written. */
  readonly labels: readonly string[];
}

export const families = {
  waarborg_hosts: {
    help: 'Hosts by what their last report is worth: fresh, stale, clock-ahead (a wrong clock), or never-seen.',
    unit: 'hosts',
    labels: ['state'],
  },
  waarborg_host_info: {
    help: 'A host that has reported, with the agent and system that its last report names. Always 1.',
    unit: 'none',
    labels: ['host', 'agent_version', 'os'],
  },
  waarborg_host_last_report_timestamp_seconds: {
    help: 'When the facts of the last report were read; 0 for an expected host that never reported.',
    unit: 'seconds',
    labels: ['host'],
  },
  waarborg_host_delivery_delay_seconds: {
    help: 'From the moment at which the facts of the last report were read to its arrival: long where reports wait on the host.',
    unit: 'seconds',
    labels: ['host'],
  },
  waarborg_host_controls: {
    help: 'Controls of a policy on a host, by the verdict that now holds.',
    unit: 'controls',
    labels: ['host', 'policy', 'verdict'],
  },
  waarborg_control_compliant: {
    help: 'Whether a host now keeps a control: 1 for pass and not-applicable, 0 for all else.',
    unit: 'none',
    labels: ['host', 'policy', 'control', 'severity', 'verdict'],
  },
  waarborg_control_failing_since_timestamp_seconds: {
    help: 'Since when a control has not been passing on a host; absent while it passes.',
    unit: 'seconds',
    labels: ['host', 'policy', 'control'],
  },
  waarborg_policy_controls: {
    help: 'Controls of a policy over all hosts, by the verdict that now holds.',
    unit: 'controls',
    labels: ['policy', 'verdict'],
  },
  waarborg_control_hosts: {
    help: 'Hosts by the verdict that now holds for a control.',
    unit: 'hosts',
    labels: ['policy', 'control', 'verdict'],
  },
  waarborg_control_info: {
    help: 'A control in the newest version of its policy that a host reported, with its title in English and Dutch. Always 1.',
    unit: 'none',
    labels: ['policy', 'control', 'check', 'clause', 'severity', 'title', 'title_nl'],
  },
  waarborg_control_grace_seconds: {
    help: 'How long a control may fail before somebody is told, by severity: what the settings say.',
    unit: 'seconds',
    labels: ['severity'],
  },
  waarborg_control_series: {
    help: 'Controls on all hosts: what waarborg_control_compliant would have in series.',
    unit: 'series',
    labels: [],
  },
  waarborg_control_series_limit: {
    help: 'Series of waarborg_control_compliant up to which passing controls have theirs: what the settings say.',
    unit: 'series',
    labels: [],
  },
  waarborg_control_series_reduced: {
    help: 'Whether that limit is passed, so that waarborg_control_compliant tells only what is not compliant: 1 | 0.',
    unit: 'none',
    labels: [],
  },
  waarborg_organisation_control_compliant: {
    help: 'Whether people now show that a control is kept: 1 for pass and not-applicable, 0 for all else.',
    note: 'Of the documents that the organisation follows: [people](people.md).',
    unit: 'none',
    labels: ['policy', 'control', 'severity', 'verdict'],
  },
  waarborg_organisation_documents_unread: {
    help: 'Documents that the organisation follows and the collector cannot read: what they ask nobody can tell.',
    unit: 'documents',
    labels: [],
  },
  waarborg_organisation_attestation_until_timestamp_seconds: {
    help: 'When the attestation of a control, or the certificate that it asks for, ends, or the last one ended: the first of several; absent where there is none.',
    unit: 'seconds',
    labels: ['policy', 'control'],
  },
  waarborg_cases_open: {
    help: 'Cases that are not closed, by kind.',
    unit: 'cases',
    labels: ['kind'],
  },
  waarborg_case_due_timestamp_seconds: {
    help: 'When a step of an open case is due, the soonest of its kind; absent where none is to be done.',
    note: 'Overdue where it has passed.',
    unit: 'seconds',
    labels: ['kind', 'step'],
  },
  waarborg_waivers: {
    help: 'Approved exceptions that hold now, of hosts and the organisation.',
    unit: 'exceptions',
    labels: ['policy', 'control'],
  },
  waarborg_waiver_until_timestamp_seconds: {
    help: 'When the first of the exceptions from a control ends that hold now.',
    unit: 'seconds',
    labels: ['policy', 'control'],
  },
  waarborg_notices_messages: {
    help: 'Messages of the last 90 days to a receiver of notices, by what became of them: sent, waiting or failed.',
    note: '`failed` were [given up](notices.md#when): nobody was told.',
    unit: 'messages',
    labels: ['receiver', 'state'],
  },
  waarborg_notices_pending: {
    help: 'Notices for a receiver that are in no message yet.',
    unit: 'notices',
    labels: ['receiver'],
  },
  waarborg_certificate_not_after_timestamp_seconds: {
    help: 'Last moment at which a certificate that an endpoint serves is valid; the earliest of several.',
    unit: 'seconds',
    labels: ['host', 'endpoint'],
  },
  waarborg_certificate_validity_seconds: {
    help: 'Whole span of validity of a certificate that an endpoint serves; the longest of several.',
    unit: 'seconds',
    labels: ['host', 'endpoint'],
  },
  waarborg_certificate_key_length: {
    help: 'Key length in bits of a certificate that an endpoint serves, by algorithm; the shortest of several.',
    unit: 'bits',
    labels: ['host', 'endpoint', 'algorithm'],
  },
  waarborg_tls_version_offered: {
    help: 'Whether an endpoint accepts a version of SSL or TLS; absent where that could not be told.',
    note: '1 accepted, 0 refused.',
    unit: 'none',
    labels: ['host', 'endpoint', 'version'],
  },
  waarborg_tls_grade_info: {
    help: 'The SSL Labs letter of an endpoint when it was last read; absent where it is not decided. Always 1.',
    note: 'By [the rating](tls/rating.md) and its default settings; absent too where no control asks for it.',
    unit: 'none',
    labels: ['host', 'endpoint', 'grade'],
  },
  waarborg_availability_up: {
    help: 'Whether a service was up when a vantage point last looked; absent where it could not see.',
    unit: 'none',
    labels: ['host', 'target', 'service'],
  },
  waarborg_availability_since_timestamp_seconds: {
    help: 'Since when a service is as a vantage point sees it: up, down or not seen.',
    unit: 'seconds',
    labels: ['host', 'target', 'service'],
  },
  waarborg_availability_month_attainable_ratio: {
    help: 'Share of a calendar month (Europe/Amsterdam) that outages which are over leave, announced work among them.',
    note: 'Announced work counts as an outage here, time that nobody saw does not. Which promise was kept, `waarborg availability` tells.',
    unit: 'ratio',
    labels: ['host', 'target', 'service', 'month'],
  },
  waarborg_backup_newest_timestamp_seconds: {
    help: 'Moment of the newest complete backup of a set.',
    unit: 'seconds',
    labels: ['host', 'set'],
  },
  waarborg_backup_oldest_timestamp_seconds: {
    help: 'Moment of the oldest complete backup of a set.',
    unit: 'seconds',
    labels: ['host', 'set'],
  },
  waarborg_backup_points: {
    help: 'Complete backups that a set has.',
    unit: 'copies',
    labels: ['host', 'set'],
  },
  waarborg_backup_longest_gap_seconds: {
    help: 'Longest time between two complete backups of a set that follow each other.',
    unit: 'seconds',
    labels: ['host', 'set'],
  },
  waarborg_backup_watched_since_timestamp_seconds: {
    help: 'Since when the agent remembers which backups a set has.',
    unit: 'seconds',
    labels: ['host', 'set'],
  },
  waarborg_backup_memory_broken_timestamp_seconds: {
    help: 'When the agent last began to remember a set anew, or was silent about a backup that went.',
    note: 'None where it never did.',
    unit: 'seconds',
    labels: ['host', 'set'],
  },
  waarborg_password_oldest_change_timestamp_seconds: {
    help: 'Day on which the longest unchanged password of a kind was last changed.',
    note: '`kind` is `system`, `databases`, `sites`, `files` or `ssh-keys` (certificates); absent where nobody knows.',
    unit: 'seconds',
    labels: ['host', 'kind'],
  },
  waarborg_updates_pending: {
    help: 'Updates that wait to be installed, by category.',
    note: '`category` is `security`, `unlabelled` (of sources that do not tell which are about security) or `other`.',
    unit: 'updates',
    labels: ['host', 'category'],
  },
  waarborg_updates_lists_timestamp_seconds: {
    help: 'Date that the lists of security updates carry, or when repositories were last asked; the earliest of several.',
    unit: 'seconds',
    labels: ['host'],
  },
  waarborg_support_end_timestamp_seconds: {
    help: "Day on which the makers end support of a host's release, by a dated table.",
    note: '`support` is `standard` or `extended`.',
    unit: 'seconds',
    labels: ['host', 'support'],
  },
  waarborg_reboot_required: {
    help: 'Whether a host waits for a reboot; absent where that could not be told.',
    unit: 'none',
    labels: ['host'],
  },
  waarborg_log_size_entries: {
    help: 'Entries in the evidence log.',
    unit: 'entries',
    labels: [],
  },
  waarborg_log_appended_entries_total: {
    help: 'Entries appended to the evidence log since the collector started, by kind.',
    unit: 'entries',
    labels: ['kind'],
  },
  waarborg_log_anchored_entries: {
    help: 'Entries of the newest head of the evidence log that a witness or timestamp authority vouches for.',
    note: '0 before its first word: [witness](witness.md), [anchors](anchors.md).',
    unit: 'entries',
    labels: ['anchor'],
  },
  waarborg_log_anchored_timestamp_seconds: {
    help: 'When a witness or timestamp authority last vouched for the evidence log; 0 before its first word.',
    unit: 'seconds',
    labels: ['anchor'],
  },
  waarborg_log_checkpoint_timestamp_seconds: {
    help: 'When the evidence log last grew.',
    note: 'At least every ten minutes, by a heartbeat.',
    unit: 'seconds',
    labels: [],
  },
  waarborg_log_scrub_mismatches: {
    help: 'What is stored and is not what was signed, as the last pass over everything found it.',
    note: 'Or the pass under way, where that has found more.',
    unit: 'places',
    labels: [],
  },
  waarborg_log_scrub_completed_timestamp_seconds: {
    help: 'When everything that is stored had last been read again; 0 where it was not since the start.',
    unit: 'seconds',
    labels: [],
  },
  waarborg_log_behind: {
    help: 'Whether the log was shown a head of its own that it does not continue, and takes nothing any more: 1 | 0.',
    unit: 'none',
    labels: [],
  },
  waarborg_log_contradicted_timestamp_seconds: {
    help: 'When an enrolled agent last held more of the log than there is; absent for those that have not since the start.',
    note: 'An agent that is shown another history keeps the proof and reports no more: [recovery](recovery.md).',
    unit: 'seconds',
    labels: ['host'],
  },
  waarborg_ingest_queue_reports: {
    help: 'Reports and acts that wait to be written to disk.',
    unit: 'reports',
    labels: [],
  },
  waarborg_ingest_queue_limit_reports: {
    help: 'How many may wait; agents are asked to come back later where more would.',
    unit: 'reports',
    labels: [],
  },
  waarborg_store_size_bytes: {
    help: 'What the database of the evidence takes on disk.',
    unit: 'bytes',
    labels: [],
  },
  waarborg_store_free_bytes: {
    help: 'What is left on the disk that the database of the evidence lies on.',
    unit: 'bytes',
    labels: [],
  },
  waarborg_store_reserve_bytes: {
    help: 'What must be left there: with less, nothing is taken any more.',
    unit: 'bytes',
    labels: [],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;
export const familyNames = Object.keys(families) as FamilyName[];

/** The labels of one sample of a family: each is demanded, none may be added. */
export type LabelsOf<Name extends FamilyName> = Readonly<Record<(typeof families)[Name]['labels'][number], string>>;

export function timestampSeconds(moment: string): number {
  return new Date(moment).getTime() / 1000;
}
