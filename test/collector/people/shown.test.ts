import { describe, expect, test } from 'vitest';
import { OrganisationMetrics } from '../../../collector/metrics/organisation.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import { approver, day, examplePolicy, MadeUpLog } from '../reports/evidence.ts';
import { peopleLog, peoplePolicy } from '../reports/people.ts';
import { hostState } from '../web/fleets.ts';
import { plainPolicy } from '../../support/policies.ts';
import { MadeUpOffice } from './office.ts';

/** Asks for an exception from a control of people, and has another approve of it a day later. */
function waivedLog(from: string, until: string): MadeUpLog {
  const control = peoplePolicy.controls.find(({ id }) => id === 'P-review');
  if (control === undefined) throw new Error('no P-review');
  const asked = { policy: 'people', control: 'P-review', requirement: requirementOf(control) };
  return new MadeUpLog()
    .follow(day(1), peoplePolicy)
    .act(day(2), { act: 'waive', id: 'waiver-1', ...asked, scope: { of: 'organisation' }, from, until })
    .act(day(3), { act: 'approve', of: 'waiver-1' }, { by: approver });
}

function metricsOf(office: MadeUpOffice): (moment: string) => string {
  const metrics = new OrganisationMetrics(office.window);
  return (moment) => [...metrics.render(office.at(moment)).values()].map(String).join('');
}

const certified = plainPolicy('certified', {
  'C-both': { check: 'register', with: { of: 'certificate', standards: ['iso27001', 'iso27017'], remind: '1d' } },
});

test('of certificates of a register the first to end is told', () => {
  const log = new MadeUpLog().follow(day(1), certified);
  for (const [standard, until] of [
    ['iso27001', day(9)],
    ['iso27017', day(6)],
  ] as const) {
    const record = { of: 'certificate', standard, from: day(1), until } as const;
    log.act(day(2), { act: 'record', id: standard, record });
  }
  const metrics = metricsOf(new MadeUpOffice(log));
  const line = `attestation_until_timestamp_seconds{policy="certified",control="C-both"} ${Date.parse(day(6)) / 1000}\n`;
  expect(metrics(day(3))).toContain(line);
  expect(metrics(day(7))).toContain(line);
});

describe('what people show now', () => {
  test('changes with acts, and with time where no act comes', () => {
    const office = new MadeUpOffice(peopleLog());
    expect(office.verdicts(day(1))).toEqual({});
    expect(office.verdicts(day(2))).toEqual({ 'P-review': 'unknown', 'P-leak': 'not-applicable' });
    expect(office.verdicts(day(5, 8))).toEqual({ 'P-review': 'pass', 'P-leak': 'not-applicable' });
    expect(office.verdicts(day(5, 9))).toEqual({ 'P-review': 'pass', 'P-leak': 'fail' });
    expect(office.verdicts(day(6))).toMatchObject({ 'P-review': 'fail' });
    expect(office.verdicts(day(8, 12))).toEqual({ 'P-review': 'pass', 'P-leak': 'not-applicable' });
    expect(office.verdicts(day(10))).toMatchObject({ 'P-review': 'fail' });
  });

  test('is the same object as long as nothing changes', () => {
    const office = new MadeUpOffice(peopleLog());
    const first = office.window.at(office.at(day(3)));
    expect(office.window.at(office.at(day(3, 5)))).toBe(first);
    expect(office.window.at(office.at(day(4, 10)))).not.toBe(first);
  });

  test('is waived from the approval of an exception to its end, and not before', () => {
    const office = new MadeUpOffice(waivedLog(day(2), day(5)));
    expect([2, 3, 4, 5].map((number) => office.verdicts(day(number))['P-review'])).toEqual([
      ...['unknown', 'waived', 'waived', 'unknown'],
    ]);
    const untilAt = (number: number): unknown => office.window.at(office.at(day(number))).controls[0]?.waivedUntil;
    expect([untilAt(4), untilAt(5)]).toEqual([day(5), null]);
  });

  test('has what is due of open cases, the soonest first', () => {
    const log = peopleLog();
    log.entries.splice(6);
    for (const [id, began] of [
      ['case-2', day(5, 12)],
      ['case-3', day(4, 12)],
    ] as const) {
      log.act(day(6, 13), {
        ...{ act: 'open-case', id, of: 'data-leak', urgency: null, began, about: null, fields: [] },
      });
    }
    log.act(day(6, 13), {
      ...{ act: 'open-case', id: 'case-4', of: 'audit', urgency: null, began: day(1), about: null, fields: [] },
    });
    const office = new MadeUpOffice(log);
    const { cases } = office.window.at(office.at(day(7)));
    expect(cases.map(({ about, due }) => [about.id, due.map(({ step, until }) => [step, until])])).toEqual([
      ['case-3', [['customer-told', day(5, 12)]]],
      ['case-2', [['customer-told', day(6, 12)]]],
      // Customers have been told, and it is not closed.
      ['case-1', []],
      ['case-4', []],
    ]);
  });

  test('names the documents that nobody here can read', () => {
    const log = peopleLog();
    log.documents.delete(peoplePolicy.digest);
    const office = new MadeUpOffice(log);
    expect(office.window.at(office.at(day(3)))).toMatchObject({
      ...{ isFollowing: true, controls: [], unread: [{ policy: 'people', version: 1 }] },
    });
  });
});

