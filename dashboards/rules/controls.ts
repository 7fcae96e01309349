import type { Severity } from '../../policies/schema.ts';
import type { Alert } from './rule.ts';

const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** Of what nobody excuses, on hosts that report: one that fell silent has an alert of its own. */
function failingOnHosts(severity: Severity): Alert {
  const failing = `waarborg_control_compliant{severity="${severity}",verdict=~"fail|unknown"}`;
  const since = 'time() - waarborg_control_failing_since_timestamp_seconds';
  const grace = 'waarborg_control_grace_seconds';
  // Adding what is 0 gives the labels of the one to the value of the other.
  const control = `((${since}) + on (job, instance, host, policy, control) group_left (verdict, severity) ${failing} > on (job, instance, severity) group_left () ${grace})`;
  const on = 'on (job, instance, policy, control)';
  return {
    alert: 'WaarborgControlFailing',
    severity,
    // A host with an older document may have a control of which the newest says nothing: it counts all the same.
    expr: `${control} * ${on} group_left (check) waarborg_control_info or (${control} unless ${on} waarborg_control_info)`,
    for: '0m',
    summary: '{{ $labels.host }} does not keep {{ $labels.control }} of {{ $labels.policy }}.',
    description:
      'It has been {{ $labels.verdict }} on {{ $labels.host }} for longer than its grace. The page of the host on the collector shows what was found and what to do.',
  };
}

const waits: Readonly<Record<Severity, string>> = { critical: '1h', warning: '1d', info: '7d' };

function failingOfPeople(severity: Severity): Alert {
  return {
    alert: 'WaarborgOrganisationControlFailing',
    severity,
    expr: `waarborg_organisation_control_compliant{severity="${severity}",verdict=~"fail|unknown"} == 0`,
    for: waits[severity],
    summary: 'Nobody shows that {{ $labels.control }} of {{ $labels.policy }} is kept.',
    description:
      'It is {{ $labels.verdict }}. People show it by an attestation or a case: the page of the organisation on the collector says what is missing.',
  };
}

export const controls: readonly Alert[] = [
  ...severities.map(failingOnHosts),
  ...severities.map(failingOfPeople),
  {
    alert: 'WaarborgDocumentsUnread',
    severity: 'warning',
    expr: 'waarborg_organisation_documents_unread > 0',
    for: '10m',
    summary: 'The organisation follows a document that the collector cannot read.',
    description: 'What it asks nobody can tell, so nothing of it counts as kept.',
  },
];
