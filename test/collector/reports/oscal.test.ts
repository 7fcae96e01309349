import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { uuidOf } from '../../../collector/reports/oscal/document.ts';
import { renderOscal } from '../../../collector/reports/oscal/render.ts';
import { percentage } from '../../../collector/reports/view/words.ts';
import { approver, day, examplePolicy, MadeUpLog, requestOf, type Told } from './evidence.ts';
import { peopleLog } from './people.ts';
import { fixtureLog, fixtureReport, fixtureWaiver } from './fixture.ts';

const models = ['catalog', 'component-definition', 'assessment-results', 'plan-of-action-and-milestones'] as const;
type Model = (typeof models)[number];

const validators = new Map<string, ValidateFunction>();
let report: ComplianceReport;
beforeAll(async () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  for (const model of models) {
    const schema = join(import.meta.dirname, '../../fixtures/oscal', `${model}.schema.json`);
    validators.set(model, ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object));
  }
  report = await fixtureReport();
});

/** Documents as a reader has them: nothing is known of their form. */
type Json = Readonly<Record<string, unknown>>;

function documentsOf(from: ComplianceReport, language: 'nl' | 'en' = 'en'): Partial<Record<Model, unknown>> {
  const files = renderOscal(from, language).map(({ name, content }) => {
    const model = name.replace('.json', '') as Model;
    return [model, (JSON.parse(String(content)) as Json)[model]] as const;
  });
  return Object.fromEntries(files);
}

/** What lies at a path such as `results.0.findings`; undefined where nothing does. */
function at(node: unknown, path: string): unknown {
  return path.split('.').reduce((found, name) => (found as Json | undefined)?.[name], node);
}

/** The objects there; none where there is no list. */
function list(node: unknown, path: string): Json[] {
  return (at(node, path) as Json[] | undefined) ?? [];
}

function resultOf(from: ComplianceReport): unknown {
  return at(documentsOf(from)['assessment-results'], 'results.0');
}

function planOf(from: ComplianceReport): unknown {
  return documentsOf(from)['plan-of-action-and-milestones'];
}

function errorsIn(model: string, content: string): unknown[] {
  const validate = validators.get(model);
  if (validate === undefined) throw new Error(`no schema of ${model}`);
  validate(JSON.parse(content));
  return validate.errors ?? [];
}

/** Every object in a document. */
function* objectsIn(node: unknown): Iterable<Record<string, unknown>> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield node as Record<string, unknown>;
  for (const below of Object.values(node)) yield* objectsIn(below);
}

/** What a document refers to and does not have: by UUID, by fragment, or by a control's identifier. */
function dangling(document: unknown, controls: ReadonlySet<string>): string[] {
  const objects = [...objectsIn(document)];
  const uuids = new Set(objects.map(({ uuid }) => uuid).filter((uuid) => uuid !== undefined));
  const ids = new Set([...controls, ...[...controls].map((control) => `${control}_obj`)]);
  return objects.flatMap((object) =>
    Object.entries(object).flatMap(([name, value]) => {
      if (typeof value !== 'string') return [];
      if (name.endsWith('-uuid') && !uuids.has(value)) return [`${name} ${value}`];
      const isFragment = (name === 'href' || name === 'source') && value.startsWith('#');
      if (isFragment && !uuids.has(value.slice(1))) return [`${name} ${value}`];
      const isControl =
        name === 'control-id' || name === 'target-id' || (name === 'value' && object.name === 'control');
      return isControl && !ids.has(value) ? [`${name} ${value}`] : [];
    }),
  );
}

function controlsIn(catalog: unknown): Set<string> {
  const controls = [...objectsIn(catalog)].filter((object) => object.class === 'control');
  return new Set(controls.map(({ id }) => String(id)));
}

const fails: Told = {
  verdict: 'fail',
  reasons: [{ code: 'tls.accepts-old', verdict: 'fail', subject: 'a_b*<i>', values: { versions: 'x', minimum: 'y' } }],
};

/** One host that fails to the end. */
async function failingReport(...waivers: readonly [from: string, until: string][]): Promise<ComplianceReport> {
  const log = new MadeUpLog().enrol(day(1), 'web1').hourly(day(1), day(11), 'web1', { 'EX-tls': fails });
  for (const [from, until] of waivers) log.waive({ host: 'web1', from, until, reason: 'r' });
  return buildCompliance(log.heartbeat(day(11)).evidence(), requestOf());
}

