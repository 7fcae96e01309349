import { describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import type { ComplianceReport, ControlCourse, Span } from '../../../collector/reports/model.ts';
import { spanStates } from '../../../collector/reports/states.ts';
import { totalsOf } from '../../../collector/reports/totals.ts';
import { readSource } from '../../support/sources.ts';
import { approver, day, examplePolicy, MadeUpLog, requestOf } from './evidence.ts';

function courseOf(report: ComplianceReport, control: string, host: string): ControlCourse {
  const course = report.policies
    .flatMap(({ controls }) => controls)
    .find((one) => one.control === control)
    ?.hosts.find((one) => one.host === host);
  if (course === undefined) throw new Error(`the report has no ${control} of ${host}`);
  return course;
}

function brief(spans: readonly Span[]): string[] {
  return spans.map(({ state, from, until }) => `${state} ${from.slice(5, 16)} ${until.slice(5, 16)}`);
}

async function spansOf(log: MadeUpLog, host = 'web1', control = 'EX-tls'): Promise<string[]> {
  return brief(courseOf(await buildCompliance(log.evidence(), requestOf()), control, host).spans);
}

const failure = { code: 'tls.version-too-old', verdict: 'fail', subject: 'web1:443', values: {} } as const;
const pass = { 'EX-tls': 'pass', 'EX-updates': 'pass' } as const;
const fail = { 'EX-tls': { verdict: 'fail', reasons: [failure] }, 'EX-updates': 'pass' } as const;

/**
 * Ten days: enrolled on the second day at noon, reports each hour from then. Passes until day 4, fails for a day,
 * passes for two hours more than a day, is silent to day 8, and passes again to the end.
 */
function handComputed(): MadeUpLog {
  return new MadeUpLog()
    .enrol(day(2, 11), 'web1')
    .hourly(day(2, 12), day(4), 'web1', pass)
    .hourly(day(4), day(5), 'web1', fail)
    .hourly(day(5), day(6, 2), 'web1', pass)
    .hourly(day(8), day(11), 'web1', pass)
    .heartbeat(day(11));
}

describe('a course computed by hand', () => {
  test('has each span, what proves it, and the share of time', async () => {
    const report = await buildCompliance(handComputed().evidence(), requestOf());
    const course = courseOf(report, 'EX-tls', 'web1');
    expect(brief(course.spans)).toEqual([
      'not-enrolled 10-01T00:00 10-02T11:00',
      'silent 10-02T11:00 10-02T12:00',
      'pass 10-02T12:00 10-04T00:00',
      'fail 10-04T00:00 10-05T00:00',
      // The last report is of 01:00, and stands for an hour and a half.
      'pass 10-05T00:00 10-06T02:30',
      'silent 10-06T02:30 10-08T00:00',
      'pass 10-08T00:00 10-11T00:00',
    ]);
    const hours = { pass: 36 + 26.5 + 72, fail: 24, silent: 1 + 45.5, 'not-enrolled': 35 };
    expect(course.totals).toEqual({
      durations: Object.fromEntries(Object.entries(hours).map(([state, length]) => [state, length * 3600])),
      counted: (240 - 35) * 3600,
      compliant: 134.5 * 3600,
      waived: 0,
      share: 134.5 / 205,
    });
    expect(course).toMatchObject({ firstFailureAt: day(4), lastFailureAt: day(4, 23), lastReasons: [] });
    const [, silence, , failing, , silent] = course.spans;
    expect(silence).toMatchObject({ begun: { index: 0, issuedAt: null }, ended: { index: 1 } });
    expect(failing).toMatchObject({
      begun: { index: 37, receivedAt: day(4), issuedAt: day(4) },
      ended: { index: 60, receivedAt: day(4, 23) },
      reasons: [failure],
    });
    expect(silent).toMatchObject({ begun: { index: 86, receivedAt: day(6, 1) }, ended: { index: 87 } });
  });

  test('is told of the host too, with its reports and gaps', async () => {
    const { hosts, collectorGaps, log } = await buildCompliance(handComputed().evidence(), requestOf());
    expect(hosts).toMatchObject([{ host: 'web1', reports: 158, lastReport: { index: 158 }, labels: {} }]);
    expect(hosts[0]?.gaps.map(({ state, from }) => [state, from])).toEqual([
      ['not-enrolled', day(1)],
      ['silent', day(2, 11)],
      ['silent', day(6, 2, 30)],
    ]);
    expect(collectorGaps).toEqual([]);
    expect(log).toMatchObject({ size: 160, lastReceivedAt: day(11) });
  });

  test('adds up over controls, policies and the report', async () => {
    const report = await buildCompliance(handComputed().evidence(), requestOf());
    const [policy] = report.policies;
    expect(policy).toMatchObject({
      policy: 'example',
      title: examplePolicy.title,
      versions: [{ version: 2, digest: examplePolicy.digest }],
    });
    expect(policy?.controls.map(({ control, totals }) => [control, totals.compliant / 3600])).toEqual([
      ['EX-tls', 134.5],
      ['EX-updates', 158.5],
    ]);
    expect(report.totals).toMatchObject({ counted: 410 * 3600, compliant: 293 * 3600, share: 293 / 410 });
  });

  test('gives the same figures for a period that begins in the middle, and the report before it', async () => {
    const period = { from: day(4, 12), until: day(5, 12) };
    const report = await buildCompliance(handComputed().evidence(), requestOf({ period }));
    const course = courseOf(report, 'EX-tls', 'web1');
    expect(brief(course.spans)).toEqual(['fail 10-04T12:00 10-05T00:00', 'pass 10-05T00:00 10-05T12:00']);
    expect(course.spans[0]?.begun).toMatchObject({ index: 37, receivedAt: day(4) });
    expect(course.totals.share).toBe(0.5);
    expect(report.hosts[0]?.reports).toBe(24);
  });
});

test('a failure that began before the period names its first report, though others of the host have changed since', async () => {
  const log = new MadeUpLog().enrol(day(1), 'web1');
  log.hourly(day(1), day(2), 'web1', pass).hourly(day(2), day(3), 'web1', fail);
  log.hourly(day(3), day(4), 'web1', { ...fail, 'EX-updates': 'unknown' }).hourly(day(4), day(6), 'web1', fail);
  const period = { from: day(5), until: day(6) };
  const { spans } = courseOf(await buildCompliance(log.evidence(), requestOf({ period })), 'EX-tls', 'web1');
  expect(spans).toMatchObject([{ state: 'fail', begun: { issuedAt: day(2) }, ended: { issuedAt: day(5, 23) } }]);
  const updates = courseOf(await buildCompliance(log.evidence(), requestOf({ period })), 'EX-updates', 'web1');
  expect(updates.spans[0]?.begun?.issuedAt).toBe(day(4));
});

test('a state counts, and is compliant, as the documentation has it', () => {
  const page = readSource('docs/reports.md');
  const rows = [...page.matchAll(/^\| (`[a-z`, -]+) \|.*\| (yes|no) \|(?: (yes|no))? \|$/gm)];
  const documented = rows.flatMap(([, names = '', counts, compliant]) =>
    [...names.matchAll(/`([a-z-]+)`/g)].map(([, state]) => [state, counts === 'yes', compliant === 'yes']),
  );
  const hour = { from: day(1, 0), until: day(1, 1), begun: null, ended: null, reasons: [] };
  const found = spanStates.map((state) => {
    const { counted, compliant, share } = totalsOf([{ ...hour, state }], []);
    expect(share).toBe(counted === 0 ? null : compliant / counted);
    return [state, counted === 3600, compliant === 3600];
  });
  expect(documented.toSorted()).toEqual(found.toSorted());
});

