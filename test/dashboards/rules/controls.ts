import { day, hour, steady, type RuleCase } from './case.ts';

const of = 'host="web1",policy="p",control="c"';
const grace = {
  'waarborg_control_grace_seconds{severity="critical"}': steady(hour),
  'waarborg_control_grace_seconds{severity="warning"}': steady(day),
  'waarborg_control_grace_seconds{severity="info"}': steady(7 * day),
  'waarborg_control_info{policy="p",control="c",check="tls"}': steady(1),
};
const since = `waarborg_control_failing_since_timestamp_seconds{${of}}`;
const labels = { host: 'web1', policy: 'p', control: 'c', check: 'tls' };

function failing(severity: string, verdict: string, from: number): RuleCase['series'] {
  return {
    ...grace,
    [`waarborg_control_compliant{${of},severity="${severity}",verdict="${verdict}"}`]: steady(0),
    [since]: steady(from),
  };
}

const graces = [
  ['critical', hour],
  ['warning', day],
  ['info', 7 * day],
] as const;

const alert = 'WaarborgControlFailing';
const ofPeople = 'WaarborgOrganisationControlFailing';

function people(severity: string, verdict: string): RuleCase['series'] {
  const name = `waarborg_organisation_control_compliant{policy="p",control="c",severity="${severity}",verdict="${verdict}"}`;
  return { [name]: verdict === 'pass' ? '1x200' : '0x200' };
}

export const controls: readonly RuleCase[] = [
  ...graces.flatMap(([severity, seconds]): RuleCase[] => [
    {
      alert,
      what: `a ${severity} control that fails for longer than its grace`,
      series: failing(severity, 'fail', 2 * hour - seconds - 60),
      at: '2h',
      fires: [{ severity, labels: { ...labels, verdict: 'fail' } }],
    },
    {
      alert,
      what: `a ${severity} control that fails within its grace`,
      series: failing(severity, 'fail', 2 * hour - seconds + 60),
      at: '2h',
      fires: [],
    },
    {
      alert: ofPeople,
      what: `a ${severity} control that nobody shows for long`,
      series: people(severity, 'unknown'),
      interval: '1h',
      at: '8d',
      fires: [{ severity, labels: { policy: 'p', control: 'c', verdict: 'unknown' } }],
    },
    {
      alert: ofPeople,
      what: `a ${severity} control that is attested`,
      series: people(severity, 'pass'),
      interval: '1h',
      at: '8d',
      fires: [],
    },
  ]),
  {
    alert,
    what: 'a control that nobody can tell',
    series: failing('critical', 'unknown', -day),
    at: '1h',
    fires: [{ severity: 'critical', labels: { ...labels, verdict: 'unknown' } }],
  },
  {
    alert,
    what: 'a control of which the newest document says nothing',
    series: {
      ...failing('critical', 'fail', -day),
      'waarborg_control_info{policy="p",control="c",check="tls"}': '_x600',
    },
    at: '1h',
    fires: [{ severity: 'critical', labels: { host: 'web1', policy: 'p', control: 'c', verdict: 'fail' } }],
  },
  {
    alert,
    what: 'a control with an approved exception',
    series: failing('critical', 'waived', -day),
    at: '1h',
    fires: [],
  },
  {
    alert,
    what: 'a control of a host that fell silent: another alert tells of that',
    series: failing('critical', 'stale', -day),
    at: '1h',
    fires: [],
  },
  {
    alert,
    what: 'one of two hosts that fails',
    series: {
      ...failing('critical', 'fail', -day),
      'waarborg_control_compliant{host="web2",policy="p",control="c",severity="critical",verdict="pass"}': steady(1),
    },
    at: '1h',
    fires: [{ severity: 'critical', labels: { ...labels, verdict: 'fail' } }],
  },
  {
    alert: ofPeople,
    what: 'an exception that people approved of',
    series: people('critical', 'waived'),
    interval: '1h',
    at: '8d',
    fires: [],
  },
  {
    alert: 'WaarborgDocumentsUnread',
    what: 'a document that cannot be read',
    series: { waarborg_organisation_documents_unread: steady(1) },
    at: '1h',
    fires: [{ severity: 'warning', labels: {} }],
  },
  {
    alert: 'WaarborgDocumentsUnread',
    what: 'documents that all can be read',
    series: { waarborg_organisation_documents_unread: steady(0) },
    at: '1h',
    fires: [],
  },
];
