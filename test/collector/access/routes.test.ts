import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { roles, type Role } from '../../../collector/access/tokens.ts';
import type { Collector } from '../../../collector/collector.ts';
import { collectorOn } from '../../support/road.ts';
import { readSource, sourceFiles } from '../../support/sources.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

const host = 'web1.example.nl';
const caseId = 'case-0001';
const customer = 'customer-acme';
const everyone: readonly (Role | 'nobody')[] = ['nobody', ...roles];

/** Of all hosts, or of a customer's own. */
const readers: readonly Role[] = ['auditor', 'operator', 'reporter'];

/** Who may have what. Nobody else gets it: 401 without a valid token, 403 with one of another role. */
const readable: Record<string, readonly (Role | 'nobody')[]> = {
  '/healthz': everyone,
  '/readyz': everyone,
  '/metrics': ['metrics', 'auditor', 'operator'],
  '/api/v1/hosts': readers,
  [`/api/v1/hosts/${host}`]: readers,
  '/api/v1/controls': readers,
  '/api/v1/reports': readers,
  '/api/v1/reports/2': readers,
  '/api/v1/compliance': readers,
  '/api/v1/organisation': ['approver', 'auditor', 'operator'],
  [`/api/v1/acts/${caseId}`]: ['approver', 'auditor', 'operator'],
  '/api/v1/access': ['auditor', 'operator'],
  '/api/v1/notices': ['auditor', 'operator'],
  '/api/v1/log-keys': everyone,
  '/': readers,
  '/policies/quick/controls/Q-password': readers,
  '/style.css': everyone,
  '/icon.svg': everyone,
  '/login': everyone,
  '/reports': readers,
  '/organisation': ['approver', 'auditor', 'operator'],
  [`/organisation/acts/${caseId}`]: ['approver', 'auditor', 'operator'],
  '/notices': ['auditor', 'operator'],
  '/access': ['auditor', 'operator'],
  '/api/v1/nothing': [],
  '/log/checkpoint': everyone,
  '/log/tile/0/000.p/3': everyone,
  '/log/tile/entries/000.p/3': ['auditor', 'operator'],
  '/hosts/web1.example.nl': readers,
};

function tokenOf(collector: Collector, role: Role): string {
  const controls = [{ policy: 'quick', control: 'Q-password' }];
  const own = role === 'reporter' ? { customer } : role === 'pipeline' ? { controls } : {};
  return collector.tokens.create({ role, label: '', validity: 600, ...own }, new Date()).secret;
}

function get(collector: Collector, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(path, collector.url), { headers, redirect: 'manual' });
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function openCase(collector: Collector): Promise<void> {
  const opened = { of: 'incident', urgency: null, began: '2026-01-01T00:00:00.000Z', about: null, fields: [] };
  await act(collector, { act: 'open-case', id: caseId, ...opened });
}

async function registerCustomer(collector: Collector): Promise<void> {
  const record = { of: 'customer', hosts: [host], from: '2026-01-01T00:00:00.000Z', until: null };
  await act(collector, { act: 'record', id: customer, record });
}

async function act(collector: Collector, done: object): Promise<void> {
  const body = JSON.stringify({ v: 1, act: done, parts: [] });
  const headers = { ...bearer(tokenOf(collector, 'operator')), 'content-type': 'application/json' };
  const { status } = await fetch(new URL('/api/v1/acts', collector.url), { method: 'POST', headers, body });
  expect(status).toBe(200);
}

async function logIn(collector: Collector, token: string): Promise<Response> {
  return fetch(new URL('/login', collector.url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }),
    redirect: 'manual',
  });
}

test('every route gives what it has to the roles that may have it, and to no other', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  await send(collector, draftReport(await enrolHand(collector, host)));
  await openCase(collector);
  await registerCustomer(collector);
  const found: Record<string, Record<string, number>> = {};
  const expected: typeof found = {};
  for (const [path, allowed] of Object.entries(readable)) {
    const statuses: Record<string, number> = {};
    const wanted: Record<string, number> = {};
    for (const who of everyone) {
      const headers = who === 'nobody' ? {} : bearer(tokenOf(collector, who));
      const { status } = await get(collector, path, headers);
      // Pages send a browser that has not logged in to the form.
      statuses[who] = status === 303 ? 401 : status;
      const isReader = readers.some((reader) => reader === who);
      const isPage = /^\/($|hosts|reports|policies|organisation|notices|access)/.test(path);
      const refused = who === 'nobody' || isPage ? 401 : 403;
      wanted[who] = allowed.includes(who) ? 200 : isReader && path === '/api/v1/nothing' ? 404 : refused;
    }
    found[path] = statuses;
    expected[path] = wanted;
  }
  expect(found).toEqual(expected);
});

