import { describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import type { ComplianceRequest } from '../../../collector/reports/build.ts';
import type { ComplianceReport, Course, Span } from '../../../collector/reports/model.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import { peopleLog, peoplePolicy } from './people.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { approver, day, examplePolicy, MadeUpLog, requestOf } from './evidence.ts';

/** What people show, over a period whose every span can be told from the acts by hand. */

function reportOf(log: MadeUpLog, more: Partial<ComplianceRequest> = {}): Promise<ComplianceReport> {
  return buildCompliance(log.evidence(), requestOf(more));
}

function courseIn(report: ComplianceReport, control: string): Course {
  const found = report.policies.flatMap(({ controls }) => controls).find((one) => one.control === control);
  if (!found?.organisation) throw new Error(`the report has no ${control} of the organisation`);
  expect(found.hosts).toEqual([]);
  return found.organisation;
}

function brief(spans: readonly Span[]): string[] {
  return spans.map(({ state, from, until }) => `${state} ${from.slice(5, 16)} ${until.slice(5, 16)}`);
}

async function spansOf(log: MadeUpLog, control: string): Promise<string[]> {
  return brief(courseIn(await reportOf(log), control).spans);
}

const attest = (id: string, effective: string, until: string | null = null) =>
  ({
    ...({ act: 'attest', id, policy: 'people', control: 'P-review' } as const),
    ...{ scope: { of: 'organisation' } as const, effective, until },
  }) as const;

describe('a course of the organisation itself', () => {
  test('changes with each act, and with time alone in between', async () => {
    const report = await reportOf(peopleLog());
    const review = courseIn(report, 'P-review');
    expect(brief(review.spans)).toEqual([
      'not-asked 10-01T00:00 10-02T00:00',
      'unknown 10-02T00:00 10-03T00:00',
      // Approved on the third, and true from the first on: it stands for five days from then.
      'pass 10-03T00:00 10-06T00:00',
      'fail 10-06T00:00 10-08T12:00',
      'pass 10-08T12:00 10-10T00:00',
      'fail 10-10T00:00 10-11T00:00',
    ]);
    expect(review).toMatchObject({ firstFailureAt: day(6), lastFailureAt: day(11) });
    const hours = { fail: 60 + 24, unknown: 24, pass: 72 + 36 };
    expect(review.totals).toMatchObject({ counted: 216 * 3600, compliant: hours.pass * 3600, share: 108 / 216 });
    expect(review.lastReasons.map(({ code }) => code)).toEqual(['attestation.revoked']);
    expect(brief(courseIn(report, 'P-leak').spans)).toEqual([
      'not-asked 10-01T00:00 10-02T00:00',
      'not-applicable 10-02T00:00 10-05T09:00',
      // Told on the sixth at noon, 27 hours after it became known; that stays a failure for 48 hours.
      'fail 10-05T09:00 10-08T12:00',
      'not-applicable 10-08T12:00 10-11T00:00',
    ]);
  });

  test('names the acts that each span rests on', async () => {
    const { spans } = courseIn(await reportOf(peopleLog()), 'P-review');
    const entries = spans.map(({ begun, ended }) => [begun?.index, ended?.index]);
    expect(entries).toEqual([
      [undefined, 0],
      // Stated at the same moment, and not approved of yet.
      [1, 1],
      [2, 2],
      // Time ended it; the next statement, until somebody approves of it, changes nothing.
      [2, 7],
      [8, 8],
      [9, 9],
    ]);
    expect(spans[3]?.reasons.map(({ code }) => code)).toEqual(['attestation.expired']);
  });

  test('is the same for a period that begins in its middle', async () => {
    const period = { from: day(5), until: day(7) };
    const report = await reportOf(peopleLog(), { period });
    expect(brief(courseIn(report, 'P-review').spans)).toEqual([
      'pass 10-05T00:00 10-06T00:00',
      'fail 10-06T00:00 10-07T00:00',
    ]);
    expect(courseIn(report, 'P-review').spans[0]?.begun?.index).toBe(2);
  });

  test('is asked no more once its document is not followed', async () => {
    const log = new MadeUpLog().follow(day(1), peoplePolicy).follow(day(3)).heartbeat(day(11));
    expect(await spansOf(log, 'P-review')).toEqual([
      'unknown 10-01T00:00 10-03T00:00',
      'not-asked 10-03T00:00 10-11T00:00',
    ]);
  });

  test('lies under the waivers that were approved of, and is no better for them', async () => {
    const control = peoplePolicy.controls.find(({ id }) => id === 'P-review');
    if (control === undefined) throw new Error('no P-review');
    const asked = { policy: 'people', control: 'P-review', requirement: requirementOf(control) };
    const log = new MadeUpLog()
      .follow(day(1), peoplePolicy)
      .act(
        day(2),
        { act: 'waive', id: 'waiver-1', ...asked, scope: { of: 'organisation' }, from: day(2), until: day(5) },
        { text: 'The reviewer is ill' },
      )
      .act(day(3), { act: 'approve', of: 'waiver-1' }, { by: approver })
      .heartbeat(day(11));
    const { waivers, totals } = courseIn(await reportOf(log), 'P-review');
    const reason = { state: 'kept', text: 'The reviewer is ill' };
    expect(waivers).toEqual([{ from: day(3), until: day(5), reason, approvedBy: approver }]);
    expect(totals).toMatchObject({ compliant: 0, waived: 48 * 3600 });
    log.dropSaid(1, day(11));
    const [erased] = courseIn(await reportOf(log), 'P-review').waivers;
    expect(erased?.reason).toEqual({ state: 'erased' });
  });
});

describe('nothing of the organisation comes out better than was shown', () => {
  test('after the end of the log nobody knows what people did', async () => {
    const log = new MadeUpLog()
      .follow(day(1), peoplePolicy)
      .act(day(2), attest('attestation-1', day(2)))
      .act(day(2), { act: 'approve', of: 'attestation-1' }, { by: approver });
    expect(await spansOf(log, 'P-review')).toEqual([
      'unknown 10-01T00:00 10-02T00:00',
      'collector-gap 10-02T00:00 10-11T00:00',
    ]);
  });

  test('where the evidence leaves entries out, an act may be among them', async () => {
    const evidence = peopleLog().evidence();
    const part = { ...evidence, entries: () => [...evidence.entries()].filter(({ index }) => index !== 5) };
    const report = await buildCompliance(part, requestOf());
    expect(brief(courseIn(report, 'P-review').spans)).toEqual(['missing 10-01T00:00 10-11T00:00']);
    expect(report.totals.compliant).toBe(0);
    const tail = { ...evidence, log: { ...evidence.log, size: evidence.log.size + 1 } };
    const longer = { ...requestOf(), period: { from: day(1), until: day(12) } };
    const cut = courseIn(await buildCompliance(tail, longer), 'P-review');
    expect(brief(cut.spans)).toEqual(['missing 10-01T00:00 10-12T00:00']);
    // What was received after the period says nothing of it.
    const within = courseIn(await buildCompliance(tail, requestOf()), 'P-review');
    expect(within.totals.durations.missing).toBeUndefined();
  });

  test('a document that is not there asks who knows what', async () => {
    const log = peopleLog();
    log.documents.delete(peoplePolicy.digest);
    const report = await reportOf(log);
    expect(report.policies).toEqual([]);
    const { policy, version, digest } = peoplePolicy;
    expect(report.organisation?.missing).toEqual([{ policy, version, digest }]);
  });

  test('an act that could not be taken changes nothing', async () => {
    const log = new MadeUpLog()
      .follow(day(1), peoplePolicy)
      .act(day(2), attest('attestation-1', day(2)))
      .act(day(2), { act: 'approve', of: 'attestation-1' }, { by: 'person-a' })
      .heartbeat(day(11));
    const { spans } = courseIn(await reportOf(log), 'P-review');
    expect(brief(spans)).toEqual(['unknown 10-01T00:00 10-11T00:00']);
    expect(spans[0]?.ended?.index).toBe(1);
  });
});

test('what the organisation goes over to ends no exception of a host that has not', async () => {
  const newer = parsePolicy(examplePolicy.text.replace('version: 2', 'version: 3').replace('TLSv1.2', 'TLSv1.3'), 'v3');
  const log = new MadeUpLog()
    .enrol(day(1), 'web1')
    .hourly(day(1), day(3), 'web1', { 'EX-tls': 'fail' })
    .follow(day(3), newer)
    .hourly(day(3), day(11), 'web1', { 'EX-tls': 'fail' })
    .heartbeat(day(11))
    .waive({ host: 'web1', from: day(2), until: day(6), reason: 'Moves' });
  const [policy] = (await reportOf(log)).policies;
  expect(policy?.versions.map(({ version }) => version)).toEqual([3, 2]);
  expect(policy?.controls[0]?.hosts[0]?.waivers).toMatchObject([{ from: day(2), until: day(6) }]);
});

describe('the scope', () => {
  test('of some hosts, or of labels, leaves the organisation out', async () => {
    const log = peopleLog().enrol(day(1), 'web1');
    for (const scope of [
      { policies: null, hosts: ['web1'], labels: {} },
      { policies: null, hosts: null, labels: { role: 'web' } },
    ]) {
      const report = await reportOf(log, { scope });
      expect(report.policies).toEqual([]);
      expect(report.organisation).toBeNull();
    }
  });

  test('of policies takes those of the organisation too', async () => {
    const own = await reportOf(peopleLog(), { scope: { policies: ['people'], hosts: null, labels: {} } });
    expect(own.policies.map(({ policy }) => policy)).toEqual(['people']);
    const other = await reportOf(peopleLog(), { scope: { policies: ['other'], hosts: null, labels: {} } });
    expect(other.policies).toEqual([]);
    expect(other.organisation).toEqual({ missing: [], attestations: [], registers: [], cases: [], samples: [] });
  });
});

describe('what people wrote down', () => {
  test('is told with its words, files, terms and entries', async () => {
    const { organisation } = await reportOf(peopleLog());
    const [first, second] = organisation?.attestations ?? [];
    expect(organisation?.attestations).toHaveLength(2);
    expect(first).toMatchObject({
      ...{ policy: 'people', control: 'P-review', by: 'person-a', from: day(1), until: day(6), revoked: null },
      entry: { index: 1, receivedAt: day(2) },
      approvals: [{ by: approver, at: day(3) }],
      statement: { state: 'kept', text: 'Reviewed by Example' },
      files: [{ state: 'kept', text: 'review.pdf' }],
    });
    // Its own word ends it sooner than the policy would.
    expect(second).toMatchObject({ from: day(8), until: day(12), revoked: day(10), statement: null });
    const told = { policy: 'people', control: 'P-leak', until: day(5, 9) };
    expect(organisation?.cases).toEqual([
      {
        ...{ id: 'case-1', of: 'data-leak', urgency: 'urgent', by: 'person-a', began: day(4, 9), fields: ['nature'] },
        about: null,
        entry: { index: 3, receivedAt: day(4, 10), issuedAt: null },
        closed: { index: 6, receivedAt: day(6, 13), issuedAt: null },
        steps: [
          { step: 'customer-told', done: { index: 4, receivedAt: day(6, 12), issuedAt: null }, due: [told] },
          { step: 'contained', done: { index: 5, receivedAt: day(6, 12), issuedAt: null }, due: [] },
        ],
        statements: [
          { state: 'kept', text: 'A laptop was lost' },
          { state: 'kept', text: 'By telephone' },
        ],
      },
    ]);
  });

  test('is shown as erased where it was', async () => {
    const log = peopleLog();
    log.dropSaid(1, day(11));
    log.dropSaid(3, day(11));
    const { organisation } = await reportOf(log);
    expect(organisation?.attestations[0]).toMatchObject({
      statement: { state: 'erased' },
      files: [{ state: 'erased' }],
    });
    expect(organisation?.cases[0]?.statements).toEqual([{ state: 'erased' }, { state: 'kept', text: 'By telephone' }]);
    // What holds does not hang on the words.
    expect(await spansOf(log, 'P-review')).toEqual(await spansOf(peopleLog(), 'P-review'));
  });

  test('has what is still to be done, by when it is due', async () => {
    const { organisation } = await reportOf(peopleLog(), { period: { from: day(1), until: day(5) } });
    expect(organisation?.cases).toMatchObject([
      { closed: null, steps: [{ step: 'customer-told', done: null, due: [{ until: day(5, 9) }] }] },
    ]);
  });

  test('of before the period is left out where it had ended by then', async () => {
    const { organisation } = await reportOf(peopleLog(), { period: { from: day(7), until: day(11) } });
    expect(organisation?.cases).toEqual([]);
    expect(organisation?.attestations.map(({ id }) => id)).toEqual(['attestation-2']);
  });
});
