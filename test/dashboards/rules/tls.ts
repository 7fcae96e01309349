import { day, hour, steady, type RuleCase } from './case.ts';

const endpoint = 'host="web1",endpoint="www.example.nl:443"';
const labels = { host: 'web1', endpoint: 'www.example.nl:443' };
const notAfter = `waarborg_certificate_not_after_timestamp_seconds{${endpoint}}`;
const validity = `waarborg_certificate_validity_seconds{${endpoint}}`;
const grade = (letter: string): string => `waarborg_tls_grade_info{${endpoint},grade="${letter}"}`;

export const tls: readonly RuleCase[] = [
  {
    alert: 'WaarborgCertificateEnding',
    what: 'ten days before its end',
    series: { [notAfter]: steady(10 * day) },
    at: '3h',
    fires: [{ severity: 'warning', labels }],
  },
  {
    alert: 'WaarborgCertificateEnding',
    what: 'two days before its end, as critical and not twice',
    series: { [notAfter]: steady(2 * day) },
    at: '3h',
    fires: [{ severity: 'critical', labels }],
  },
  {
    alert: 'WaarborgCertificateEnding',
    what: 'after its end',
    series: { [notAfter]: steady(-5 * day) },
    at: '3h',
    fires: [{ severity: 'critical', labels }],
  },
  {
    alert: 'WaarborgCertificateEnding',
    what: 'a month before its end, and just after it was renewed',
    series: {
      [notAfter]: steady(30 * day),
      'waarborg_certificate_not_after_timestamp_seconds{host="web2",endpoint="b:443"}': `${2 * day}x10 ${90 * day}x300`,
    },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgCertificateTooLong',
    what: 'ten years',
    series: { [validity]: steady(3650 * day) },
    at: '3h',
    fires: [{ severity: 'warning', labels }],
  },
  {
    alert: 'WaarborgCertificateTooLong',
    what: 'a year and not a second more',
    series: { [validity]: steady(365 * day) },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgTlsGradeFallen',
    what: 'A+ that becomes B',
    series: { [grade('A+')]: '1x60 _x300', [grade('B')]: '_x60 1x300' },
    at: '5h',
    fires: [{ severity: 'warning', labels }],
  },
  {
    alert: 'WaarborgTlsGradeFallen',
    what: 'B that becomes A',
    series: { [grade('B')]: '1x60 _x300', [grade('A')]: '_x60 1x300' },
    at: '5h',
    fires: [],
  },
  {
    alert: 'WaarborgTlsGradeFallen',
    what: 'T that stays, and an endpoint that is new',
    series: {
      [grade('T')]: steady(1),
      'waarborg_tls_grade_info{host="web2",endpoint="b:443",grade="F"}': '_x120 1x300',
    },
    at: `${(8 * hour) / 3600}h`,
    fires: [],
  },
];