describe('the exceptions that are listed', () => {
  test('await approval, hold, and are gone', () => {
    const office = new MadeUpOffice(waivedLog(day(2), day(5)));
    const states = [1, 2, 3, 5].map((number) => {
      return office.window.waivers(office.at(day(number))).map(({ state, until }) => [state, until]);
    });
    expect(states).toEqual([[], [['awaits-approval', day(5)]], [['holds', day(5)]], []]);
  });

  test('are of what is asked now: of hosts, as long as one is judged by that document', () => {
    const log = new MadeUpLog().waive({ host: 'web1', from: day(2), until: day(5), reason: 'r' });
    const { policy, version, digest } = examplePolicy;
    expect(policy).toBe('example');
    const judged = new MadeUpOffice(log, [hostState('web1', [], { version, digest })]);
    expect(judged.window.waivers(judged.at(day(3)))).toMatchObject([
      { state: 'holds', title: { en: 'TLS 1.2 or higher only' } },
    ]);
    const other = new MadeUpOffice(log, [hostState('web1', [])]);
    expect(other.window.waivers(other.at(day(3)))).toEqual([]);
  });
});

describe('the metrics', () => {
  test('tell of controls, ends, cases and what is due', () => {
    const text = metricsOf(new MadeUpOffice(peopleLog()))(day(5, 10));
    const lines = text.trim().split('\n');
    const seconds = (moment: string): number => Date.parse(moment) / 1000;
    expect(lines).toEqual(
      expect.arrayContaining([
        'waarborg_organisation_control_compliant{policy="people",control="P-review",severity="warning",verdict="pass"} 1',
        'waarborg_organisation_control_compliant{policy="people",control="P-leak",severity="critical",verdict="fail"} 0',
        `waarborg_organisation_attestation_until_timestamp_seconds{policy="people",control="P-review"} ${seconds(day(6))}`,
        'waarborg_cases_open{kind="data-leak"} 1',
        'waarborg_cases_open{kind="audit"} 0',
        `waarborg_case_due_timestamp_seconds{kind="data-leak",step="customer-told"} ${seconds(day(5, 9))}`,
        'waarborg_organisation_documents_unread 0',
      ]),
    );
    expect(text).not.toMatch(/case-1|person-|attestation-1/);
  });

  test('follow the clock, without an act', () => {
    const at = metricsOf(new MadeUpOffice(peopleLog()));
    expect(at(day(3))).toContain('control="P-review",severity="warning",verdict="pass"} 1');
    expect(at(day(6))).toContain('control="P-review",severity="warning",verdict="fail"} 0');
    expect(at(day(6, 13))).not.toContain('waarborg_case_due_timestamp_seconds');
  });

  test('count the exceptions that hold, and when the first of them ends', () => {
    const at = metricsOf(new MadeUpOffice(waivedLog(day(2), day(5))));
    expect(at(day(2))).not.toContain('waarborg_waivers');
    const held = at(day(4));
    expect(held).toContain('waarborg_waivers{policy="people",control="P-review"} 1');
    const until = Date.parse(day(5)) / 1000;
    expect(held).toContain(`waarborg_waiver_until_timestamp_seconds{policy="people",control="P-review"} ${until}`);
    expect(at(day(5))).not.toContain('waarborg_waiver');
  });
});