describe('nothing comes out better than was shown', () => {
  test('a report made by a clock that runs ahead passes nothing, and its failures stay', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1');
    log.report(day(2), 'web1', { 'EX-tls': 'pass', 'EX-updates': 'fail' }, { issuedAt: day(2, 6) });
    expect(await spansOf(log)).toContain('wrong-clock 10-02T00:00 10-02T01:30');
    expect(await spansOf(log, 'web1', 'EX-updates')).toContain('fail 10-02T00:00 10-02T01:30');
  });

  test('a report dated back fills no silence', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(1, 1), 'web1', pass);
    log.heartbeat(day(5)).report(day(5), 'web1', pass, { issuedAt: day(3), seen: 3 });
    const spans = await spansOf(log);
    expect(spans).toContain('wrong-clock 10-05T00:00 10-05T01:30');
    expect(spans.filter((span) => span.startsWith('pass'))).toEqual(['pass 10-01T00:59 10-01T02:29']);
  });

  test('a report that was long under way stands when it was made, until it is too old', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(4), 'web1', pass, { issuedAt: day(2) });
    expect(await spansOf(log)).toContain('pass 10-02T00:00 10-02T01:30');
  });

  test('a report from before the enrolment is on a wrong clock', async () => {
    const log = new MadeUpLog().enrol(day(3), 'web1').report(day(3, 1), 'web1', pass, { issuedAt: day(2) });
    expect(await spansOf(log)).toContain('wrong-clock 10-03T01:00 10-03T02:30');
  });

  test('a failure between two reports of one moment stays to be seen', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1');
    for (const told of [pass, fail, pass]) log.report(day(2), 'web1', told, { issuedAt: day(2) });
    const course = courseOf(await buildCompliance(log.evidence(), requestOf()), 'EX-tls', 'web1');
    expect(course.spans.map(({ state }) => state)).toContain('fail');
    expect(course.firstFailureAt).not.toBeNull();
  });

  test('of two keys of one host the worse counts, whichever came later', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(2), 'web1', fail, { issuedAt: day(2) });
    log.enrol(day(2, 0, 10), 'web1', 2).report(day(2, 0, 30), 'web1', pass, { issuedAt: day(2, 0, 30), epoch: 2 });
    expect((await spansOf(log)).slice(1, 3)).toEqual(['fail 10-02T00:00 10-02T01:30', 'pass 10-02T01:30 10-02T02:00']);
  });

  test('after its revocation a key has no word', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(2), 'web1', pass, { issuedAt: day(2) });
    log.revoke(day(2, 1), 'web1', 'lost').report(day(3), 'web1', pass);
    expect((await spansOf(log)).slice(1)).toEqual([
      'pass 10-02T00:00 10-02T01:00',
      'silent 10-02T01:00 10-03T00:00',
      'collector-gap 10-03T00:00 10-11T00:00',
    ]);
  });

  test('a host that was retired takes no part from then on, unless it is still expected', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(2), 'web1', pass, { issuedAt: day(2) });
    log.revoke(day(2, 1), 'web1', 'retired').heartbeat(day(11));
    expect((await spansOf(log)).at(-1)).toBe('not-enrolled 10-02T01:00 10-11T00:00');
    const report = await buildCompliance(log.evidence(), requestOf({ expected: ['web1'] }));
    expect(brief(courseOf(report, 'EX-tls', 'web1').spans).at(-1)).toBe('silent 10-02T01:00 10-11T00:00');
  });

  test('a host that is expected and was never heard of is silent all the time', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(1), 'web1', pass).heartbeat(day(11));
    const report = await buildCompliance(log.evidence(), requestOf({ expected: ['web9'] }));
    expect(report.hosts.find(({ host }) => host === 'web9')).toMatchObject({
      reports: 0,
      lastReport: null,
      gaps: [{ state: 'silent', from: day(1), until: day(11), begun: null, ended: null }],
    });
  });

  test('silence while the collector took no reports is told apart, and counts no less', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(1), 'web1', pass, { issuedAt: day(1) });
    log
      .gap(day(1, 1), day(3))
      .report(day(4), 'web1', pass, { issuedAt: day(4) })
      .heartbeat(day(11));
    const report = await buildCompliance(log.evidence(), requestOf());
    const { spans, totals } = courseOf(report, 'EX-tls', 'web1');
    expect(brief(spans)).toEqual([
      'pass 10-01T00:00 10-01T01:30',
      'collector-gap 10-01T01:30 10-03T00:00',
      'silent 10-03T00:00 10-04T00:00',
      'pass 10-04T00:00 10-04T01:30',
      'silent 10-04T01:30 10-11T00:00',
    ]);
    expect(totals).toMatchObject({ counted: 240 * 3600, compliant: 3 * 3600 });
    expect(report.collectorGaps).toMatchObject([{ from: day(1, 1), until: day(3), entry: { index: 2 } }]);
  });

  test('a report that the agent kept while the collector was away closes the gap', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').gap(day(1, 1), day(3));
    log.report(day(3), 'web1', fail, { issuedAt: day(2) });
    expect(await spansOf(log)).toContain('fail 10-02T00:00 10-02T01:30');
  });

  test('what was removed is not shown: erased where an entry says so, else missing', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(2), 'web1', pass, { issuedAt: day(2) });
    log.report(day(3), 'web1', fail, { issuedAt: day(3) });
    const missing = await spansOf(log.drop(1, undefined));
    expect(missing).toContain('missing 10-02T00:00 10-02T01:30');
    expect(await spansOf(log.append(erasure(log, 1)))).toContain('erased 10-02T00:00 10-02T01:30');
  });

  test('a control that is no longer asked is not counted from then on, nor before it was first asked', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1');
    log.hourly(day(1), day(2), 'web1', { 'EX-updates': 'pass' });
    log.hourly(day(2), day(3), 'web1', pass);
    log.hourly(day(3), day(4), 'web1', { 'EX-updates': 'pass' }).heartbeat(day(11));
    expect(await spansOf(log)).toEqual([
      'not-asked 10-01T00:00 10-02T00:00',
      'pass 10-02T00:00 10-03T00:00',
      'not-asked 10-03T00:00 10-11T00:00',
    ]);
  });

  test('what comes after the end of the log is a gap, not a pass', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').hourly(day(1), day(3), 'web1', pass);
    expect((await spansOf(log)).at(-1)).toBe('collector-gap 10-03T00:30 10-11T00:00');
  });

  test('a report whose observations are of no form shows nothing', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').report(day(2), 'web1', pass, { issuedAt: day(2) });
    log.report(day(3), 'web1', fail);
    log.parts.set(log.observationsOf(1), Buffer.from('{"v":1,"observations":[{"verdict":"pass"}]}'));
    expect(await spansOf(log)).toContain('missing 10-02T00:00 10-02T01:30');
  });

  test('a period in which nothing counts has no share at all', async () => {
    const report = await buildCompliance(new MadeUpLog().heartbeat(day(11)).evidence(), requestOf());
    expect(report).toMatchObject({ policies: [], hosts: [], totals: { counted: 0, share: null } });
  });
});

