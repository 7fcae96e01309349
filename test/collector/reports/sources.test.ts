import { join } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { exportBundle } from '../../../collector/export.ts';
import { buildCompliance } from '../../../collector/reports/build.ts';
import { bundledEvidence } from '../../../collector/reports/from-bundle.ts';
import { storedEvidence } from '../../../collector/reports/from-store.ts';
import type { ReportedEvidence } from '../../../collector/reports/evidence.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { folderReader } from '../../../commands/bundle-folder.ts';
import { wholeScope } from '../../../evidence/scope.ts';
import { FixtureLog, readerOf, twoHosts, writeBundle } from '../../support/evidence.ts';
import { collectorOn, enrolAgentAt, passwordFiles } from '../../support/road.ts';
import { runWaarborg } from '../../support/process.ts';
import { temporaryFolder } from '../../support/tools.ts';

/** Real agents, a real collector, its store and its bundles. */

const folder = temporaryFolder();
const data = join(folder.path, 'collector');
const bundle = join(folder.path, 'bundle');
const begin = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 6 * 3_600_000);
let now = begin;
let api: { url: string; answers: Map<string, { status: number; type: string | null; name: string; body: string }> };
afterAll(() => folder[Symbol.dispose]());

function minutes(count: number): string {
  return new Date(begin.getTime() + count * 60_000).toISOString();
}

/** web1 passes, fails from minute 30 on, and passes again from minute 60; then it is silent. */
beforeAll(async () => {
  const files = passwordFiles(begin);
  const host = new RecordedHost({ hostname: 'web1', files });
  const clock = (): Date => now;
  await using collector = await collectorOn(data, { now: clock, config: { hosts: ['never1'] } });
  using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), 'web1', { host, now: clock });
  for (const [minute, age] of [
    [0, 10],
    [15, 10],
    [30, 400],
    [45, 400],
    [60, 10],
  ] as const) {
    now = new Date(minutes(minute));
    Object.assign(files, passwordFiles(new Date(now.getTime() - age * 86_400_000)));
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  now = new Date(minutes(180));
  const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 60 }, now);
  const get = async (query: string) => {
    const headers = { authorization: `Bearer ${secret}`, 'accept-language': 'nl' };
    const response = await fetch(`${collector.url}/api/v1/compliance${query}`, { headers });
    const type = response.headers.get('content-type');
    const name = response.headers.get('content-disposition') ?? '';
    return { status: response.status, type, name, body: Buffer.from(await response.arrayBuffer()).toString('latin1') };
  };
  const queries = [
    '',
    '?format=html&policy=&from=',
    '?format=pdf&language=nl',
    '?host=web9',
    '?policy=other',
    '?format=doc',
    '?format=xlsx',
    '?format=csv&language=en',
    '?format=oscal',
    '?format=junit',
  ];
  const more = [
    '?from=2026-02-30',
    '?from=2100-01-01',
    '?label=role',
    '?language=fr',
    '?from=2026-01-01&from=2026-01-02',
  ];
  const answers = new Map<string, Awaited<ReturnType<typeof get>>>();
  for (const query of [...queries, ...more]) answers.set(query, await get(query));
  api = { url: collector.url, answers };
  exportBundle(data, bundle, () => undefined);
});

const request = () => ({
  period: { from: minutes(0), until: minutes(180) },
  scope: { policies: null, hosts: null, labels: {} },
  staleAfter: 3600,
  expected: [],
});

function fromBundle(path: string): ReportedEvidence {
  const { evidence } = bundledEvidence(folderReader(path), {});
  if (evidence === undefined) throw new Error('the bundle gives no evidence');
  return evidence;
}

function spansIn(report: ComplianceReport): string[] {
  const [course] = report.policies[0]?.controls[0]?.hosts ?? [];
  return (course?.spans ?? []).map(({ state, from, until }) => {
    const minute = (moment: string): number => Math.round((Date.parse(moment) - begin.getTime()) / 60_000);
    return `${state} ${minute(from)}-${minute(until)}`;
  });
}

