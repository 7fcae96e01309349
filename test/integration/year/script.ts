import type { RosterPart } from '../../../collector/people/exchange.ts';
import type { Act } from '../../../evidence/act.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import type { Year } from './year.ts';

/** What happens in the year 2026, month by month. What is expected of it stands in year.test.ts. */
export async function live(year: Year): Promise<void> {
  await beginning(year);
  await winter(year);
  await spring(year);
  await summer(year);
  await autumn(year);
  await year.until('2026-12-31T07:00:00Z');
  await year.audit();
}

const organisation = { of: 'organisation' } as const;

function review(id: string, effective: string): Act {
  const control = { policy: 'cloud-provider', control: 'CP-access-review.signed' } as const;
  return { act: 'attest', id, ...control, scope: organisation, effective: `${effective}T00:00:00.000Z`, until: null };
}

async function reviewed(year: Year, id: string, attested: string, approved: string): Promise<void> {
  const act = review(id, attested);
  await year.act(`${attested}T09:00:00Z`, 'anna', act, { text: 'Reviewed all rights', file: ['review.txt'] });
  await year.act(`${approved}T09:00:00Z`, 'bram', { act: 'approve', of: id });
}

function opened(id: string, of: 'incident' | 'vulnerability', began: string): Act {
  return { act: 'open-case', id, of, urgency: 'urgent', began, about: null, fields: [] };
}

async function step(year: Year, moment: string, of: string, done: string): Promise<void> {
  await year.act(moment, 'anna', { act: 'take-step', of, step: done, fields: [] }, { text: `${done}, by telephone` });
}

async function certified(year: Year, moment: string, standard: string, from: string, until: string): Promise<void> {
  const record = {
    of: 'certificate',
    standard,
    from: `${from}T00:00:00.000Z`,
    until: `${until}T00:00:00.000Z`,
  } as const;
  await year.act(
    moment,
    'anna',
    { act: 'record', id: `certificate-${standard}`, record },
    { file: [`${standard}.txt`] },
  );
}

interface Exception {
  readonly from: string;
  readonly approved: string;
  readonly until: string;
}

/** Anna asks that a host need not keep time, and Bram approves. */
async function waived(year: Year, id: string, host: string, { from, approved, until }: Exception): Promise<void> {
  const document = year.policies.find(({ policy }) => policy === 'cloud-provider');
  const control = document?.controls.find((one) => one.id === 'CP-time-sync');
  if (control === undefined) throw new Error('no document asks for the time');
  const act: Act = {
    ...{ act: 'waive', id, policy: 'cloud-provider', control: control.id, requirement: requirementOf(control) },
    ...{ scope: { of: 'hosts', hosts: [`${host}.example.nl`] }, from, until },
  };
  await year.act(from, 'anna', act, { text: 'A firewall of a customer is in the way' });
  await year.act(approved, 'bram', { act: 'approve', of: id });
}

/** Examines whatever finding is open of a control. */
async function examined(year: Year, moment: string, control: string): Promise<void> {
  await year.until(moment);
  const [finding, ...more] = (await year.shown()).findings.filter((one) => one.control === control);
  if (finding === undefined || more.length > 0) throw new Error(`${moment}: expected one finding of ${control}`);
  await step(year, moment, finding.id, 'examined');
}

async function passwordsChanged(year: Year, moment: string): Promise<void> {
  await year.until(moment);
  for (const name of ['db1', 'web1', 'web2']) year.host(name).passwordChanged = new Date(moment);
}

/** Looks at all that the newest month's sample names. */
async function sampled(year: Year, moment: string, month = moment.slice(0, 7)): Promise<void> {
  await year.until(moment);
  const drawn = (await year.shown()).samples.find((one) => one.month === month);
  if (drawn?.asked !== 5) throw new Error(`${moment}: nothing was drawn`);
  for (const { host, policy, control } of drawn.sample.slice(0, drawn.asked)) {
    await year.act(moment, 'anna', { act: 'spot-check', month, host, policy, control, found: 'confirmed' });
  }
}

