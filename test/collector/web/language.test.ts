import express, { type Express } from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepLanguage, languageOf } from '../../../collector/web/language.ts';

const server = createServer(application());
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function application(): Express {
  const app = express();
  app.use(keepLanguage);
  app.get('/', (request, response) => void response.send(languageOf(request)));
  return app;
}

async function answer(path: string, headers: Record<string, string> = {}): Promise<string> {
  return (await fetch(url + path, { headers: { 'accept-language': '*', ...headers } })).text();
}

test.each([
  ['nl-BE,nl;q=0.9,en;q=0.5', 'nl'],
  ['en-US,nl;q=0.5', 'en'],
  ['de', 'en'],
  ['*', 'en'],
  ['de, nl;q=0.3', 'nl'],
])('Accept-Language %s gives %s', async (accepted, language) => {
  expect(await answer('/', { 'accept-language': accepted })).toBe(language);
});

test('?lang= wins from the cookie, and the cookie from Accept-Language', async () => {
  const headers = { cookie: 'other=1; waarborg-language=nl', 'accept-language': 'en' };
  expect(await answer('/', headers)).toBe('nl');
  expect(await answer('/?lang=en', headers)).toBe('en');
});

test('a choice by ?lang= is kept in a cookie that scripts cannot read', async () => {
  const kept = (await fetch(`${url}/?lang=nl`)).headers.get('set-cookie') ?? '';
  expect(kept).toMatch(/^waarborg-language=nl;.*HttpOnly.*SameSite=Strict/);
});

test.each(['/?lang=de', '/?lang=nl&lang=en', '/?lang[x]=nl'])('%s chooses nothing and keeps nothing', async (path) => {
  const response = await fetch(url + path, { headers: { 'accept-language': 'nl' } });
  expect(await response.text()).toBe('nl');
  expect(response.headers.get('set-cookie')).toBeNull();
});

test('a cookie of another value or name chooses nothing', async () => {
  expect(await answer('/', { cookie: 'waarborg-language=fr' })).toBe('en');
  expect(await answer('/', { cookie: 'xwaarborg-language=nl' })).toBe('en');
});
