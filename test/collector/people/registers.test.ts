import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../agent/host/recorded.ts';
import { runChecks } from '../../../agent/run.ts';
import type { Role } from '../../../collector/access/tokens.ts';
import type { Collector } from '../../../collector/collector.ts';
import type { OrganisationAnswer, RosterPart } from '../../../collector/people/exchange.ts';
import { rosterText } from '../../../commands/people/roster.ts';
import { pack } from '../../../evidence/exchange.ts';
import { collecting } from '../../support/collecting.ts';
import { plainPolicy } from '../../support/policies.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { audited, ask, readAs } from '../administration/operator.ts';

const kept = plainPolicy('kept', {
  'K-certified': { check: 'register', with: { of: 'certificate', standards: ['iso27001'], evidence: 'required' } },
  'K-told': { check: 'register', with: { of: 'sub-processor' } },
  'K-signed': { check: 'attestation', with: { valid: '60d', per: 'customer' } },
});

const fingerprint = `SHA256:${'k'.repeat(43)}`;

class Office implements AsyncDisposable {
  readonly #folder = temporaryFolder();
  readonly #clock = { now: new Date('2026-11-01T10:00:00Z') };
  #bundles = 0;
  #collector: (Collector & AsyncDisposable) | undefined;

  static async open(): Promise<Office> {
    const office = new Office();
    office.#collector = await collectorOn(office.file('data'), { now: () => office.#clock.now });
    writeFileSync(office.file('certificate.pdf'), '%PDF-1.7 not a real one');
    const { policy, version, digest, text } = kept;
    const policies = [{ digest, zstd: pack(Buffer.from(text)) }];
    const act = { act: 'follow', policies: [{ policy, version, digest }] };
    expect((await ask(office.collector, '/api/v1/acts', { act, parts: [], policies })).status).toBe(200);
    return office;
  }

