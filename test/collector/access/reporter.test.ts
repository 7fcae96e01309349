import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../../collector/access/tokens.ts';
import type { Collector } from '../../../collector/collector.ts';
import { reportFormatNames } from '../../../collector/reports/formats.ts';
import type { Act } from '../../../evidence/act.ts';
import { packPart } from '../../../evidence/exchange.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import { collectorOn, quickPolicy } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

/** Two customers, a host that nobody else shares, one that is expected and silent, and one that went over. */

const [own, silent, taken] = ['web1.acme.example', 'db1.acme.example', 'moved.example'];
const [foreign, foreignSilent] = ['web1.zenith.example', 'db1.zenith.example'];
const foreignNames = ['zenith', 'SECRET-REASON'];
const start = Date.parse('2026-03-01T12:00:00.000Z');
let now = new Date(start);
let collector: Collector & AsyncDisposable;
const folder = temporaryFolder();

beforeAll(async () => {
  collector = await collectorOn(folder.path, { now: () => now, config: { hosts: [foreignSilent] } });
  const from = new Date(start).toISOString();
  await act({
    act: 'record',
    id: 'customer-acme',
    record: { of: 'customer', hosts: [own, silent], from, until: null },
  });
  await act({
    act: 'record',
    id: 'customer-zenith',
    record: { of: 'customer', hosts: [foreign, foreignSilent, taken], from, until: null },
  });
  for (const host of [own, foreign, taken]) {
    const hand = await enrolHand(collector, host, now);
    await send(collector, draftReport(hand, { issuedAt: now }));
  }
  await waive();
  now = new Date(start + 600_000);
  await act({
    act: 'record',
    id: 'customer-acme',
    record: { of: 'customer', hosts: [own, silent, taken], from, until: null },
  });
  now = new Date(start + 900_000);
});
afterAll(async () => {
  await collector[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function tokenFor(role: Role, customer?: string, person?: string): string {
  const whose = { ...(customer === undefined ? {} : { customer }), ...(person === undefined ? {} : { person }) };
  return collector.tokens.create({ role, label: '', validity: 6000, ...whose }, now).secret;
}

/** An exception for a host of each, in words that name both. */
async function waive(): Promise<void> {
  const [control] = quickPolicy.controls;
  if (control === undefined) throw new Error('the quick policy has a control');
  const words = Buffer.from(JSON.stringify({ v: 1, text: 'SECRET-REASON: zenith asked for it' }));
  await act(
    {
      ...{ act: 'waive', id: 'waiver-1', policy: quickPolicy.policy, control: control.id },
      ...{ requirement: requirementOf(control), scope: { of: 'hosts', hosts: [own, foreign] } },
      ...{ from: new Date(start).toISOString(), until: new Date(start + 86_400_000).toISOString() },
    },
    [packPart({ name: 'statement', salt: Buffer.alloc(32, 1), bytes: words })],
  );
  await act({ act: 'approve', of: 'waiver-1' }, [], tokenFor('approver', undefined, 'person-b'));
}

async function act(done: Act, parts: readonly object[] = [], token = tokenFor('operator')): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ v: 1, act: done, parts });
  const answer = await fetch(new URL('/api/v1/acts', collector.url), { method: 'POST', headers, body });
  expect([answer.status, await answer.text()]).toEqual([200, expect.anything()]);
}

async function get(path: string, token: string): Promise<{ status: number; body: string }> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(new URL(path, collector.url), { headers, redirect: 'manual' });
  return { status: answer.status, body: await answer.text() };
}

function countOf(body: string, host: string): number {
  return body.split(host).length - 1;
}

