import { day, hour, steady, type RuleCase } from './case.ts';

const control = { policy: 'p', control: 'c' };
const waiver = 'waarborg_waiver_until_timestamp_seconds{policy="p",control="c"}';
const attestation = 'waarborg_organisation_attestation_until_timestamp_seconds{policy="p",control="c"}';
const due = 'waarborg_case_due_timestamp_seconds{kind="data-breach",step="notify"}';
const step = { kind: 'data-breach', step: 'notify' };

export const people: readonly RuleCase[] = [
  {
    alert: 'WaarborgWaiverEnding',
    what: 'an exception that ends in a week',
    series: { [waiver]: steady(7 * day) },
    at: '2h',
    fires: [{ severity: 'info', labels: control }],
  },
  {
    alert: 'WaarborgWaiverEnding',
    what: 'an exception that ends in two months',
    series: { [waiver]: steady(60 * day) },
    at: '2h',
    fires: [],
  },
  {
    alert: 'WaarborgAttestationEnding',
    what: 'an attestation that ends in a week',
    series: { [attestation]: steady(7 * day) },
    at: '2h',
    fires: [{ severity: 'warning', labels: control }],
  },
  {
    alert: 'WaarborgAttestationEnding',
    what: 'an attestation that ended yesterday',
    series: { [attestation]: steady(-day) },
    at: '2h',
    fires: [{ severity: 'warning', labels: control }],
  },
  {
    alert: 'WaarborgAttestationEnding',
    what: 'an attestation of this spring',
    series: { [attestation]: steady(200 * day) },
    at: '2h',
    fires: [],
  },
  {
    alert: 'WaarborgCaseDue',
    what: 'a step with ten hours left',
    series: { [due]: steady(12 * hour) },
    at: '2h',
    fires: [{ severity: 'warning', labels: step }],
  },
  {
    alert: 'WaarborgCaseDue',
    what: 'a step with days left, and one that is overdue',
    series: {
      [due]: steady(3 * day),
      'waarborg_case_due_timestamp_seconds{kind="incident",step="answer"}': steady(-hour),
    },
    at: '2h',
    fires: [],
  },
  {
    alert: 'WaarborgCaseOverdue',
    what: 'a step of which the term has passed',
    series: { [due]: steady(hour) },
    at: '2h',
    fires: [{ severity: 'critical', labels: step }],
  },
  {
    alert: 'WaarborgCaseOverdue',
    what: 'a step with an hour left',
    series: { [due]: steady(3 * hour) },
    at: '2h',
    fires: [],
  },
];