  get collector(): Collector {
    if (this.#collector === undefined) throw new Error('not open');
    return this.#collector;
  }

  file(name: string): string {
    return join(this.#folder.path, name);
  }

  go(moment: string): void {
    this.#clock.now = new Date(moment);
  }

  token(role: Role = 'operator'): string {
    const { id, secret } = this.collector.tokens.create({ role, label: '', validity: 40_000_000 }, this.#clock.now);
    writeFileSync(this.file(id), secret);
    return this.file(id);
  }

  /** @returns what it printed; the errors of one that fails */
  async people(...words: readonly string[]): Promise<string> {
    const at = ['--collector', this.collector.url, '--token-file', this.token()];
    const { stdout, stderr } = await runWaarborg(['people', ...words, ...at]);
    return stdout + stderr;
  }

  /** Writes a line down, and gives its id. */
  async record(...words: readonly string[]): Promise<string> {
    const text = await this.people('record', ...words);
    return /^([a-z]+(?:-[a-z]+)*-[0-9a-f]{12}): entry/m.exec(text)?.[1] ?? text;
  }

  async shown(): Promise<OrganisationAnswer> {
    return JSON.parse(await readAs(this.collector, '/api/v1/organisation')) as OrganisationAnswer;
  }

  /** Controls with their verdicts, which an auditor must find too. */
  async verdicts(): Promise<Record<string, string>> {
    // An act brings the log to this moment.
    const about = { of: 'audit', urgency: null, began: '2026-01-01T00:00:00.000Z', about: null, fields: [] };
    const act = { act: 'open-case', id: `case-${this.#bundles}-audit`, ...about };
    expect((await ask(this.collector, '/api/v1/acts', { act, parts: [] })).status).toBe(200);
    const { observations } = await this.shown();
    const { findings, organisation } = audited(this.file('data'), this.file(`bundle-${this.#bundles++}`));
    expect(findings).toEqual([]);
    expect(organisation?.observations).toEqual(observations);
    return Object.fromEntries(observations.map(({ control, verdict }) => [control, verdict]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

test('lines of registers are written, written anew and struck, and judged alike by an auditor', async () => {
  await using office = await Office.open();
  expect(await office.verdicts()).toEqual({ 'K-certified': 'unknown', 'K-told': 'unknown', 'K-signed': 'unknown' });
  const certified = ['--standard', 'iso27001', '--from', '2025-01-01', '--until', '2026-11-01'];
  const certificate = await office.record('certificate', ...certified);
  const mail = await office.record('sub-processor', '--service', 'mail', '--from', '2026-11-01T10:00:00Z');
  const customer = await office.record(
    'customer',
    '--from',
    '2026-01-01',
    '--host',
    'web2',
    'web1',
    '--text',
    'Voorbeeld B.V.',
  );
  expect(await office.verdicts()).toEqual({ 'K-certified': 'fail', 'K-told': 'fail', 'K-signed': 'unknown' });

  office.go('2026-11-01T11:00:00Z');
  await office.people('record', 'certificate', '--id', certificate, '--file', office.file('certificate.pdf'));
  await office.people('record', 'sub-processor', '--id', mail, '--told', '2026-10-01');
  await office.people('attest', 'K-signed', '--policy', 'kept', '--effective', '2026-11-01', '--customer', customer);
  expect(await office.verdicts()).toEqual({ 'K-certified': 'pass', 'K-told': 'pass', 'K-signed': 'pass' });
  const { records } = await office.shown();
  expect(records.map(({ id, record }) => [id, record])).toEqual([
    [
      certificate,
      { of: 'certificate', standard: 'iso27001', from: '2025-01-01T00:00:00.000Z', until: '2026-11-02T00:00:00.000Z' },
    ],
    [
      mail,
      {
        ...{ of: 'sub-processor', service: 'mail', told: '2026-10-01T00:00:00.000Z' },
        ...{ from: '2026-11-01T10:00:00.000Z', until: null },
      },
    ],
    [customer, expect.objectContaining({ of: 'customer', hosts: ['web1', 'web2'] })],
  ]);
  const table = await office.people('show', '--registers');
  expect(table).toContain(`certificate\n  ${certificate}  standard iso27001, from 2025-01-01T00:00:00.000Z, until`);
  expect(table).not.toContain('Voorbeeld');
  expect(await office.people('show', customer)).toContain('Voorbeeld B.V.');

  office.go('2026-11-02T00:00:00Z');
  expect(await office.verdicts()).toMatchObject({ 'K-certified': 'fail' });
  await office.people('strike', mail, '--text', 'Never began');
  await office.people('record', 'customer', '--id', customer, '--until', '2026-11-01');
  expect(await office.verdicts()).toMatchObject({ 'K-told': 'unknown', 'K-signed': 'unknown' });
}, 120_000);

describe('a line is refused', () => {
  test.each([
    ['that ends before it begins', ['host', 'web1', '--from', '2026-11-02', '--until', '2026-11-01'], 'an end after'],
    ['of a certificate without an end', ['certificate', '--standard', 'iso27001'], 'a certificate has an end'],
    ['of a certificate of nothing', ['certificate', '--until', '2027-01-01'], '--standard'],
    ['of a host whose name is none', ['host', 'web 1'], '--host'],
    ['of announced work without an end', ['maintenance'], 'announced work has an end'],
    [
      'that says what customers will be told',
      ['sub-processor', '--service', 'mail', '--told', '2026-11-02'],
      'later than now',
    ],
    ['under an id that no line has', ['host', 'web1', '--id', 'host-none'], 'no line of the register host'],
    ['of a key that is none', ['person', '--key', 'ssh-ed25519 AAAA'], 'expected a fingerprint'],
  ] as const)(
    '%s',
    async (_, words, said) => {
      await using office = await Office.open();
      expect(await office.people('record', ...words)).toContain(said);
      expect((await office.shown()).records).toEqual([]);
    },
    30_000,
  );

  test('where it would become one of another register, has the id of something else, or is not there', async () => {
    await using office = await Office.open();
    const host = await office.record('host', 'web1');
    const spare = { of: 'customer', hosts: [], from: '2026-11-01T00:00:00.000Z', until: null };
    const act = async (done: object): Promise<unknown> =>
      (await ask(office.collector, '/api/v1/acts', { act: done, parts: [] })).body;
    expect(await act({ act: 'record', id: host, record: spare })).toMatchObject({ code: 'act.repeated' });
    expect(await act({ act: 'strike', of: 'host-none' })).toMatchObject({ code: 'act.unknown' });
    const attested = { policy: 'kept', control: 'K-signed', effective: '2026-11-01T00:00:00.000Z', until: null };
    const attest = (scope: object) => act({ act: 'attest', id: 'attestation-1', ...attested, scope });
    expect(await attest({ of: 'customer', customer: host })).toMatchObject({ code: 'act.unknown' });
    expect(await attest({ of: 'hosts', hosts: ['web1'] })).toMatchObject({ code: 'act.control' });
    expect(await attest({ of: 'organisation' })).toMatchObject({ code: 'act.control' });
  }, 30_000);
});

const passwords = plainPolicy('passwords', {
  'P-age': { check: 'password-age', with: { maximumAge: '183d' } },
  'P-people': { check: 'accounts', with: { require: ['departed'] } },
});

/** A host on which Jan has an account, with passwords of the first of November. */
function files(roster: string): NonNullable<Recording['files']> {
  const hash = '$y$j9T$abcdefghijklmnopqrstuv$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
  return {
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\njan:x:1000:1000::/home/jan:/bin/bash\n',
    '/etc/group': 'root:x:0:\njan:x:1000:\n',
    '/etc/shadow': `root:${hash}:20758:0:99999:7:::\njan:${hash}:20758:0:99999:7:::\n`,
    '/etc/waarborg/roster.yaml': roster,
  };
}

async function reasonsOn(roster: string, at: Date): Promise<string[]> {
  const host = new RecordedHost({ hostname: 'web1', files: files(roster) });
  const settings = { roster: { file: '/etc/waarborg/roster.yaml' } };
  const { observations } = await runChecks({
    ...collecting(host, { at }),
    ...{ policies: [passwords], labels: {}, settings },
  });
  return observations.flatMap(({ verdict, reasons }) => {
    return reasons
      .filter((one) => one.verdict === verdict)
      .map(({ code, subject = '' }) => `${code} ${subject}`.trim());
  });
}

test('who leaves by the register leaves on every host that reads the roster', async () => {
  await using office = await Office.open();
  const access = [
    '--account',
    'jan',
    '--key',
    fingerprint,
    '--purpose',
    'development',
    '--host',
    'web1',
    '--from',
    '2026-01-01',
  ];
  const jan = await office.record('person', '--role', 'developer', ...access, '--text', 'Jan de Vries');
  await office.record('person', '--role', 'administrator', '--account', 'root', '--root', '--from', '2026-01-01');
  const now = new Date();
  const roster = await office.people('roster', '--host', 'web1');
  expect(roster).toContain(`  - person: ${jan}\n    accounts:\n      - jan\n    purpose: development\n    root: false`);
  expect(roster).not.toContain('de Vries');
  expect(await office.people('show', jan)).toContain(`roster: accounts jan; keys ${fingerprint}; purpose development`);
  expect(await office.people('roster', '--host', 'web2')).not.toContain(jan);
  const kept = await reasonsOn(roster, now);
  expect(kept.filter((reason) => /depart|left|no-roster|outdated/.test(reason))).toEqual([]);

  // What was not given stays; the last day is the one that the moment ends.
  await office.people('record', 'person', '--id', jan, '--until', '2026-11-10');
  const left = await office.people('roster', '--host', 'web1');
  expect(left).toContain('until: 2026-11-10');
  expect(left).toContain('- on: 2026-11-10');
  const found = await reasonsOn(left, now);
  expect(found).toContain('password-age.kept-after-departure @root');
  expect(found.some((reason) => reason.startsWith('accounts.') && reason.endsWith('@jan'))).toBe(true);
}, 60_000);

describe('a roster', () => {
  const at = new Date('2026-11-22T12:00:00Z');
  const none: RosterPart = { v: 1, accounts: [], keys: [], purpose: null, root: false, hosts: null, knows: null };
  const person = (from: string, until: string | null) => ({ of: 'person' as const, roles: [], from, until });
  const left = person('2026-01-01T00:00:00.000Z', '2026-11-11T00:00:00.000Z');

  test('has nobody who is still to come, or is elsewhere', () => {
    const people = [
      { id: 'person-1', record: person('2026-11-22T12:00:00.001Z', null), roster: { ...none } },
      { id: 'person-2', record: left, roster: { ...none, hosts: ['web2'] } },
    ];
    expect(rosterText(people, 'web1', at)).toMatch(/\npeople: \[\]\ndepartures: \[\]\n$/);
    expect(rosterText(people, undefined, at)).toContain('person-2');
  });

  test('still has the day on which somebody left of whom all else was erased: he may have known anything', () => {
    const text = rosterText([{ id: 'person-1', record: left, roster: null }], 'web1', at);
    expect(text).toMatch(/person: person-1\n {4}accounts: \[\][^]*departures:\n {2}- on: 2026-11-10\n$/);
  });

  test('says whose passwords somebody knew who left, and nothing where it was nobody else', () => {
    const knowing = (knows: string[]) => [{ id: 'person-1', record: left, roster: { ...none, knows } }];
    expect(rosterText(knowing(['deploy']), 'web1', at)).toMatch(/on: 2026-11-10\n {4}accounts:\n {6}- deploy\n$/);
    expect(rosterText(knowing([]), 'web1', at)).toMatch(/departures: \[\]\n$/);
  });

  test('has nobody left before his last day is over', () => {
    const text = rosterText([{ id: 'person-1', record: left, roster: null }], 'web1', new Date('2026-11-10T23:59:59Z'));
    expect(text).toMatch(/until: 2026-11-10[^]*departures: \[\]\n$/);
  });
});

test('a roster that was not written lately, or that nobody can read, shows nothing', async () => {
  const at = new Date('2026-11-22T12:00:00Z');
  const roster = (written: string): string => `written: ${written}\npeople: []\ndepartures: []\n`;
  expect(await reasonsOn(roster('2026-11-20T12:00:00.000Z'), at)).not.toContain('host.outdated');
  expect(await reasonsOn(roster('2026-11-20T11:59:59.000Z'), at)).toEqual(['host.outdated', 'host.outdated']);
  expect(await reasonsOn(roster('2026-11-22T13:00:00.000Z'), at)).toEqual(['host.outdated', 'host.outdated']);
  expect(await reasonsOn('people: []\n', at)).toEqual(['host.unparsable', 'host.unparsable']);
  expect(await reasonsOn('people: [\n', at)).toEqual(['host.unparsable', 'host.unparsable']);
});
