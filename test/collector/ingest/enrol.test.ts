import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { logSize, post } from './submissions.ts';

const agent = 'web1.example.nl';

function newKey(): string {
  return rawPublicKey(generateKeyPairSync('ed25519').privateKey).toString('base64');
}

function newToken(collector: Collector, choices: { agent?: string; role?: 'enrol' | 'operator' } = {}): string {
  const token = { role: 'enrol', label: '', validity: 600, ...choices } as const;
  return collector.tokens.create(token, new Date()).secret;
}

function ask(collector: Collector, token: string, publicKey: string, name = agent) {
  return post(collector, '/api/v1/enrol', { v: 1, token, agent: name, publicKey });
}

test('a token enrols once; the same token and key again get the same answer, another key or name none', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const token = newToken(collector);
  const key = newKey();
  const answer = await ask(collector, token, key);
  expect(answer).toMatchObject({ status: 200, body: { v: 1, agent, epoch: 1, logKey: collector.logKey } });
  expect(await ask(collector, token, key)).toEqual(answer);
  expect(await ask(collector, token, newKey(), 'other.example.nl')).toMatchObject({
    status: 403,
    body: { code: 'token.used' },
  });
  expect(await logSize(collector)).toBe(1);
});

test('a token for one agent enrols no other, and enrols its own anew with a higher epoch', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  await ask(collector, newToken(collector), newKey());
  const token = newToken(collector, { agent });
  const other = await ask(collector, token, newKey(), 'other.example.nl');
  expect(other).toMatchObject({ status: 403, body: { code: 'token.agent' } });
  expect(await ask(collector, token, newKey())).toMatchObject({ status: 200, body: { epoch: 2 } });
});

test('a token for no agent in particular does not take over a name that is enrolled', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  await ask(collector, newToken(collector), newKey());
  const token = newToken(collector);
  expect(await ask(collector, token, newKey())).toMatchObject({ status: 403, body: { code: 'token.agent' } });
  expect(await logSize(collector)).toBe(1);
  // It is not used up by that.
  expect(await ask(collector, token, newKey(), 'new.example.nl')).toMatchObject({ status: 200 });
});

test('expired, revoked, unknown tokens and tokens of another role enrol nobody', async () => {
  using folder = temporaryFolder();
  let now = new Date('2026-03-01T12:00:00Z');
  await using collector = await collectorOn(folder.path, { now: () => now });
  const create = (role: 'enrol' | 'operator') => collector.tokens.create({ role, label: '', validity: 60 }, now);
  const expired = create('enrol').secret;
  now = new Date('2026-03-01T12:01:00Z');
  const revoked = create('enrol');
  collector.tokens.revoke(revoked.id, now);
  for (const token of [expired, revoked.secret, create('operator').secret, 'wbg_enrol_unknown']) {
    expect(await ask(collector, token, newKey())).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
  }
  expect(await logSize(collector)).toBe(0);
});

test('what is no key is refused before the token is used up', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const token = newToken(collector);
  for (const publicKey of ['', 'AAAA', newKey().slice(0, 40)]) {
    expect(await ask(collector, token, publicKey)).toMatchObject({ status: 400, body: { code: 'http.body' } });
  }
  expect(await ask(collector, token, newKey())).toMatchObject({ status: 200 });
});
