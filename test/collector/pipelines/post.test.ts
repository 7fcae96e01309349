import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewToken, Role } from '../../../collector/access/tokens.ts';
import type { Collector } from '../../../collector/collector.ts';
import { OrganisationAnswer } from '../../../collector/people/exchange.ts';
import { signedBytes } from '../../../collector/pipelines/signature.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { pack } from '../../../evidence/exchange.ts';
import { plainPolicy } from '../../support/policies.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { audited, readAs } from '../administration/operator.ts';

const policy = plainPolicy('pipelines', {
  'P-scan': { check: 'attestation', with: { valid: '7d', evidence: 'required', remind: '1d' } },
  'P-other': { check: 'attestation', with: { valid: '7d' } },
});
const path = '/api/v1/evidence/pipelines/P-scan';
const green = '<testsuite tests="1" timestamp="2026-03-02T11:00:00"><testcase name="a"/></testsuite>';
const red = '<testsuite tests="1"><testcase name="a"><failure/></testcase></testsuite>';

let folder: ReturnType<typeof temporaryFolder>;
let collector: Collector & AsyncDisposable;
let now: Date;

beforeEach(async () => {
  folder = temporaryFolder();
  now = new Date('2026-03-02T12:00:00.000Z');
  collector = await collectorOn(join(folder.path, 'data'), { now: () => now });
  const named = [{ policy: policy.policy, version: policy.version, digest: policy.digest }];
  const policies = [{ digest: policy.digest, zstd: pack(Buffer.from(policy.text)) }];
  const body = JSON.stringify({ v: 1, act: { act: 'follow', policies: named }, parts: [], policies });
  const headers = { authorization: `Bearer ${token({ role: 'operator' })}`, 'content-type': 'application/json' };
  expect((await fetch(new URL('/api/v1/acts', collector.url), { method: 'POST', headers, body })).status).toBe(200);
});
afterEach(async () => {
  await collector[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function token(more: Partial<NewToken> = {}): string {
  const bound = { controls: [{ policy: 'pipelines', control: 'P-scan' }] };
  const given: NewToken = { role: 'pipeline', label: 'ci', validity: 86_400_000, ...bound, ...more };
  return collector.tokens.create(given, now).secret;
}

async function post(
  body: string,
  {
    secret = token(),
    type = 'application/xml',
    to = path,
    more = {},
  }: { secret?: string; type?: string; to?: string; more?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': type, ...more };
  const answer = await fetch(new URL(to, collector.url), { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function scan(): Promise<string[]> {
  const { observations } = OrganisationAnswer.parse(
    JSON.parse(await readAs({ ...collector, tokens: clocked() }, '/api/v1/organisation')),
  );
  const found = observations.find(({ control }) => control === 'P-scan');
  return [found?.verdict ?? 'none', ...(found?.reasons ?? []).map(({ code }) => code)];
}

/** Tokens on the test's clock. */
function clocked(): Collector['tokens'] {
  const { tokens } = collector;
  return new Proxy(tokens, {
    get: (of, name) =>
      name === 'create' ? (made: NewToken) => of.create(made, now) : (Reflect.get(of, name) as unknown),
  });
}

test('what passed attests its control, with the report, from its own moment on, and a verifier judges it alike', async () => {
  expect(await scan()).toEqual(['unknown', 'attestation.none']);
  const { status, body } = await post(green);
  expect([status, body]).toEqual([
    200,
    expect.objectContaining({ v: 1, by: expect.stringMatching(/^person-/) as string }),
  ]);
  expect(await scan()).toEqual(['pass', 'attestation.stands']);
  const history = await readAs({ ...collector, tokens: clocked() }, `/api/v1/acts/${String(body.id)}`);
  expect(JSON.parse(history)).toMatchObject({
    acts: [
      {
        role: 'pipeline',
        act: { act: 'attest', effective: '2026-03-02T11:00:00.000Z', until: null },
        parts: {
          statement: { text: 'JUnit: tests 1, failed 0, skipped 0' },
          'file/1': { name: 'junit.xml', content: Buffer.from(green).toString('base64') },
        },
      },
    ],
  });
  const { organisation, findings } = audited(join(folder.path, 'data'), join(folder.path, 'bundle'));
  expect(findings).toEqual([]);
  expect(organisation?.observations.find(({ control }) => control === 'P-scan')?.verdict).toBe('pass');
});

/** As a verifier has it who knows the log only. */
function verified(): string[] {
  const { organisation, findings } = audited(join(folder.path, 'data'), join(folder.path, `bundle-${randomUUID()}`));
  expect(findings).toEqual([]);
  const found = organisation?.observations.find(({ control }) => control === 'P-scan');
  return [found?.verdict ?? 'none', ...(found?.reasons ?? []).map(({ code }) => code)];
}

async function act(role: Role, said: object): Promise<number> {
  const headers = { authorization: `Bearer ${token({ role })}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ v: 1, act: said, parts: [], policies: [] });
  return (await fetch(new URL('/api/v1/acts', collector.url), { method: 'POST', headers, body })).status;
}

test('what failed attests nothing, takes back what the same pipeline attested, and is not hidden by what others attest', async () => {
  const secret = token();
  const first = await post(green, { secret });
  await post(green, { secret: token() });
  const failed = await post(red, { secret });
  expect(failed).toMatchObject({ status: 422, body: { code: 'evidence.failed', revoked: [first.body.id] } });
  expect(await scan()).toEqual(['fail', 'attestation.denied', 'attestation.stands']);
  expect(verified()).toEqual(['fail', 'attestation.denied', 'attestation.stands']);
  const history = await readAs({ ...collector, tokens: clocked() }, `/api/v1/acts/${String(failed.body.id)}`);
  expect(JSON.parse(history)).toMatchObject({
    acts: [{ role: 'pipeline', act: { act: 'deny' }, parts: { 'file/1': { name: 'junit.xml' } } }],
  });
});

test('a first result that failed is written down, once however often it is sent, until the pipeline passes', async () => {
  const secret = token();
  await post(green, { secret: token() });
  const first = await post(red, { secret });
  const again = await post('{"v":1,"passed":false}', { secret, type: 'application/json' });
  expect(first).toMatchObject({ status: 422, body: { id: expect.stringMatching(/^denial-/) as string, revoked: [] } });
  expect(again).toMatchObject({ status: 422, body: { id: first.body.id, revoked: [] } });
  expect((await scan())[0]).toBe('fail');
  await post(green, { secret: token() });
  expect((await scan())[0]).toBe('fail');
  now = new Date('2026-03-02T12:10:00.000Z');
  expect((await post('<testsuite><testcase/></testsuite>', { secret })).status).toBe(200);
  expect(await scan()).toEqual(['pass', 'attestation.stands']);
  expect(verified()).toEqual(['pass', 'attestation.stands']);
});

test('what passed before another run of the pipeline failed, and comes in after it, hides nothing', async () => {
  const secret = token();
  await post('<testsuite timestamp="2026-03-02T11:30:00"><testcase><failure/></testcase></testsuite>', { secret });
  expect((await post(green, { secret })).status).toBe(200);
  expect(await scan()).toEqual(['fail', 'attestation.denied', 'attestation.stands']);
  const since = '<testsuite timestamp="2026-03-02T11:30:00"><testcase/></testsuite>';
  expect((await post(since, { secret })).status).toBe(200);
  expect(await scan()).toEqual(['pass', 'attestation.stands']);
});

test('of a pipeline that is no more, somebody takes the last word back, under his own name', async () => {
  const failed = await post(red);
  await post(green);
  const { id } = failed.body;
  expect(await act('auditor', { act: 'revoke', of: id })).toBe(403);
  expect(await act('operator', { act: 'approve', of: id })).toBe(409);
  expect(await act('approver', { act: 'revoke', of: id })).toBe(200);
  expect(await act('approver', { act: 'revoke', of: id })).toBe(409);
  expect(await scan()).toEqual(['pass', 'attestation.stands']);
  expect(verified()).toEqual(['pass', 'attestation.stands']);
  const history = await readAs({ ...collector, tokens: clocked() }, `/api/v1/acts/${String(id)}`);
  expect((JSON.parse(history) as { acts: { role: string }[] }).acts.map(({ role }) => role)).toEqual([
    'pipeline',
    'approver',
  ]);
});

test('a report for auditors has the failing result in its place in time', async () => {
  const secret = token();
  const other = token();
  await post(green, { secret });
  await post(green, { secret: other });
  now = new Date('2026-03-03T12:00:00.000Z');
  await post('{"v":1,"passed":false}', { secret, type: 'application/json' });
  now = new Date('2026-03-04T12:00:00.000Z');
  await post('{"v":1,"passed":true}', { secret, type: 'application/json' });
  now = new Date('2026-03-04T12:10:00.000Z');
  const path = '/api/v1/compliance?from=2026-03-02T12:00:00Z&format=json';
  const made = await readAs({ ...collector, tokens: clocked() }, path);
  const { policies } = JSON.parse(made) as ComplianceReport;
  const scanned = policies[0]?.controls.find(({ control }) => control === 'P-scan');
  expect(scanned?.organisation?.spans.map(({ state, from }) => [state, from.slice(0, 13)])).toEqual([
    ['pass', '2026-03-02T12'],
    ['fail', '2026-03-03T12'],
    ['pass', '2026-03-04T12'],
  ]);
});

test('a control whose only pipeline fails, fails', async () => {
  const secret = token();
  await post(green, { secret });
  await post('{"v":1,"passed":false,"at":"2026-03-02T11:00:00Z"}', { secret, type: 'application/json' });
  expect(await scan()).toEqual(['fail', 'attestation.denied', 'attestation.revoked']);
  await post(green, { secret });
  expect((await scan())[0]).toBe('pass');
});

test('it ends by the policy, counted from its own moment', async () => {
  await post(green);
  now = new Date('2026-03-09T11:00:00.000Z');
  expect(await scan()).toEqual(['fail', 'attestation.expired']);
});

test.each([
  ['no test ran', '<testsuite tests="0"/>', 422, 'evidence.empty'],
  ['it is of tomorrow', '<testsuite timestamp="2026-03-02T12:06:00"><testcase/></testsuite>', 400, 'evidence.moment'],
  [
    'it is of the day before yesterday',
    '<testsuite timestamp="2026-03-01T11:59:59"><testcase/></testsuite>',
    400,
    'evidence.moment',
  ],
  ['it brings entities', '<!DOCTYPE t [<!ENTITY a "b">]><testsuite><testcase/></testsuite>', 400, 'evidence.form'],
])('nothing is taken where %s', async (_, body, status, code) => {
  expect(await post(body)).toMatchObject({ status, body: { code } });
  expect(await scan()).toEqual(['unknown', 'attestation.none']);
});

test('a token posts for its own controls, in the forms that are read, and does nothing else', async () => {
  const secret = token();
  const elsewhere = { secret, to: '/api/v1/evidence/pipelines/P-other' };
  expect(await post(green, elsewhere)).toMatchObject({ status: 403, body: { code: 'token.control' } });
  expect(await post(green, { secret, to: '/api/v1/evidence/other/P-scan' })).toMatchObject({ status: 403 });
  for (const type of ['text/plain', 'constructor', 'application/octet-stream']) {
    expect(await post(green, { secret, type })).toMatchObject({ status: 415, body: { code: 'evidence.type' } });
  }
  expect(await post(green, { secret: token({ role: 'operator' }) })).toMatchObject({
    status: 403,
    body: { code: 'token.role' },
  });
  expect(await post('{}', { secret, to: '/api/v1/acts', type: 'application/json' })).toMatchObject({ status: 403 });
  expect(await scan()).toEqual(['unknown', 'attestation.none']);
});

test('a token with a key takes only what that key signed, for this control, just now', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const secret = token({ publicKey: publicKey.export({ type: 'spki', format: 'pem' }) });
  const signedAt = (moment: Date, control = 'P-scan', body = green): Record<string, string> => {
    const timestamp = String(moment.getTime() / 1000);
    const bytes = signedBytes({ timestamp, policy: 'pipelines', control, body: Buffer.from(body) });
    return { 'waarborg-timestamp': timestamp, 'waarborg-signature': sign(null, bytes, privateKey).toString('base64') };
  };
  const refused: Record<string, string>[] = [
    {},
    { 'waarborg-timestamp': String(now.getTime() / 1000), 'waarborg-signature': 'AAAA' },
    signedAt(now, 'P-other'),
    signedAt(now, 'P-scan', red),
    signedAt(new Date(now.getTime() - 301_000)),
    signedAt(new Date(now.getTime() + 302_000)),
    { ...signedAt(now), 'waarborg-timestamp': 'now' },
  ];
  for (const more of refused) {
    expect(await post(green, { secret, more })).toMatchObject({ status: 403, body: { code: 'evidence.signature' } });
  }
  expect(await scan()).toEqual(['unknown', 'attestation.none']);
  expect((await post(green, { secret, more: signedAt(now) })).status).toBe(200);
});

test('waarborg people post does it from a pipeline, signed where the token wants that', async () => {
  now = new Date();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder.path, name), content);
    return join(folder.path, name);
  };
  const secret = token({ publicKey: publicKey.export({ type: 'spki', format: 'pem' }) });
  const key = file('ci.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const words = ['people', 'post', 'P-scan', '--policy', 'pipelines', '--collector', collector.url];
  const run = (...more: string[]) => runWaarborg([...words, '--token-file', file('token', secret), ...more]);
  const report = file('junit.xml', '<testsuite><testcase/></testsuite>');
  expect(await run('--file', report)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('its key signed') as string,
  });
  expect(await run('--file', report, '--key', key)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^attestation-[0-9a-f]{12}: entry \d+ of the log, by person-/) as string,
  });
  const failing = file('failing.xml', red);
  expect(await run('--file', failing, '--key', key)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('what failed attests nothing') as string,
  });
}, 30_000);