test('what only some may have is kept by nobody on the way', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  await send(collector, draftReport(await enrolHand(collector, host)));
  await openCase(collector);
  const token = bearer(tokenOf(collector, 'operator'));
  for (const [path, allowed] of Object.entries(readable)) {
    if (allowed.includes('nobody')) continue;
    const kept = (await get(collector, path, token)).headers.get('cache-control');
    expect([path, kept]).toEqual([path, expect.stringMatching(/^no-store$|^private,/)]);
  }
});

const evidencePath = '/api/v1/evidence/quick/Q-password';

/** What writes, and who may. What they send here is of no form, so that nothing happens. */
const writable: Record<string, readonly (Role | 'nobody')[]> = {
  [`/api/v1/hosts/${host}/revoke`]: ['operator'],
  '/api/v1/enrolment-tokens': ['operator'],
  '/api/v1/erasures': ['operator'],
  '/api/v1/acts': ['operator', 'approver'],
  '/api/v1/notices/trial': ['operator'],
  [evidencePath]: ['pipeline'],
};

test('nobody writes but who may', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  for (const [path, allowed] of Object.entries(writable)) {
    for (const who of everyone) {
      const headers = who === 'nobody' ? {} : bearer(tokenOf(collector, who));
      const { status } = await fetch(new URL(path, collector.url), { method: 'POST', headers });
      const unread = path === evidencePath ? 415 : 400;
      expect([path, who, status]).toEqual([path, who, allowed.includes(who) ? unread : who === 'nobody' ? 401 : 403]);
    }
  }
});

/** Routes that no token opens: what is sent is signed, or holds a token itself; and those of other tests here. */
const elsewhere = [
  'POST /reports',
  'POST /rotations',
  'POST /enrol',
  'POST /certificates',
  'POST /login',
  'POST /logout',
  'GET /checkpoint/cosigned',
  'GET /organisation/acts/:id/files/:index/:number',
  'POST /organisation/acts/:id',
];

