import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../../collector/access/tokens.ts';
import type { Collector } from '../../../collector/collector.ts';
import type { Observation } from '../../../policies/observe.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, writeQuickPolicy } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { audited, readAs } from '../administration/operator.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

const policyText = `policy: people
version: 1
title: { nl: Mensen, en: People }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
  - id: P-test
    clause: "1"
    title: { nl: Test, en: Test }
    promise: { nl: Elk jaar een test., en: A test each year. }
    remedy: { nl: Laat testen., en: Have it tested. }
    severity: warning
    maps: {}
    check: attestation
    with: { valid: 365d, approvals: 1, evidence: required }
  - id: P-leak
    clause: "2"
    title: { nl: Lek, en: Leak }
    promise: { nl: Binnen een dag., en: Within a day. }
    remedy: { nl: Meld het., en: Tell it. }
    severity: critical
    maps: {}
    check: cases
    with: { of: data-leak, steps: [{ step: customer-told, within: 24h }] }
`;

/** A collector on a clock of the test's own, and people who act through the command line. */
class Office implements AsyncDisposable {
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly #clock: { now: Date };
  #collector: Collector & AsyncDisposable;
  #bundles = 0;

  private constructor(
    folder: ReturnType<typeof temporaryFolder>,
    clock: { now: Date },
    collector: Collector & AsyncDisposable,
  ) {
    this.#folder = folder;
    this.#clock = clock;
    this.#collector = collector;
    writeFileSync(this.file('people.yaml'), policyText);
    writeFileSync(this.file('report.pdf'), '%PDF-1.7 not a real one');
  }

  static async open(): Promise<Office> {
    const folder = temporaryFolder();
    const clock = { now: new Date('2026-04-24T10:00:00Z') };
    return new Office(folder, clock, await collectorOn(join(folder.path, 'data'), { now: () => clock.now }));
  }

