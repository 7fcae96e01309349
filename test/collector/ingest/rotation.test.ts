import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { rotationPayloadType } from '../../../evidence/entry.ts';
import { signEnvelope } from '../../../evidence/envelope.ts';
import { Receipt } from '../../../evidence/exchange.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { ask, audited } from '../administration/operator.ts';
import { draftReport, enrolHand, logSize, post, send, type Hand, type Posted } from './submissions.ts';

const agent = 'web1.example.nl';

function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

interface Rotate {
  readonly to?: KeyObject;
  readonly signer?: KeyObject;
  readonly forge?: object;
}

function rotate(
  collector: Pick<Collector, 'url'>,
  { agent: name, epoch, key }: Hand,
  { to = newKey(), signer = key, forge = {} }: Rotate = {},
): Promise<Posted> {
  const publicKey = rawPublicKey(to).toString('base64');
  const payload = Buffer.from(JSON.stringify({ v: 1, agent: name, epoch, publicKey, after: 0, ...forge }));
  const envelope = signEnvelope(rotationPayloadType, payload, signer);
  return post(collector, '/api/v1/rotations', { v: 1, envelope, held: 0 });
}

function problem(status: number, code: string) {
  return { status, body: { status, code } };
}

test('under the new key reports are taken, under the old one none; the same change again has the same place', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const hand = await enrolHand(collector, agent);
  const to = newKey();
  const answers = await Promise.all(Array.from({ length: 4 }, () => rotate(collector, hand, { to })));
  const again = await rotate(collector, hand, { to });
  expect(new Set([...answers, again].map(({ body }) => Receipt.parse(body).entry)).size).toBe(1);
  expect(await logSize(collector)).toBe(2);
  expect(await send(collector, draftReport(hand))).toMatchObject(problem(403, 'report.signature'));
  expect(await send(collector, draftReport({ ...hand, key: to }))).toMatchObject({ status: 200 });
  expect(audited(join(folder.path, 'data'), join(folder.path, 'bundle'))).toMatchObject({
    outcome: 'sound',
    proven: { reports: 1 },
  });
});

test('of a report and a change of its key that come at once, the log holds only what an auditor takes', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const hands = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => enrolHand(collector, name)));
  const answers = await Promise.all(
    hands.flatMap((hand) => [send(collector, draftReport(hand)), rotate(collector, hand)]),
  );
  const refusals = answers.filter(({ status }) => status !== 200).map(({ body }) => (body as { code: string }).code);
  expect(refusals.every((code) => ['agent.key-changed', 'rotation.after'].includes(code))).toBe(true);
  expect(refusals).toHaveLength(hands.length);
  expect(audited(join(folder.path, 'data'), join(folder.path, 'bundle')).findings).toEqual([]);
});

const cases: Record<string, [status: number, code: string, rotation: (hand: Hand) => Rotate]> = {
  'another key than the one that counts': [403, 'rotation.signature', () => ({ signer: newKey() })],
  'an agent that is not enrolled': [403, 'agent.unknown', () => ({ forge: { agent: 'ghost' } })],
  'an epoch that is not enrolled': [403, 'agent.unknown', () => ({ forge: { epoch: 2 } })],
  'a report that the log does not hold': [409, 'rotation.after', () => ({ forge: { after: 1 } })],
  'the key that it has': [409, 'rotation.key-used', ({ key }) => ({ to: key })],
  'another version': [400, 'rotation.statement', () => ({ forge: { v: 2 } })],
  'a member too many': [400, 'rotation.statement', () => ({ forge: { more: 1 } })],
};

test.each(Object.entries(cases))('a change of the key is refused for %s', async (_, [status, code, rotation]) => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hand = await enrolHand(collector, agent);
  expect(await rotate(collector, hand, rotation(hand))).toMatchObject(problem(status, code));
  expect(await logSize(collector)).toBe(1);
  expect(await rotate(collector, hand)).toMatchObject({ status: 200 });
});

test('a key that was given up never counts again, by a change or by an enrolment', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hand = await enrolHand(collector, agent);
  const to = newKey();
  await rotate(collector, hand, { to });
  const back = await rotate(collector, { ...hand, key: to }, { to: hand.key });
  expect(back).toMatchObject(problem(409, 'rotation.key-used'));
  const { secret } = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, new Date());
  const publicKey = rawPublicKey(hand.key).toString('base64');
  const enrolled = await post(collector, '/api/v1/enrol', { v: 1, token: secret, agent, publicKey });
  expect(enrolled).toMatchObject(problem(409, 'enrol.key-used'));
});

test('a revoked key cannot name another', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hand = await enrolHand(collector, agent);
  await ask(collector, `/api/v1/hosts/${agent}/revoke`, { reason: 'compromised' });
  expect(await rotate(collector, hand)).toMatchObject(problem(403, 'agent.revoked'));
});
