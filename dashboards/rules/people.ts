import { day, type Alert } from './rule.ts';

const attested = 'waarborg_organisation_attestation_until_timestamp_seconds';
const due = 'waarborg_case_due_timestamp_seconds';

export const people: readonly Alert[] = [
  {
    alert: 'WaarborgWaiverEnding',
    severity: 'info',
    expr: `waarborg_waiver_until_timestamp_seconds - time() < ${14 * day}`,
    for: '1h',
    summary: 'An exception from {{ $labels.control }} of {{ $labels.policy }} ends within two weeks.',
    description: 'After that the control counts again: mend what it excuses, or ask for a new exception.',
  },
  {
    alert: 'WaarborgAttestationEnding',
    severity: 'warning',
    expr: `${attested} - time() < ${14 * day}`,
    for: '1h',
    summary: 'The attestation of {{ $labels.control }} of {{ $labels.policy }} ends within two weeks, or has ended.',
    description: 'Somebody must look again and attest, or the control is not kept.',
  },
  {
    alert: 'WaarborgCaseDue',
    severity: 'warning',
    expr: `${due} - time() < ${day} and ${due} - time() > 0`,
    for: '0m',
    summary: 'The step {{ $labels.step }} of a case ({{ $labels.kind }}) is due within a day.',
    description: 'The page of the organisation on the collector lists open cases, and what is due first.',
  },
  {
    alert: 'WaarborgCaseOverdue',
    severity: 'critical',
    expr: `${due} - time() <= 0`,
    for: '0m',
    summary: 'The step {{ $labels.step }} of a case ({{ $labels.kind }}) is overdue.',
    description: 'A promised term has passed. Do the step now and record it; the report tells that it was late.',
  },
];