/** Reports that a document must be able to tell of. */
const situations: Readonly<Record<string, () => Promise<ComplianceReport>>> = {
  'failures, gaps and a waiver': () => Promise.resolve(report),
  'a failure to the end': () => failingReport(),
  'an approved deviation': () => failingReport([day(4), day(20)]),
  'nothing at all': () => buildCompliance(new MadeUpLog().heartbeat(day(11)).evidence(), requestOf()),
  'all kept': async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').hourly(day(1), day(11), 'web1', { 'EX-tls': 'pass' });
    return buildCompliance(log.heartbeat(day(11)).evidence(), requestOf());
  },
  'what people show, failing and kept': () => buildCompliance(peopleLog().evidence(), requestOf()),
  'a document that is not there': async () => {
    const evidence = { ...fixtureLog().evidence(), document: () => undefined };
    return buildCompliance(evidence, requestOf());
  },
};

describe.each(Object.keys(situations))('of %s', (name) => {
  const made = (): Promise<ComplianceReport> => situations[name]?.() ?? Promise.reject(new Error(name));

  test.each(['nl', 'en'] as const)('every document is valid OSCAL 1.2.1 (%s)', async (language) => {
    for (const file of renderOscal(await made(), language)) {
      expect(errorsIn(file.name.replace('.json', ''), String(file.content))).toEqual([]);
    }
  });

  test('no reference leads nowhere, and no identifier is there twice', async () => {
    const documents = documentsOf(await made());
    const controls = controlsIn(documents.catalog);
    for (const document of Object.values(documents)) {
      expect(dangling(document, controls)).toEqual([]);
      const uuids = [...objectsIn(document)].flatMap(({ uuid }) => (uuid === undefined ? [] : [uuid]));
      expect(new Set(uuids).size).toBe(uuids.length);
    }
  });

  test('names the other files by their digests', async () => {
    const files = new Map(renderOscal(await made(), 'en').map(({ name, content }) => [name, content]));
    const links = [...files.values()].flatMap((content) =>
      [...objectsIn(JSON.parse(String(content)))].filter((object) => 'hashes' in object),
    );
    expect(links.length).toBeGreaterThan(2);
    for (const { href, hashes } of links) {
      const content = files.get(String(href)) ?? '';
      const value = createHash('sha256').update(content).digest('hex');
      expect(hashes).toEqual([{ algorithm: 'SHA-256', value }]);
    }
  });
});

describe('the checks of these tests', () => {
  test('find what is wrong', () => {
    expect(errorsIn('catalog', '{"catalog":{"uuid":"x","groups":[]}}').length).toBeGreaterThan(2);
    const broken = { findings: [{ uuid: 'a', target: { 'target-id': 'none_obj' }, x: [{ 'risk-uuid': 'b' }] }] };
    expect(dangling(broken, new Set(['some']))).toEqual(['target-id none_obj', 'risk-uuid b']);
    expect(dangling({ source: '#gone' }, new Set())).toEqual(['source #gone']);
  });
});

test('a UUID is of version 5, and the same for the same names only', () => {
  expect(uuidOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('a', 'b')).toBe(uuidOf('a', 'b'));
  expect(uuidOf('a', 'b')).not.toBe(uuidOf('ab'));
});

test('two exports of the same evidence are the same, byte for byte', async () => {
  expect(renderOscal(await fixtureReport(), 'nl')).toEqual(renderOscal(report, 'nl'));
});

describe('the catalog', () => {
  test('has each control with its words, parameters and the clauses that it serves', () => {
    const { catalog } = documentsOf(report, 'nl');
    expect(at(catalog, 'groups.0.title')).toBe(examplePolicy.title.nl);
    const tls = at(catalog, 'groups.0.controls.0');
    expect(tls).toMatchObject({
      id: 'example.EX-tls',
      title: 'Alleen TLS 1.2 of hoger',
      params: [{ id: 'example.EX-tls_prm_minimumVersion', values: ['TLSv1.2'] }],
      parts: [
        { name: 'statement', prose: 'Belofte van EX-tls: zo is het afgesproken.' },
        { name: 'guidance', prose: 'Herstel van EX-tls: zet het recht.' },
        { id: 'example.EX-tls_obj', name: 'assessment-objective' },
      ],
    });
    const values = list(tls, 'props').map(({ value }) => value);
    expect(values).toEqual(
      expect.arrayContaining(['EX-tls', 'Cryptografie 3.1', 'iso27001-2022 A.8.24', 'gdpr 32.1.a']),
    );
  });
});