describe('a reporter', () => {
  const paths = [
    '/',
    '/reports',
    `/hosts/${own}`,
    `/hosts/${silent}`,
    '/policies/quick/controls/Q-password',
    '/api/v1/hosts',
    `/api/v1/hosts/${own}`,
    '/api/v1/controls',
    '/api/v1/reports',
    `/api/v1/reports?host=${own}`,
    ...reportFormatNames.filter((name) => !['pdf', 'xlsx', 'oscal'].includes(name)).map(reportPath),
  ];

  test.each(paths)('finds his own hosts at %s, and nothing of others', async (path) => {
    const { status, body } = await get(path, tokenFor('reporter', 'customer-acme'));
    expect([path, status]).toEqual([path, 200]);
    if (path !== '/reports') expect(body).toMatch(/acme/);
    for (const name of foreignNames) expect(body).not.toContain(name);
    // An auditor is shown the others at the same place: this test could fail.
    const whole = await get(path, tokenFor('auditor'));
    const isOfAll = path !== '/reports' && !path.includes(own) && !path.includes(silent);
    if (isOfAll) expect(whole.body).toContain('zenith');
  });

  function reportPath(format: string): string {
    return `/api/v1/compliance?format=${format}&language=en`;
  }

  test('is told as one who asks for what there is not', async () => {
    const token = tokenFor('reporter', 'customer-acme');
    const pairs = [
      [`/api/v1/hosts/${foreign}`, '/api/v1/hosts/none.zzz.example'],
      [`/hosts/${foreign}`, '/hosts/none.zzz.example'],
      [`/hosts/${foreignSilent}`, '/hosts/none.zzz.example'],
      [`/api/v1/reports?host=${foreign}`, '/api/v1/reports?host=none.zzz.example'],
      [`/api/v1/compliance?host=${foreign}`, '/api/v1/compliance?host=none.zzz.example'],
      [`/api/v1/compliance?host=${own}&host=${foreign}`, `/api/v1/compliance?host=${own}&host=none.zzz.example`],
    ] as const;
    for (const [hidden, missing] of pairs) {
      const [one, other] = [await get(hidden, token), await get(missing, token)];
      const named = (body: string): string => body.replaceAll(/(web1|db1)\.zenith\.example|none\.zzz\.example/g, 'X');
      expect([hidden, one.status, named(one.body)]).toEqual([hidden, other.status, named(other.body)]);
    }
  });

  test('finds reports by their number only where they are of his hosts, and since they are', async () => {
    const [reporter, auditor] = [tokenFor('reporter', 'customer-acme'), tokenFor('auditor')];
    const { reports } = JSON.parse((await get('/api/v1/reports', auditor)).body) as {
      reports: { index: number; agent: string }[];
    };
    expect(reports.map(({ agent }) => agent).sort()).toEqual([taken, own, foreign].sort());
    const statuses = new Map<string, number>();
    for (const { index, agent } of reports) {
      statuses.set(agent, (await get(`/api/v1/reports/${index}`, reporter)).status);
    }
    // What the host that went over reported was before it did.
    expect(Object.fromEntries(statuses)).toEqual({ [own]: 200, [foreign]: 404, [taken]: 404 });
    const hidden = await get(
      `/api/v1/reports/${reports.find(({ agent }) => agent === foreign)?.index ?? ''}`,
      reporter,
    );
    const missing = await get('/api/v1/reports/99999', reporter);
    expect(hidden.body.replace(/entry \d+/, '')).toBe(missing.body.replace(/entry \d+/, ''));
  });

  test('is not told of the time before a host was his, and is told that it has not reported since', async () => {
    const token = tokenFor('reporter', 'customer-acme');
    const hosts = JSON.parse((await get('/api/v1/hosts', token)).body) as {
      hosts: { host: string; freshness: string }[];
    };
    expect(Object.fromEntries(hosts.hosts.map(({ host, freshness }) => [host, freshness]))).toEqual({
      [own]: 'fresh',
      [silent]: 'never-seen',
      [taken]: 'never-seen',
    });
    const early = await get('/api/v1/compliance?from=2026-02-01', token);
    expect([early.status, early.body]).toEqual([400, expect.stringContaining('from 2026-03-01T12:10:00.000Z on')]);
    const before = await get(`/api/v1/compliance?host=${own}&from=2026-03-01T12:00:00Z`, token);
    expect(before.status).toBe(200);
  });

  test('is told that a control is waived, and not why: the words may speak of others', async () => {
    const path = `/api/v1/compliance?format=html&language=en&host=${own}`;
    const [one, whole] = [await get(path, tokenFor('reporter', 'customer-acme')), await get(path, tokenFor('auditor'))];
    expect(whole.body).toContain('SECRET-REASON');
    expect(one.body).toContain('not shown in a report of some hosts');
    expect((await get('/api/v1/hosts', tokenFor('reporter', 'customer-acme'))).body).toContain('"waived":1');
  });

  test('counts nothing of others', async () => {
    const controls = (await get('/api/v1/controls', tokenFor('reporter', 'customer-acme'))).body;
    expect(countOf(controls, 'example')).toBe(countOf(controls, own));
    const page = (await get('/', tokenFor('reporter', 'customer-acme'))).body;
    expect(page).toContain('<p class="total">3</p>');
  });

  test.each([['customer-none'], [undefined]])(
    'of a customer that the register has not (%s) sees nothing',
    async (customer) => {
      const token = tokenFor('reporter', customer);
      expect(JSON.parse((await get('/api/v1/hosts', token)).body)).toEqual({ v: 1, hosts: [] });
      expect((await get('/', token)).body).not.toMatch(/acme|zenith|token create/);
      expect((await get('/api/v1/compliance', token)).status).toBe(404);
    },
  );

  test.each(['/metrics', '/api/v1/organisation', '/api/v1/acts/waiver-1', '/log/tile/entries/000.p/3'])(
    'gets nothing at %s',
    async (path) => {
      const { status, body } = await get(path, tokenFor('reporter', 'customer-acme'));
      expect(status).toBe(403);
      expect(body).not.toMatch(/acme|zenith/);
    },
  );
});

test('a customer whose time is over sees nothing any more', async () => {
  const from = new Date(start).toISOString();
  const until = new Date(now.getTime() + 1000).toISOString();
  await act({ act: 'record', id: 'customer-past', record: { of: 'customer', hosts: [own], from, until } });
  const token = tokenFor('reporter', 'customer-past');
  const before = now;
  now = new Date(start + 1_200_000);
  const { body } = await get('/api/v1/hosts', token);
  now = before;
  expect(JSON.parse(body)).toEqual({ v: 1, hosts: [] });
});
