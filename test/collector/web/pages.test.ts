import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { iconPath, stylePath } from '../../../collector/web/page/layout.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { allPass, hostState, state } from './fleets.ts';
import { newToken, startWith } from './running.ts';

const folder = temporaryFolder();
const hosts = [hostState('web1', [state('EX-tls', 'fail')], { index: 0 }), hostState('web2', allPass, { index: 1 })];
let collector: Collector;

beforeAll(async () => {
  collector = await startWith(folder.path, hosts, ['web1', 'never']);
});
afterAll(async () => {
  await collector.close();
  folder[Symbol.dispose]();
});

async function get(path: string, role?: 'auditor' | 'operator' | 'metrics'): Promise<Response> {
  const headers = role === undefined ? {} : { authorization: `Bearer ${newToken(collector, role)}` };
  return fetch(collector.url + path, { redirect: 'manual', headers });
}

test.each(['/', '/organisation', '/hosts/web1', '/hosts/nobody', '/policies/example/controls/EX-tls'])(
  '%s sends to the login whoever may not read',
  async (path) => {
    for (const role of [undefined, 'metrics'] as const) {
      const response = await get(path, role);
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe('/login');
      expect(await response.text()).not.toContain('web1');
    }
  },
);

test.each([
  ['/', '1 control fails on 1 host'],
  ['/organisation', 'held to no document yet'],
  ['/hosts/web1', 'subject of EX-tls'],
  ['/hosts/never', 'Expected, but nothing was ever reported'],
  ['/policies/example/controls/EX-tls', '/hosts/web2#example.EX-tls'],
])('%s is served to auditors and operators, renews itself, and is kept nowhere', async (path, text) => {
  for (const role of ['auditor', 'operator'] as const) {
    const response = await get(path, role);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('refresh')).toBe('60');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toContain(text);
  }
});

test.each(['/hosts/nobody', '/hosts/%3Cscript%3E', '/policies/example/controls/none'])(
  '%s is a page that says so',
  async (path) => {
    const response = await get(path, 'auditor');
    expect(response.status).toBe(404);
    const page = await response.text();
    expect(page).toContain('Not found');
    expect(page).not.toContain('<script');
  },
);

test('a page is compressed for whoever can read that, and only then', async () => {
  const authorization = `Bearer ${newToken(collector, 'auditor')}`;
  for (const [accepted, sent] of [
    ['gzip, br', 'gzip'],
    ['identity', null],
  ] as const) {
    const response = await fetch(collector.url, { headers: { authorization, 'accept-encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe(sent);
    expect(await response.text()).toContain('</html>');
  }
});

test('an address that is no page is not hidden behind the login', async () => {
  expect((await get('/nothing')).status).toBe(404);
});

test('the policy forbids scripts, and anything from elsewhere', async () => {
  const policy = (await get('/login')).headers.get('content-security-policy');
  expect(policy?.split(';').sort()).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "style-src 'self'",
  ]);
});

test.each([stylePath, iconPath])('%s is served to anyone, to be kept', async (path) => {
  const response = await get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toContain('immutable');
  expect(response.headers.get('content-type')).toMatch(/^(text\/css|image\/svg\+xml)/);
});

test('a language chosen at the login stays for the pages that follow', async () => {
  const chosen = await get('/login?lang=nl');
  expect(await chosen.text()).toContain('Inloggen');
  const [cookie = ''] = (chosen.headers.get('set-cookie') ?? '').split(';');
  const headers = { cookie, authorization: `Bearer ${newToken(collector, 'auditor')}` };
  expect(await (await fetch(collector.url, { headers })).text()).toContain('1 maatregel voldoet niet op 1 host');
});

test('a token that is refused is asked for again, and not shown', async () => {
  const response = await fetch(`${collector.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ token: 'wbg_auditor_"><script>' }),
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('refresh')).toBeNull();
  const page = await response.text();
  expect(page).toContain('role="alert"');
  expect(page).not.toContain('<script');
});