test('the component definition says which check shows which control', () => {
  const shown = list(documentsOf(report)['component-definition'], 'components').map((component) => [
    component.title,
    list(component, 'control-implementations.0.implemented-requirements').map((one) => one['control-id']),
  ]);
  expect(shown).toEqual([
    ['Waarborg check password-age', ['example.EX-password']],
    ['Waarborg check tls', ['example.EX-tls']],
    ['Waarborg check updates', ['example.EX-updates']],
  ]);
});

/** By name, and by class where it has one. */
function propsOf(node: unknown): Record<string, unknown> {
  return Object.fromEntries(
    list(node, 'props').map(({ name, class: of, value }) => [[name, of].filter(Boolean).join(' '), value]),
  );
}

function titled(nodes: readonly Json[], title: string): Json | undefined {
  return nodes.find((node) => node.title === title);
}

const onWeb1Tls = 'TLS 1.2 or higher only: web1.example.nl';

describe('the assessment results', () => {
  test('find each control satisfied only where it was kept throughout, with the figures of the other forms', () => {
    const result = resultOf(report);
    const told = list(result, 'findings').map((finding) => [
      at(finding, 'target.target-id'),
      at(finding, 'target.status.state'),
      at(finding, 'target.status.reason'),
      propsOf(finding).share,
      finding.description,
    ]);
    const shares = report.policies[0]?.controls.map(({ totals }) => percentage(totals, 'en')) ?? [];
    expect(shares).toEqual(['66.1 %', '63.9 %', '70.6 %']);
    const [tls, updates, password] = shares;
    expect(told).toEqual([
      ['example.EX-tls_obj', 'not-satisfied', 'fail', '0.661', `failed at some time; Kept: ${tls ?? ''}`],
      ['example.EX-updates_obj', 'not-satisfied', 'other', '0.639', `not always shown; Kept: ${updates ?? ''}`],
      ['example.EX-password_obj', 'not-satisfied', 'other', '0.706', `not always shown; Kept: ${password ?? ''}`],
    ]);
    expect(propsOf(result)).toMatchObject({
      share: '0.669',
      'seconds compliant': '5203800',
      'seconds fail': '115200',
      'seconds waived': '54000',
      'made-from': 'store',
    });
  });

  test('find what was kept throughout satisfied, without a risk', async () => {
    const kept = await situations['all kept']?.();
    const result = kept && resultOf(kept);
    expect(list(result, 'findings').map((finding) => at(finding, 'target.status'))).toMatchObject([
      { state: 'satisfied', reason: 'pass' },
    ]);
    expect(at(result, 'risks')).toBeUndefined();
  });

  test('give each observation the entries that prove it, and until when it holds', () => {
    const observation = titled(list(resultOf(report), 'observations'), onWeb1Tls);
    const evidence = list(observation, 'relevant-evidence');
    expect(evidence.map((one) => propsOf(one)['first-entry'])).toEqual(['3', '113', '180']);
    const [, failure] = evidence;
    expect(propsOf(failure)).toMatchObject({
      state: 'fail',
      from: day(3, 7),
      until: day(4, 15),
      'last-entry': '178',
      'last-entry-received': day(4, 14),
    });
    expect(failure?.description).toContain('accepts TLSv1, TLSv1.1');
    // Read at 23:00, and it stands for an hour and a half.
    expect(observation).toMatchObject({ collected: day(10, 23), expires: day(11, 0, 30) });
    const resources = list(documentsOf(report)['assessment-results'], 'back-matter.resources');
    const log = resources.find(({ base64 }) => base64 !== undefined);
    expect(failure?.href).toBe(`#${String(log?.uuid)}`);
    expect(Buffer.from(String(at(log, 'base64.value')), 'base64').toString()).toBe(report.log.checkpoint);
  });

  test('date no observation later than it was received', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1');
    log.report(day(10, 23), 'web1', { 'EX-tls': 'pass' }, { issuedAt: day(20) });
    const [observation] = list(resultOf(await buildCompliance(log.evidence(), requestOf())), 'observations');
    expect(observation).toMatchObject({ collected: day(10, 23) });
  });

  test('have a risk for what was not kept: closed, open, or an approved deviation', async () => {
    const statusOf = async (...waivers: readonly [string, string][]): Promise<unknown> =>
      at(resultOf(await failingReport(...waivers)), 'risks.0.status');
    const logOf = (risk: unknown): unknown =>
      list(risk, 'risk-log.entries').map((entry) => [entry['status-change'], entry.start]);
    expect(await statusOf()).toBe('open');
    expect(await statusOf([day(4), day(20)])).toBe('deviation-approved');
    // One that ran out before the period did approves nothing of what stands now.
    const lapsed = at(resultOf(await failingReport([day(4), day(10)])), 'risks.0');
    expect(at(lapsed, 'status')).toBe('open');
    expect(logOf(lapsed)).toEqual([
      ['deviation-approved', day(4)],
      ['open', day(10)],
    ]);
    const web1 = titled(list(resultOf(report), 'risks'), onWeb1Tls);
    expect(web1?.status).toBe('closed');
    expect(logOf(web1)).toEqual([
      ['deviation-approved', fixtureWaiver.from],
      ['closed', day(4, 15)],
    ]);
  });

  test('tell of hosts of which nothing was shown', () => {
    const title = 'Host of which nothing was ever shown: never1.example.nl';
    expect(titled(list(resultOf(report), 'observations'), title)?.types).toEqual(['finding']);
    expect(titled(list(resultOf(report), 'risks'), title)?.status).toBe('open');
  });

  test('take what a host says for text, not for markup', async () => {
    const observation = at(resultOf(await failingReport()), 'observations.0.description');
    expect(observation).toContain('a\\_b\\*\\<i\\>: accepts x');
  });
});