function erasure(log: MadeUpLog, index: number) {
  const commitments = [log.observationsOf(index)];
  const [ground, reference] = ['retention', '2026-1'] as const;
  return { v: 1, kind: 'payload.erased', receivedAt: day(4), commitments, ground, reference } as const;
}

describe('the scope', () => {
  const log = new MadeUpLog()
    .enrol(day(1), 'web1')
    .enrol(day(1), 'db1')
    .enrol(day(1), 'new1')
    .report(day(1), 'web1', pass, { labels: { role: 'web' } })
    .report(day(1), 'db1', pass, { labels: { role: 'db' } })
    .heartbeat(day(11));
  const hostsIn = async (scope: object): Promise<string[]> => {
    const whole = { policies: null, hosts: null, labels: {} };
    const report = await buildCompliance(log.evidence(), requestOf({ scope: { ...whole, ...scope } }));
    const inCourses = report.policies.flatMap(({ controls }) => controls.flatMap(({ hosts }) => hosts));
    const names = report.hosts.map(({ host }) => host);
    expect(inCourses.every(({ host }) => names.includes(host))).toBe(true);
    return names;
  };

  test('takes hosts by name, and by label those too whose labels nobody knows', async () => {
    expect(await hostsIn({})).toEqual(['db1', 'new1', 'web1']);
    expect(await hostsIn({ hosts: ['db1'] })).toEqual(['db1']);
    expect(await hostsIn({ labels: { role: 'web' } })).toEqual(['new1', 'web1']);
    expect(await hostsIn({ labels: { role: 'web', zone: 'x' } })).toEqual(['new1']);
  });

  test('takes policies by name', async () => {
    const scope = { policies: ['other'], hosts: null, labels: {} };
    expect((await buildCompliance(log.evidence(), requestOf({ scope }))).policies).toEqual([]);
  });
});

describe('a waiver', () => {
  const waiver = { from: day(4, 6), until: day(4, 12), reason: 'Moves next week' };

  test('lies over the time that was not compliant, which stays so', async () => {
    const later = { ...waiver, from: day(4, 10), until: day(5, 12) };
    const log = handComputed();
    log
      .waive({ ...waiver, host: 'web1' })
      .waive({ ...later, host: 'web1' })
      .waive({ ...waiver, host: 'web2' });
    const report = await buildCompliance(log.evidence(), requestOf());
    const course = courseOf(report, 'EX-tls', 'web1');
    const reason = { state: 'kept', text: waiver.reason };
    expect(course.waivers).toEqual([
      { ...waiver, reason, approvedBy: approver },
      { ...later, reason, approvedBy: approver },
    ]);
    expect(course.totals).toMatchObject({ waived: 18 * 3600, share: 134.5 / 205 });
    expect(courseOf(report, 'EX-updates', 'web1').totals.waived).toBe(0);
    expect(report.totals.waived).toBe(18 * 3600);
  });
});