function jan(until: string | null): Act {
  const record = { of: 'person' as const, roles: ['developer'], from: '2026-01-01T00:00:00.000Z', until };
  return { act: 'record', id: 'person-jan', record };
}

async function beginning(year: Year): Promise<void> {
  await year.until('2026-01-01T12:00:00Z');
  await year.follow('2026-01-02T09:00:00Z');
  await certified(year, '2026-01-05T10:00:00Z', 'iso27001', '2023-11-15', '2026-11-15');
  await certified(year, '2026-01-05T10:10:00Z', 'iso27017', '2024-06-01', '2027-06-01');
  const roster: RosterPart = {
    ...{ v: 1, accounts: ['jan'], keys: [], purpose: 'web-development', root: false },
    ...{ hosts: ['web1.example.nl'], knows: null },
  };
  await year.act('2026-01-05T10:20:00Z', 'anna', jan(null), { text: 'Jan de Vries', roster });
  await reviewed(year, 'attestation-january', '2026-01-06', '2026-01-07');
  // From the second week on web2 cannot reach a time server.
  year.host('web2').keepsTime = false;
  await examined(year, '2026-01-08T10:00:00Z', 'CP-time-sync');
  const span = {
    from: '2026-01-14T09:00:00.000Z',
    approved: '2026-01-16T09:00:00Z',
    until: '2026-07-01T00:00:00.000Z',
  };
  await waived(year, 'waiver-web2', 'web2', span);
}

async function winter(year: Year): Promise<void> {
  await sampled(year, '2026-02-03T10:00:00Z');
  await sampled(year, '2026-03-03T10:00:00Z');
  const spare = { of: 'host', host: 'spare1.example.nl', from: '2026-03-10T09:00:00.000Z', until: null } as const;
  await year.act('2026-03-10T09:00:00Z', 'anna', { act: 'record', id: 'host-spare1', record: spare });
  await year.act('2026-03-13T09:00:00Z', 'anna', { act: 'strike', of: 'host-spare1' }, { text: 'Never bought' });
  // Sixty days later by the clock on the wall is an hour earlier once summer time has begun: 09:00 UTC.
  await year.act('2026-03-20T10:30:00Z', 'anna', opened('case-long', 'vulnerability', '2026-03-20T10:00:00.000Z'));
  await step(year, '2026-03-23T10:00:00Z', 'case-long', 'confirmed');
  await step(year, '2026-03-25T10:00:00Z', 'case-long', 'judged');
  // Friday; Monday ends at 22:00 UTC, because summer time has begun on Sunday.
  await year.act('2026-03-27T14:30:00Z', 'anna', opened('case-short', 'vulnerability', '2026-03-27T14:00:00.000Z'));
  await step(year, '2026-03-30T22:30:00Z', 'case-short', 'confirmed');
  await step(year, '2026-03-31T10:00:00Z', 'case-short', 'judged');
  await step(year, '2026-04-01T10:00:00Z', 'case-short', 'solved');
  await year.act('2026-04-01T10:30:00Z', 'anna', { act: 'close-case', of: 'case-short', fields: [] });
  await sampled(year, '2026-04-02T10:00:00Z');
}

