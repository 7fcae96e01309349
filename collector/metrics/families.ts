/** Every fleet metric: name, what it says, and its labels in the order in which they are written. All are gauges. */
export interface Family {
  readonly help: string;
  readonly labels: readonly string[];
}

export const families = {
  waarborg_host_info: {
    help: 'A host that has reported, with the agent and system that its last report names. Always 1.',
    labels: ['host', 'agent_version', 'os'],
  },
  waarborg_host_last_report_timestamp_seconds: {
    help: 'When the facts of the last report were read; 0 for an expected host that never reported.',
    labels: ['host'],
  },
  waarborg_host_controls: {
    help: 'Controls of a policy on a host, by the verdict that now holds.',
    labels: ['host', 'policy', 'verdict'],
  },
  waarborg_control_compliant: {
    help: 'Whether a host now keeps a control: 1 for pass and not-applicable, 0 for all else.',
    labels: ['host', 'policy', 'control', 'severity', 'verdict'],
  },
  waarborg_control_failing_since_timestamp_seconds: {
    help: 'Since when a control has not been passing on a host; absent while it passes.',
    labels: ['host', 'policy', 'control'],
  },
  waarborg_policy_controls: {
    help: 'Controls of a policy over all hosts, by the verdict that now holds.',
    labels: ['policy', 'verdict'],
  },
  waarborg_control_hosts: {
    help: 'Hosts by the verdict that now holds for a control.',
    labels: ['policy', 'control', 'verdict'],
  },
  waarborg_control_info: {
    help: 'A control in the newest version of its policy that a host reported. Always 1.',
    labels: ['policy', 'control', 'clause', 'severity', 'title'],
  },
  waarborg_organisation_control_compliant: {
    help: 'Whether people now show that a control is kept: 1 for pass and not-applicable, 0 for all else.',
    labels: ['policy', 'control', 'severity', 'verdict'],
  },
  waarborg_organisation_documents_unread: {
    help: 'Documents that the organisation follows and the collector cannot read: what they ask nobody can tell.',
    labels: [],
  },
  waarborg_organisation_attestation_until_timestamp_seconds: {
    help: 'When the attestation of a control ends, or the last one ended; absent where there is none.',
    labels: ['policy', 'control'],
  },
  waarborg_cases_open: {
    help: 'Cases that are not closed, by kind.',
    labels: ['kind'],
  },
  waarborg_case_due_timestamp_seconds: {
    help: 'When a step of an open case is due, the soonest of its kind; absent where none is to be done.',
    labels: ['kind', 'step'],
  },
  waarborg_waivers: {
    help: 'Approved exceptions that hold now, of hosts and the organisation.',
    labels: ['policy', 'control'],
  },
  waarborg_waiver_until_timestamp_seconds: {
    help: 'When the first of the exceptions from a control ends that hold now.',
    labels: ['policy', 'control'],
  },
  waarborg_certificate_not_after_timestamp_seconds: {
    help: 'Last moment at which a certificate that an endpoint serves is valid; the earliest of several.',
    labels: ['host', 'endpoint'],
  },
  waarborg_certificate_validity_seconds: {
    help: 'Whole span of validity of a certificate that an endpoint serves; the longest of several.',
    labels: ['host', 'endpoint'],
  },
  waarborg_certificate_key_length: {
    help: 'Key length in bits of a certificate that an endpoint serves, by algorithm; the shortest of several.',
    labels: ['host', 'endpoint', 'algorithm'],
  },
  waarborg_tls_version_offered: {
    help: 'Whether an endpoint accepts a version of SSL or TLS; absent where that could not be told.',
    labels: ['host', 'endpoint', 'version'],
  },
  waarborg_tls_grade_info: {
    help: 'The SSL Labs letter of an endpoint when it was last read; absent where it is not decided. Always 1.',
    labels: ['host', 'endpoint', 'grade'],
  },
  waarborg_availability_up: {
    help: 'Whether a service was up when a vantage point last looked; absent where it could not see.',
    labels: ['host', 'target', 'service'],
  },
  waarborg_availability_since_timestamp_seconds: {
    help: 'Since when a service is as a vantage point sees it: up, down or not seen.',
    labels: ['host', 'target', 'service'],
  },
  waarborg_availability_month_attainable_ratio: {
    help: 'Share of a calendar month (Europe/Amsterdam) that outages which are over leave, announced work among them.',
    labels: ['host', 'target', 'service', 'month'],
  },
  waarborg_backup_newest_timestamp_seconds: {
    help: 'Moment of the newest complete backup of a set.',
    labels: ['host', 'set'],
  },
  waarborg_backup_oldest_timestamp_seconds: {
    help: 'Moment of the oldest complete backup of a set.',
    labels: ['host', 'set'],
  },
  waarborg_backup_points: {
    help: 'Complete backups that a set has.',
    labels: ['host', 'set'],
  },
  waarborg_backup_longest_gap_seconds: {
    help: 'Longest time between two complete backups of a set that follow each other.',
    labels: ['host', 'set'],
  },
  waarborg_backup_watched_since_timestamp_seconds: {
    help: 'Since when the agent remembers which backups a set has.',
    labels: ['host', 'set'],
  },
  waarborg_backup_memory_broken_timestamp_seconds: {
    help: 'When the agent last began to remember a set anew, or was silent about a backup that went.',
    labels: ['host', 'set'],
  },
  waarborg_password_oldest_change_timestamp_seconds: {
    help: 'Day on which the longest unchanged password of a kind was last changed.',
    labels: ['host', 'kind'],
  },
  waarborg_updates_pending: {
    help: 'Updates that wait to be installed, by category.',
    labels: ['host', 'category'],
  },
  waarborg_updates_lists_timestamp_seconds: {
    help: 'Date that the lists of security updates carry, or when repositories were last asked; the earliest of several.',
    labels: ['host'],
  },
  waarborg_support_end_timestamp_seconds: {
    help: "Day on which the makers end support of a host's release, by a dated table.",
    labels: ['host', 'support'],
  },
  waarborg_reboot_required: {
    help: 'Whether a host waits for a reboot; absent where that could not be told.',
    labels: ['host'],
  },
  waarborg_log_size_entries: {
    help: 'Entries in the evidence log.',
    labels: [],
  },
  waarborg_log_anchored_entries: {
    help: 'Entries of the newest head of the evidence log that a witness or timestamp authority vouches for.',
    labels: ['anchor'],
  },
  waarborg_log_checkpoint_timestamp_seconds: {
    help: 'When the evidence log last grew.',
    labels: [],
  },
  waarborg_log_scrub_mismatches: {
    help: 'What is stored and is not what was signed, as the last pass over everything found it.',
    labels: [],
  },
  waarborg_log_scrub_completed_timestamp_seconds: {
    help: 'When everything that is stored had last been read again; 0 where it was not since the start.',
    labels: [],
  },
  waarborg_log_behind: {
    help: 'Whether the log was shown a head of its own that it does not continue, and takes nothing any more: 1 | 0.',
    labels: [],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;
export const familyNames = Object.keys(families) as FamilyName[];

/** The labels of one sample of a family: each is demanded, none may be added. */
export type LabelsOf<Name extends FamilyName> = Readonly<Record<(typeof families)[Name]['labels'][number], string>>;

const header = new Map(
  familyNames.map((name) => [name, Buffer.from(`# HELP ${name} ${families[name].help}\n# TYPE ${name} gauge\n`)]),
);

/** The `# HELP` and `# TYPE` lines of a family. */
export function familyHeader(name: FamilyName): Buffer {
  return header.get(name) ?? Buffer.alloc(0);
}

/** One line of the Prometheus text format. */
export function sample<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, value: number): string {
  const given: Readonly<Record<string, string>> = labels;
  const pairs = families[name].labels.map((label) => `${label}="${escapeLabel(given[label] ?? '')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

/** Text format 0.0.4: backslash, double quote and line feed are escaped. */
function escapeLabel(value: string): string {
  // Nearly none has any, and looking takes a third of the time that replacing nothing does.
  if (!/[\\"\n]/.test(value)) return value;
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

export function timestampSeconds(moment: string): number {
  return new Date(moment).getTime() / 1000;
}