describe("a collector's store and its bundle", () => {
  test('give the course that the agent lived through', async () => {
    using evidence = storedEvidence(data);
    const report = await buildCompliance(evidence, request());
    // The collector was alive and wrote no entry after the last report: its log had ended by then.
    expect(spansIn(report)).toEqual(['pass 0-30', 'fail 30-60', 'pass 60-120', 'collector-gap 120-180']);
    const failure = report.policies[0]?.controls[0]?.hosts[0]?.spans[1];
    expect(failure?.reasons.map(({ verdict }) => verdict)).toContain('fail');
    expect([failure?.begun?.issuedAt, failure?.ended?.issuedAt]).toEqual([minutes(30), minutes(45)]);
    expect(report.policies[0]).toMatchObject({ policy: 'quick', title: { nl: 'Snel' }, totals: { share: 0.5 } });
  });

  test('give the same report, but for who vouches for it', async () => {
    using evidence = storedEvidence(data);
    const { verification: own, ...stored } = await buildCompliance(evidence, request());
    const { verification, ...bundled } = await buildCompliance(fromBundle(bundle), request());
    expect(bundled).toEqual(stored);
    expect(own).toBeNull();
    expect(verification).toEqual({ outcome: 'sound', keyFrom: 'bundle', findings: 0 });
  });

  test('a part of the log shows no more than that part', async () => {
    const part = join(folder.path, 'part');
    exportBundle(data, part, () => undefined, { ...wholeScope, from: minutes(40), until: minutes(100) });
    const report = await buildCompliance(fromBundle(part), request());
    expect(spansIn(report).filter((span) => span.startsWith('pass'))).toEqual(['pass 60-120']);
    // The report before that part is there without its body, but says the same as the first of it.
    expect(spansIn(report).filter((span) => span.startsWith('fail'))).toEqual(['fail 30-60']);
  });
});

describe('over HTTP', () => {
  test('reports come in every form', () => {
    const whole = api.answers.get('');
    expect(whole).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
    const report = JSON.parse(whole?.body ?? '') as ComplianceReport;
    expect(report).toMatchObject({ v: 1, period: { until: minutes(180) }, verification: null });
    expect(report.hosts.map(({ host }) => host)).toEqual(['never1', 'web1']);
    const html = api.answers.get('?format=html&policy=&from=');
    expect(html).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(html?.body).toContain('<html lang="nl">');
    expect(api.answers.get('?format=pdf&language=nl')?.body.startsWith('%PDF-1.7')).toBe(true);
  });

  test.each([
    [
      '?format=xlsx',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'nalevingsrapport',
      'xlsx',
      'PK',
    ],
    [
      '?format=csv&language=en',
      'text/csv; charset=utf-8; header=present',
      'compliance-report',
      'csv',
      'Policy,Control',
    ],
    ['?format=oscal', 'application/zip', 'nalevingsrapport', 'oscal.zip', 'plan-of-action-and-milestones.json'],
    ['?format=junit', 'application/xml; charset=utf-8', 'nalevingsrapport', 'xml', '<testsuite name="quick"'],
  ])('%s is a file of its own type and name', (query, type, name, ending, words) => {
    const answer = api.answers.get(query);
    expect(answer).toMatchObject({ status: 200, type });
    expect(answer?.name).toMatch(
      new RegExp(`^attachment; filename="${name}-[-0-9]+\\.${ending.replace('.', '\\.')}"$`),
    );
    expect(answer?.body).toContain(words);
  });

  test.each([
    ['?host=web9', 404, 'report.scope', 'no host web9'],
    ['?policy=other', 404, 'report.scope', 'the policy other'],
    ['?format=doc', 400, 'http.query', 'expected one of html, pdf'],
    ['?from=2026-02-30', 400, 'http.query', 'expected a day'],
    ['?from=2100-01-01', 400, 'http.query', 'ends before it begins'],
    ['?label=role', 400, 'http.query', 'expected key=value'],
    ['?language=fr', 400, 'http.query', 'expected nl or en'],
    ['?from=2026-01-01&from=2026-01-02', 400, 'http.query', 'expected it once'],
  ])('%s is answered %i %s', (query, status, code, words) => {
    const answer = api.answers.get(query);
    expect(answer?.status).toBe(status);
    const problem = JSON.parse(answer?.body ?? '') as { code: string; detail: string };
    expect(problem.code).toBe(code);
    expect(problem.detail).toContain(words);
  });
});