describe('what people show', () => {
  const made = (): Promise<ComplianceReport> => buildCompliance(peopleLog().evidence(), requestOf());

  test('is about the organisation as a party, and was looked at', async () => {
    const results = documentsOf(await made())['assessment-results'];
    const parties = list(results, 'metadata.parties');
    expect(parties).toMatchObject([{ type: 'organization', name: 'Organisation' }]);
    const observations = list(results, 'results.0.observations');
    expect(observations).toHaveLength(2);
    for (const observation of observations) {
      expect(observation.methods).toEqual(['EXAMINE']);
      expect(observation.subjects).toMatchObject([{ 'subject-uuid': parties[0]?.uuid, type: 'party' }]);
      expect(observation).not.toHaveProperty('expires');
    }
  });

  test('is shown by a check that no host runs', async () => {
    const definition = JSON.stringify(documentsOf(await made())['component-definition']);
    expect(definition).toContain('what people wrote into the evidence log');
    expect(definition).not.toContain('on each host');
  });

  test('leaves a plan without hosts where it fails to the end', async () => {
    const plan = planOf(await made());
    expect(list(plan, 'poam-items').map(({ title }) => title)).toEqual(['Rights are reviewed: Organisation']);
    expect(list(plan, 'metadata.parties')).toMatchObject([{ type: 'organization' }]);
  });
});

describe('the plan of action', () => {
  test('has what was not kept when the period ended, and hosts of which nothing was shown', () => {
    const items = list(planOf(report), 'poam-items');
    expect(items.map((item) => [item.title, propsOf(item).status])).toEqual([
      ['Updates are applied: web1.example.nl', 'open'],
      ['Host of which nothing was ever shown: never1.example.nl', 'open'],
      ['Host of which nothing was ever shown: new1.example.nl', 'open'],
    ]);
    expect(items[0]?.description).toBe('Remedy of EX-updates: put it right.');
  });

  test('tells what is waived apart, and who approved it', async () => {
    const plan = planOf(await failingReport([day(4), day(20)]));
    expect(list(plan, 'poam-items').map((item) => propsOf(item).status)).toEqual(['deviation-approved']);
    const party = { type: 'person', name: approver };
    expect(list(plan, 'metadata.parties')).toMatchObject([party]);
  });

  test('is not there where nothing is open', async () => {
    const kept = await situations['all kept']?.();
    expect(kept && renderOscal(kept, 'en').map(({ name }) => name)).toEqual([
      'catalog.json',
      'component-definition.json',
      'assessment-results.json',
    ]);
  });
});