test('no route of the collector is left out here', () => {
  const found = sourceFiles()
    .filter((path) => path.startsWith('collector/'))
    .flatMap((path) => [...readSource(path).matchAll(/\b(?:router|server)\.(get|post)\(\s*'(\/[^']*)'/g)])
    .map(([, method = '', path = '']) => `${method.toUpperCase()} ${path}`);
  const tested = [
    ...Object.keys(readable).map((path) => `GET ${path}`),
    ...Object.keys(writable).map((path) => `POST ${path}`),
  ];
  const isTested = (route: string): boolean => {
    const [method = '', path = ''] = route.split(' ');
    const form = path.replace(/:[a-z]+/g, '[^/]+').replace(/\*[a-z]+/, '.+');
    return tested.some((one) => new RegExp(`^${method} (/api/v1|/log)?${form}$`).test(one));
  };
  expect(found.length).toBeGreaterThan(25);
  expect(found.filter((route) => !isTested(route) && !elsewhere.includes(route))).toEqual([]);
});

describe('a token', () => {
  test.each(['Bearer', 'Bearer  ', 'Basic abc', 'bearer-less', 'Bearer wbg_operator_guess', 'Bearer a b'])(
    'that is "%s" lets nobody in',
    async (authorization) => {
      using folder = temporaryFolder();
      await using collector = await collectorOn(folder.path);
      const answer = await get(collector, '/api/v1/hosts', { authorization });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await answer.json()).toMatchObject({ code: 'token.missing' });
    },
  );

  test('holds until it expires or is revoked', async () => {
    using folder = temporaryFolder();
    let now = new Date('2026-03-01T12:00:00Z');
    await using collector = await collectorOn(folder.path, { now: () => now });
    const statusOf = async (secret: string) => (await get(collector, '/api/v1/hosts', bearer(secret))).status;
    const short = collector.tokens.create({ role: 'auditor', label: '', validity: 60 }, now);
    const long = collector.tokens.create({ role: 'auditor', label: '', validity: 6000 }, now);
    expect([await statusOf(short.secret), await statusOf(long.secret)]).toEqual([200, 200]);
    now = new Date('2026-03-01T12:01:00Z');
    expect([await statusOf(short.secret), await statusOf(long.secret)]).toEqual([401, 200]);
    collector.tokens.revoke(long.id, now);
    expect(await statusOf(long.secret)).toBe(401);
  });
});

describe('a session', () => {
  test('is opened with a token and ended by logging out, with a cookie that scripts and other sites do not get', async () => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(folder.path);
    const answer = await logIn(collector, tokenOf(collector, 'auditor'));
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(cookie).toMatch(/^waarborg=[\w-]{32}; Max-Age=43200; Path=\/; .*HttpOnly; SameSite=Strict$/);
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect((await get(collector, '/api/v1/hosts', session)).status).toBe(200);
    const left = await fetch(new URL('/logout', collector.url), {
      method: 'POST',
      headers: session,
      redirect: 'manual',
    });
    expect([left.status, left.headers.get('location')]).toEqual([303, '/login']);
    expect((await get(collector, '/api/v1/hosts', session)).status).toBe(401);
  });

  test('ends with the token that opened it, and after twelve hours', async () => {
    using folder = temporaryFolder();
    let now = new Date('2026-03-01T12:00:00Z');
    await using collector = await collectorOn(folder.path, { now: () => now });
    const open = async () => {
      const token = collector.tokens.create({ role: 'auditor', label: '', validity: 86_400 }, now);
      const answer = await logIn(collector, token.secret);
      return { token, session: { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' } };
    };
    const [one, two] = [await open(), await open()];
    const statusOf = async ({ session }: typeof one) => (await get(collector, '/api/v1/hosts', session)).status;
    collector.tokens.revoke(one.token.id, now);
    expect([await statusOf(one), await statusOf(two)]).toEqual([401, 200]);
    now = new Date('2026-03-02T00:00:00Z');
    expect(await statusOf(two)).toBe(401);
  });

  test.each(['metrics', 'enrol', 'pipeline'] as const)('is not opened with a token for %s', async (role) => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(folder.path);
    const answer = await logIn(collector, tokenOf(collector, role));
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
  });
});

test('who guesses tokens is told to wait, and who has one is not', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const reader = bearer(tokenOf(collector, 'metrics'));
  const statuses: number[] = [];
  for (let guess = 0; guess < 32; guess++) {
    statuses.push((await get(collector, '/metrics', bearer(`wbg_metrics_${guess}`))).status);
  }
  expect(statuses.slice(0, 30)).toEqual(statuses.slice(0, 30).map(() => 401));
  expect(statuses.slice(30)).toEqual([429, 429]);
  expect((await logIn(collector, 'wbg_operator_guess')).status).toBe(429);
  const answer = await get(collector, '/api/v1/hosts');
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(await answer.json()).toMatchObject({ status: 429, code: 'http.too-many' });
  expect((await get(collector, '/metrics', reader)).status).toBe(200);
});

test('the log names requests and none of their secrets', async () => {
  using folder = temporaryFolder();
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  await using collector = await collectorOn(folder.path, { log });
  const token = tokenOf(collector, 'auditor');
  await get(collector, '/api/v1/hosts', bearer(token));
  await get(collector, `/login?token=${token}`);
  const cookie = (await logIn(collector, token)).headers.get('set-cookie')?.split(';')[0] ?? '';
  await get(collector, '/metrics', { cookie });
  await fetch(new URL('/api/v1/enrol', collector.url), { method: 'POST', body: token, headers: bearer(token) });
  const said = lines.join('');
  expect(said).toContain('"path":"/login"');
  expect(said).toContain('"path":"/api/v1/enrol"');
  expect(said).not.toContain(token);
  expect(said).not.toContain(cookie.split('=')[1]);
});