describe.concurrent('waarborg report', () => {
  const period = ['--from', minutes(0), '--to', minutes(180)];
  const output = (name: string): string => join(folder.path, name);

  test('writes from the store and from the bundle alike', async () => {
    // `up` keeps the collector's part in a folder of this name.
    const stored = await runWaarborg([
      'report',
      '--data',
      folder.path,
      ...period,
      '--format',
      'json',
      '--output',
      output('s'),
    ]);
    expect(stored).toMatchObject({ code: 0, stderr: '' });
    expect(stored.stdout).toContain('50.0 % kept, 1 control on 1 host, ');
    const made = await runWaarborg([
      'report',
      '--bundle',
      bundle,
      ...period,
      '--format',
      'json',
      '--output',
      output('b'),
    ]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const [one, other] = ['s', 'b'].map((name) => JSON.parse(readFileSync(output(name), 'utf8')) as ComplianceReport);
    expect({ ...one, verification: null }).toEqual({ ...other, verification: null });
  });

  test('writes the files of OSCAL into a folder, and into none that holds something else', async () => {
    const words = ['report', '--bundle', bundle, ...period, '--format', 'oscal', '--output', output('oscal')];
    expect(await runWaarborg(words)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(output('oscal')).sort()).toEqual([
      'assessment-results.json',
      'catalog.json',
      'component-definition.json',
      'plan-of-action-and-milestones.json',
    ]);
    const again = await runWaarborg(words);
    expect(again).toMatchObject({ code: 3, stdout: '' });
    expect(again.stderr).toContain('expected a new or empty folder');
  });

  test('writes HTML unless something else is asked for, to the end of the bundle', async () => {
    const { code } = await runWaarborg(['report', '--bundle', bundle, '--language', 'nl', '--output', output('h')]);
    expect(code).toBe(0);
    const html = readFileSync(output('h'), 'utf8');
    expect(html).toContain('in orde bevonden is, maar met de logsleutel uit de bundel zelf');
  });

  test('tells on its first page that a bundle is incomplete, and by its exit code', async () => {
    const { log } = await twoHosts();
    const files = log.bundle();
    const facts = [...files.keys()].find((path) => path.startsWith('parts/')) ?? '';
    const lacking = bundleAt('lacking', log, (path) => path !== facts);
    const { code, stderr } = await runWaarborg(['report', '--bundle', lacking, '--output', output('i')]);
    expect(code).toBe(2);
    expect(stderr).toContain('incomplete');
    expect(readFileSync(output('i'), 'utf8')).toContain('Made from a bundle that is incomplete');
  });

  test('writes nothing of a bundle that was tampered with, or that shows nothing', async () => {
    const { log } = await twoHosts();
    const tampered = bundleAt('tampered', log, () => true, { 'README.txt': 'Do not verify.' });
    const nothing = bundleAt('nothing', new FixtureLog(), () => true);
    for (const [path, expected] of [
      [tampered, 1],
      [nothing, 2],
    ] as const) {
      const { code, stderr } = await runWaarborg(['report', '--bundle', path, '--output', output('never')]);
      expect(code, stderr).toBe(expected);
      expect(stderr).toContain('no report can rest on this bundle');
      expect(() => readFileSync(output('never'))).toThrow('ENOENT');
    }
  });

  test('refuses to report beyond what a bundle shows', async () => {
    const part = join(folder.path, 'narrow');
    exportBundle(data, part, () => undefined, { ...wholeScope, from: minutes(40), policies: ['quick'] });
    const wide = await runWaarborg(['report', '--bundle', part, '--from', minutes(10), '--output', output('w')]);
    expect(wide).toMatchObject({ code: 3, stdout: '' });
    expect(wide.stderr).toContain('the bundle shows only what was received from');
    const other = ['--from', minutes(45), '--policy', 'strict', '--output', output('w')];
    expect((await runWaarborg(['report', '--bundle', part, ...other])).stderr).toContain('the bundle shows only quick');
  });

  test.each([
    [['--bundle', 'x', '--data', 'y', '--output', 'o'], '--bundle stands instead of'],
    [['--key', 'x', '--output', 'o'], '--key is for a bundle'],
    [['--data', '/nowhere', '--output', 'o'], 'no collector has run'],
    [['--data', folder.path, '--stale-after', '1', '--output', 'o'], 'expected a duration'],
    [['--data', folder.path, '--from', 'monday', '--output', 'o'], 'expected a day'],
    [['--data', folder.path, '--format', 'doc', '--output', 'o'], 'html, pdf'],
    [['--data', folder.path], 'required option'],
  ])('%j ends with 3 and one line', async (words, line) => {
    const { code, stderr } = await runWaarborg(['report', ...words]);
    expect(code).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(line);
  });
});

function bundleAt(
  name: string,
  log: FixtureLog,
  keep: (path: string) => boolean,
  changed: Readonly<Record<string, string>> = {},
): string {
  const path = join(folder.path, name);
  const files = [...log.bundle()].filter(([file]) => keep(file));
  writeBundle(path, new Map(files.map(([file, bytes]) => [file, Buffer.from(changed[file] ?? bytes)])));
  return path;
}

test('evidence that a reader hands over is verified before a word of it is taken', async () => {
  const { log } = await twoHosts();
  const { evidence, verification } = bundledEvidence(readerOf(log.bundle()), { logKey: log.vkey });
  expect(verification.outcome).toBe('sound');
  expect(evidence?.verification).toEqual({ outcome: 'sound', keyFrom: 'given', findings: 0 });
  const report = await buildCompliance(evidence ?? fromBundle(bundle), {
    ...request(),
    period: { from: '2026-11-01T12:00:00.000Z', until: '2026-11-01T12:08:00.000Z' },
  });
  expect(report.policies.map(({ policy }) => policy)).toEqual(['quick', 'strict']);
  const web = report.policies[1]?.controls.find(({ control }) => control === 'S-web');
  expect(web?.hosts.map(({ host }) => host)).toEqual(['web1']);
  const other = bundledEvidence(readerOf(log.bundle()), { logKey: new FixtureLog({ origin: 'other/log' }).vkey });
  expect(other.evidence).toBeUndefined();
});