  file(name: string): string {
    return join(this.#folder.path, name);
  }

  go(moment: string): void {
    this.#clock.now = new Date(moment);
  }

  /** A file that holds a token. */
  token(role: Role, person?: string): string {
    const given = { role, label: role, validity: 40_000_000, ...(person === undefined ? {} : { person }) };
    const { id, secret } = this.#collector.tokens.create(given, this.#clock.now);
    writeFileSync(this.file(id), secret);
    return this.file(id);
  }

  async people(token: string, ...words: readonly string[]): Promise<{ code: number | null; text: string }> {
    const at = ['--collector', this.#collector.url, '--token-file', token];
    const { code, stdout, stderr } = await runWaarborg(['people', ...words, ...at]);
    return { code, text: stdout + stderr };
  }

  /** Controls with their verdicts, as the collector shows them. */
  async shown(token: string): Promise<Record<string, string>> {
    const { text } = await this.people(token, 'show', '--format', 'json');
    if (!text.startsWith('{')) throw new Error(text);
    return verdictsOf(JSON.parse(text) as { observations: Observation[] });
  }

  /** The same as an auditor finds it, who judges by himself. */
  audited(): Record<string, string> {
    const { findings, organisation } = audited(this.file('data'), this.file(`bundle-${this.#clock.now.getTime()}`));
    expect(findings).toEqual([]);
    return verdictsOf(organisation ?? { observations: [] });
  }

  /** The exceptions that an auditor finds in force. */
  auditedWaivers(): string[] {
    const { findings, organisation } = audited(this.file('data'), this.file(`bundle-waivers-${this.#bundles++}`));
    expect(findings).toEqual([]);
    return organisation?.waivers.map(({ id }) => id) ?? [];
  }

  /** A host reports that its one control is unknown. */
  async report(): Promise<void> {
    const hand = await enrolHand(this.#collector, 'web1.example.nl', this.#clock.now);
    const { status } = await send(this.#collector, draftReport(hand, { issuedAt: this.#clock.now }));
    expect(status).toBe(200);
    writeQuickPolicy(this.#folder.path);
  }

  async verdictOnHost(): Promise<string> {
    const { controls } = JSON.parse(await readAs(this.#collector, '/api/v1/hosts/web1.example.nl')) as {
      controls: Observation[];
    };
    return controls.map(({ verdict }) => verdict).join();
  }

  metrics(): Promise<string> {
    return readAs(this.#collector, '/metrics');
  }

  async restart(): Promise<void> {
    await this.#collector[Symbol.asyncDispose]();
    this.#collector = await collectorOn(this.file('data'), { now: () => this.#clock.now });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

function verdictsOf({ observations }: { readonly observations: readonly Observation[] }): Record<string, string> {
  return Object.fromEntries(observations.map(({ control, verdict }) => [control, verdict]));
}

/** What an act began, by what was printed. */
function idIn({ text }: { readonly text: string }): string {
  return /^((?:attestation|case)-[0-9a-f]+): entry/m.exec(text)?.[1] ?? text;
}

test('what people attest and answer is judged, over a restart, and an auditor comes to the same', async () => {
  await using office = await Office.open();
  const [operator, approver] = [office.token('operator'), office.token('approver')];
  expect(await office.people(operator, 'follow', '--policy', office.file('people.yaml'))).toMatchObject({ code: 0 });
  expect(await office.shown(operator)).toEqual({ 'P-test': 'unknown', 'P-leak': 'not-applicable' });

  const attested = await office.people(
    operator,
    ...['attest', 'P-test', '--policy', 'people', '--effective', '2026-04-01'],
    ...['--text', 'Test by Example', '--file', office.file('report.pdf')],
  );
  expect(await office.shown(operator)).toMatchObject({ 'P-test': 'unknown' });
  expect(await office.people(approver, 'approve', idIn(attested))).toMatchObject({ code: 0 });
  expect(await office.shown(operator)).toMatchObject({ 'P-test': 'pass' });

  const opened = await office.people(
    operator,
    'open',
    'data-leak',
    '--began',
    '2026-04-24T09:00:00Z',
    '--text',
    'Jan lost it',
  );
  office.go('2026-04-25T08:30:00Z');
  expect(await office.shown(operator)).toMatchObject({ 'P-leak': 'not-applicable' });
  office.go('2026-04-25T09:30:00Z');
  expect(await office.shown(operator)).toMatchObject({ 'P-leak': 'fail' });
  await office.people(operator, 'step', idIn(opened), 'customer-told');
  await office.people(operator, 'close', idIn(opened));
  expect(await office.shown(operator)).toEqual({ 'P-test': 'pass', 'P-leak': 'fail' });
  expect(office.audited()).toEqual({ 'P-test': 'pass', 'P-leak': 'fail' });

  await office.restart();
  office.go('2026-06-01T00:00:00Z');
  const fresh = office.token('operator');
  expect(await office.shown(fresh)).toEqual({ 'P-test': 'pass', 'P-leak': 'not-applicable' });
  await office.people(fresh, 'revoke', idIn(attested));
  expect(await office.shown(fresh)).toMatchObject({ 'P-test': 'fail' });
  expect(office.audited()).toEqual({ 'P-test': 'fail', 'P-leak': 'not-applicable' });
}, 60_000);

test('an exception counts from its approval to its end, for what was asked then, and is never a pass', async () => {
  await using office = await Office.open();
  const operator = office.token('operator');
  await office.report();
  expect(await office.verdictOnHost()).toBe('unknown');
  const words = [
    '--policy',
    office.file('quick.yaml'),
    '--from',
    '2026-04-24',
    '--until',
    '2026-05-01',
    '--text',
    'Replaced in May',
  ];
  const id =
    /^(waiver-[0-9a-f]+)/.exec((await office.people(operator, 'waive', 'Q-password', ...words)).text)?.[1] ?? '';
  expect(await office.verdictOnHost()).toBe('unknown');
  await office.people(office.token('approver'), 'approve', id);
  expect(await office.verdictOnHost()).toBe('waived');
  expect(await office.metrics()).toMatch(/waarborg_control_compliant\{.*control="Q-password".*verdict="waived"\} 0/);
  expect(office.auditedWaivers()).toEqual([id]);
  office.go('2026-04-24T10:30:00Z');
  await office.restart();
  expect(await office.verdictOnHost()).toBe('waived');
  // That the host fell silent is no failure that anybody approved of.
  office.go('2026-04-24T12:00:00Z');
  expect(await office.verdictOnHost()).toBe('stale');
  office.go('2026-04-24T10:30:00Z');
  await office.people(operator, 'revoke', id);
  expect(await office.verdictOnHost()).toBe('unknown');
  expect(await office.metrics()).toMatch(/waarborg_control_compliant\{.*control="Q-password".*verdict="unknown"\} 0/);
  expect(office.auditedWaivers()).toEqual([]);
}, 60_000);

test('whoever is to approve reads all that was done and said, and gets the files', async () => {
  await using office = await Office.open();
  const [operator, approver] = [office.token('operator'), office.token('approver')];
  await office.people(operator, 'follow', '--policy', office.file('people.yaml'));
  const words = ['--policy', 'people', '--effective', '2026-04-01', '--text', 'Test by\u001b[31m Example'];
  const attested = idIn(
    await office.people(operator, 'attest', 'P-test', ...words, '--file', office.file('report.pdf')),
  );
  await office.people(approver, 'approve', attested, '--text', 'Read it');
  const { code, text } = await office.people(approver, 'show', attested, '--save', office.file('saved'));
  expect(code).toBe(0);
  expect(text).toMatch(
    /attest by person-\w+ \(operator\), entry 2[^]*Test by[^]*file\/1: report.pdf, application\/pdf, 23 bytes/,
  );
  expect(text).toMatch(/approve by person-\w+ \(approver\), entry 3[^]*Read it/);
  expect(text).not.toContain('\u001b');
  expect(readFileSync(office.file('saved/2-report.pdf'), 'utf8')).toBe('%PDF-1.7 not a real one');
  // What is there is not written over.
  expect((await office.people(approver, 'show', attested, '--save', office.file('saved'))).code).toBe(3);
  expect((await office.people(approver, 'show', 'attestation-none')).text).toContain('nothing here has the id');
}, 60_000);

test('what was said and handed in lies beside the log, and not in it', async () => {
  await using office = await Office.open();
  const operator = office.token('operator');
  await office.people(operator, 'follow', '--policy', office.file('people.yaml'));
  await office.people(
    operator,
    'open',
    'data-leak',
    '--began',
    '2026-04-24T09:00:00Z',
    '--text',
    'Jan de Vries lost it',
  );
  office.audited();
  const bundle = office.file(`bundle-${Date.parse('2026-04-24T10:00:00Z')}`);
  const files = readdirSync(bundle, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const naming = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes('Jan de Vries'));
  expect(naming.map((entry) => entry.parentPath)).toEqual([join(bundle, 'parts')]);
}, 30_000);

describe('an act is refused', () => {
  test.each([
    [
      'of whoever only reads',
      'auditor',
      ['open', 'incident', '--began', '2026-04-24'],
      'token for operator or approver',
    ],
    [
      'of an approver who does more than approve',
      'approver',
      ['open', 'incident', '--began', '2026-04-24'],
      'needs a token for operator',
    ],
    [
      'on a control that no document has',
      'operator',
      ['attest', 'P-none', '--policy', 'people', '--effective', '2026-04-01'],
      'no control of a document',
    ],
    [
      'on a document that is not followed',
      'operator',
      ['attest', 'P-test', '--policy', 'other', '--effective', '2026-04-01'],
      'no control of a document',
    ],
    ['on a case that nobody opened', 'operator', ['step', 'case-none', 'customer-told'], 'nothing that this is about'],
    ['on an attestation that nobody made', 'operator', ['approve', 'attestation-none'], 'nothing that this is about'],
    [
      'on a case that begins later',
      'operator',
      ['open', 'incident', '--began', '2026-04-24T11:00:00Z'],
      'later than now',
    ],
    ['of an unknown kind', 'operator', ['open', 'party', '--began', '2026-04-24'], 'expected one of finding'],
    [
      'with a file that could run',
      'operator',
      ['open', 'incident', '--began', '2026-04-24', '--file', '/bin/sh'],
      'expected one of .pdf',
    ],
    [
      'with a file that is not there',
      'operator',
      ['open', 'incident', '--began', '2026-04-24', '--file', '/none.pdf'],
      'cannot be read',
    ],
    ['at a moment that is none', 'operator', ['open', 'incident', '--began', 'yesterday'], 'expected a day such as'],
  ] as const)(
    '%s',
    async (_, role, words, said) => {
      await using office = await Office.open();
      await office.people(office.token('operator'), 'follow', '--policy', office.file('people.yaml'));
      const { code, text } = await office.people(office.token(role), ...words);
      expect(text).toContain(said);
      expect(code).toBe(3);
    },
    30_000,
  );

  test('where somebody approves of his own, also with another token of his', async () => {
    await using office = await Office.open();
    const operator = office.token('operator', 'person-a');
    await office.people(operator, 'follow', '--policy', office.file('people.yaml'));
    const words = ['attest', 'P-test', '--policy', 'people', '--effective', '2026-04-01'];
    const attested = idIn(await office.people(operator, ...words));
    const own = await office.people(office.token('approver', 'person-a'), 'approve', attested);
    expect(own.text).toContain('nobody approves of what he asked for himself');
    expect((await office.people(office.token('approver', 'person-b'), 'approve', attested)).code).toBe(0);
    await office.people(operator, 'revoke', attested);
    const late = await office.people(office.token('approver', 'person-c'), 'approve', attested);
    expect(late.text).toContain('ended before');
  }, 30_000);
});