/** The days around 27 April, the King's day, which is a Monday. */
async function spring(year: Year): Promise<void> {
  await reviewed(year, 'attestation-april', '2026-04-20', '2026-04-21');
  await year.until('2026-04-23T12:00:00Z');
  year.host('web1').keepsTime = false;
  await year.act('2026-04-25T10:30:00Z', 'anna', opened('case-23-hours', 'incident', '2026-04-25T10:00:00.000Z'));
  await step(year, '2026-04-25T12:00:00Z', 'case-23-hours', 'logs-secured');
  await step(year, '2026-04-26T09:00:00Z', 'case-23-hours', 'customers-told');
  await year.act('2026-04-26T12:30:00Z', 'anna', opened('case-25-hours', 'incident', '2026-04-26T12:00:00.000Z'));
  await step(year, '2026-04-26T13:00:00Z', 'case-25-hours', 'logs-secured');
  await step(year, '2026-04-27T13:00:00Z', 'case-25-hours', 'customers-told');
  await year.act('2026-04-28T10:00:00Z', 'anna', { act: 'close-case', of: 'case-23-hours', fields: [] });
  await year.act('2026-04-28T10:10:00Z', 'anna', { act: 'close-case', of: 'case-25-hours', fields: [] });
  // The finding of Friday 24 April: neither the weekend nor the King's day is a working day.
  await examined(year, '2026-04-29T21:30:00Z', 'CP-time-sync');
  year.host('web1').keepsTime = true;
  year.host('db1').keepsTime = false;
  // The finding of Thursday 30 April: Friday, and Monday 4 May, which ends half an hour too soon.
  await sampled(year, '2026-05-04T10:00:00Z');
  await examined(year, '2026-05-04T22:30:00Z', 'CP-time-sync');
  year.host('db1').keepsTime = true;
  await step(year, '2026-05-19T09:30:00Z', 'case-long', 'solved');
  await year.act('2026-05-19T10:00:00Z', 'anna', { act: 'close-case', of: 'case-long', fields: [] });
  await year.audit();
  await passwordsChanged(year, '2026-05-20T12:00:00Z');
}

async function summer(year: Year): Promise<void> {
  await sampled(year, '2026-06-03T10:00:00Z');
  await year.act('2026-06-15T09:00:00Z', 'anna', jan('2026-07-01T00:00:00.000Z'));
  await examined(year, '2026-07-02T09:00:00Z', 'CP-time-sync');
  await examined(year, '2026-07-02T09:10:00Z', 'AN-server-password-rotation');
  await sampled(year, '2026-07-03T10:00:00Z');
  await year.until('2026-07-05T12:00:00Z');
  year.host('web2').keepsTime = true;
  await year.until('2026-07-08T12:00:00Z');
  year.host('web1').passwordChanged = year.now;
  await reviewed(year, 'attestation-july', '2026-07-15', '2026-07-16');
  await sampled(year, '2026-08-03T10:00:00Z');
  await year.until('2026-08-09T12:00:00Z');
  year.host('db1').isHeard = false;
  await year.until('2026-08-10T07:00:00Z');
  await year.stayAwake('2026-08-10T10:00:00Z');
  await year.audit();
  await year.until('2026-08-16T12:00:00Z');
  year.host('db1').isHeard = true;
}

async function autumn(year: Year): Promise<void> {
  // Nobody looks at what September's sample names before its term is over.
  await year.until('2026-09-20T12:00:00Z');
  await year.audit();
  await sampled(year, '2026-09-21T10:00:00Z');
  await sampled(year, '2026-10-02T10:00:00Z');
  await reviewed(year, 'attestation-october', '2026-10-10', '2026-10-12');
  // By the clock on the wall 23.5 hours, because that night has an hour more: 24.5 passed.
  await year.act('2026-10-24T20:30:00Z', 'anna', opened('case-autumn', 'incident', '2026-10-24T20:00:00.000Z'));
  await step(year, '2026-10-25T19:00:00Z', 'case-autumn', 'logs-secured');
  await step(year, '2026-10-25T20:30:00Z', 'case-autumn', 'customers-told');
  await year.act('2026-10-26T10:00:00Z', 'anna', { act: 'close-case', of: 'case-autumn', fields: [] });
  await sampled(year, '2026-11-03T10:00:00Z');
  await passwordsChanged(year, '2026-11-10T12:00:00Z');
  await certified(year, '2026-11-20T10:00:00Z', 'iso27001', '2026-11-18', '2029-11-18');
  year.host('db1').keepsTime = false;
  await examined(year, '2026-11-23T10:00:00Z', 'CP-time-sync');
  const span = {
    from: '2026-11-24T09:00:00.000Z',
    approved: '2026-11-25T09:00:00Z',
    until: '2027-03-01T00:00:00.000Z',
  };
  await waived(year, 'waiver-db1', 'db1', span);
  await sampled(year, '2026-12-03T10:00:00Z');
}
