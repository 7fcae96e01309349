import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signEnvelope } from '../../../evidence/envelope.ts';
import { Receipt, pack } from '../../../evidence/exchange.ts';
import { verifyReceipt } from '../../../evidence/receipt.ts';
import { reportPayloadType, Statement } from '../../../evidence/report.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { collectorOn, quickPolicy } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { bomb, draftReport, enrolHand, logSize, post, send, type Drafted, type Hand } from './submissions.ts';

const agent = 'web1.example.nl';

function problem(status: number, code: string) {
  return { status, type: 'application/problem+json; charset=utf-8', body: { status, code, type: 'about:blank' } };
}

test('a sound report is answered with a proof that it is in the log', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const drafted = draftReport(await enrolHand(collector, agent));
  const { status, body } = await send(collector, drafted);
  expect(status).toBe(200);
  const receipt = Receipt.parse(body);
  const { envelope } = drafted.submission;
  const proven = verifyReceipt({ receipt, envelope, logKey: collector.logKey, held: undefined });
  // The key, the policy, the report.
  expect(proven).toMatchObject({ index: 2, checkpoint: { size: 3 } });
});

test('the same report again gets the same place, however often and however many at once', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const drafted = draftReport(await enrolHand(collector, agent));
  const once = await Promise.all(Array.from({ length: 8 }, () => send(collector, drafted)));
  const again = await send(collector, drafted);
  const entries = [...once, again].map(({ body }) => Receipt.parse(body).entry);
  expect(new Set(entries).size).toBe(1);
  expect(await logSize(collector)).toBe(3);
});

test('of two reports with one number that come at once, one is taken and the other refused', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hand = await enrolHand(collector, agent);
  const both = [new Date(Date.now() - 1000), new Date()].map((issuedAt) => draftReport(hand, { issuedAt }));
  const answers = await Promise.all(both.map((drafted) => send(collector, drafted)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)).toMatchObject(problem(409, 'report.replayed'));
  expect(await logSize(collector)).toBe(3);
});

test('of agents whose reports share a write, one that is refused harms no other', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hands = await Promise.all(
    Array.from({ length: 12 }, (_, number) => enrolHand(collector, `web${number}.example.nl`)),
  );
  const before = await logSize(collector);
  // Every third number leaves a gap.
  const answers = await Promise.all(
    hands.map((hand, number) => send(collector, draftReport(hand, { seq: number % 3 === 0 ? 2 : 1 }))),
  );
  expect(answers.map(({ status }) => status)).toEqual(hands.map((_, number) => (number % 3 === 0 ? 409 : 200)));
  expect(await logSize(collector)).toBe(before + 1 + 8);
});

describe('a report that is not sound gets one stable code and leaves the log as it was', () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  const cases: Record<string, [status: number, code: string, make: (hand: Hand) => Drafted | Drafted['submission']]> = {
    'a wrong signature': [403, 'report.signature', (hand) => draftReport(hand, { signer: other })],
    'an agent that is not enrolled': [403, 'agent.unknown', (hand) => draftReport({ ...hand, agent: 'x.example.nl' })],
    'an epoch that is not enrolled': [403, 'agent.unknown', (hand) => draftReport({ ...hand, epoch: 2 })],
    'a gap': [409, 'report.gap', (hand) => draftReport(hand, { seq: 3, prev: null })],
    'a wrong predecessor': [409, 'report.chain', (hand) => draftReport(hand, { prev: 'a'.repeat(64) })],
    'a part that the statement does not commit to': [
      400,
      'report.commitment',
      (hand) => {
        const { submission } = draftReport(hand);
        return { ...submission, parts: submission.parts.map((part) => ({ ...part, zstd: pack(Buffer.from('{}')) })) };
      },
    ],
    'a part under another salt': [
      400,
      'report.commitment',
      (hand) => {
        const { submission } = draftReport(hand);
        const salt = randomBytes(32).toString('base64');
        return { ...submission, parts: submission.parts.map((part) => ({ ...part, salt })) };
      },
    ],
    'missing parts': [409, 'report.incomplete', (hand) => draftReport(hand, { unsent: ['facts/password-age'] })],
    'a missing policy': [409, 'report.incomplete', (hand) => ({ ...draftReport(hand).submission, policies: [] })],
    'parts that are no zstd, several': [
      400,
      'report.part',
      (hand) => {
        const { submission } = draftReport(hand);
        return { ...submission, parts: submission.parts.map((part) => ({ ...part, zstd: 'AAAA' })) };
      },
    ],
    'a small part that unpacks to more than the limit': [
      400,
      'report.part',
      (hand) => {
        const { submission } = draftReport(hand);
        return { ...submission, parts: submission.parts.map((part) => ({ ...part, zstd: bomb(17 * 2 ** 20) })) };
      },
    ],
    'counts that its observations do not have': [
      400,
      'report.counts',
      (hand) => draftReport(hand, { statement: { counts: { pass: 1, fail: 0, unknown: 0, 'not-applicable': 0 } } }),
    ],
    'a control of its policy left out': [
      400,
      'report.controls',
      (hand) => {
        const counts = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
        const parts = { observations: JSON.stringify({ v: 1, observations: [] }) };
        return draftReport(hand, { parts, statement: { counts } });
      },
    ],
    'no observations': [400, 'report.body', (hand) => draftReport(hand, { parts: { observations: undefined } })],
    'no host': [400, 'report.body', (hand) => draftReport(hand, { parts: { host: undefined } })],
    'observations of another version': [
      400,
      'report.body',
      (hand) => draftReport(hand, { parts: { observations: '{"v":2,"observations":[]}' } }),
    ],
    'a host of another form': [400, 'report.body', (hand) => draftReport(hand, { parts: { host: '{"v":1}' } })],
    'a host in another spelling': [
      400,
      'report.body',
      (hand) => {
        const host = { v: 1, hostname: hand.agent, os: 'Debian', agentVersion: '0', labels: {} };
        return draftReport(hand, { parts: { host: JSON.stringify(host, undefined, 1) } });
      },
    ],
    'a statement in another spelling': [
      400,
      'report.statement',
      (hand) => {
        const { submission } = draftReport(hand);
        const statement = Buffer.from(submission.envelope.payload, 'base64').toString();
        const payload = Buffer.from(statement.replace('{', '{ '));
        return { ...submission, envelope: signEnvelope(reportPayloadType, payload, hand.key) };
      },
    ],
    'a policy under another version than its own': [
      400,
      'report.policy',
      (hand) =>
        draftReport(hand, { statement: { policies: [{ policy: 'quick', version: 2, digest: quickPolicy.digest }] } }),
    ],
    'a part that is not JSON': [400, 'report.json', (hand) => draftReport(hand, { parts: { host: '{"v":' } })],
    'a part of deep JSON': [
      400,
      'report.json',
      (hand) => draftReport(hand, { parts: { 'facts/password-age': '['.repeat(50_000) + ']'.repeat(50_000) } }),
    ],
    'a statement of an unknown version': [
      400,
      'report.statement',
      (hand) => draftReport(hand, { statement: { v: 2 } }),
    ],
    'a statement with a key too many': [
      400,
      'report.statement',
      (hand) => {
        const { submission } = draftReport(hand);
        const statement = JSON.parse(Buffer.from(submission.envelope.payload, 'base64').toString()) as object;
        const payload = Buffer.from(JSON.stringify({ ...statement, extra: 1 })).toString('base64');
        return { ...submission, envelope: { ...submission.envelope, payload } };
      },
    ],
    'a document that the statement does not name': [
      400,
      'report.policy',
      (hand) => {
        const { submission } = draftReport(hand);
        return { ...submission, policies: [{ digest: 'a'.repeat(64), zstd: pack(Buffer.from('policy: x')) }] };
      },
    ],
    'a document of another digest': [
      400,
      'report.policy',
      (hand) => {
        const { submission } = draftReport(hand);
        const zstd = pack(Buffer.from('not a policy'));
        return { ...submission, policies: submission.policies.map(({ digest }) => ({ digest, zstd })) };
      },
    ],
    'an unknown version of the submission': [
      400,
      'http.body',
      (hand) => ({ ...draftReport(hand).submission, v: 2 }) as unknown as Drafted['submission'],
    ],
  };

  test.each(Object.entries(cases))('%s', async (_, [status, code, make]) => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(folder.path);
    const hand = await enrolHand(collector, agent);
    const before = await logSize(collector);
    const made = make(hand);
    const submission = 'submission' in made ? made.submission : made;
    expect(await send(collector, { submission })).toMatchObject(problem(status, code));
    expect(await logSize(collector)).toBe(before);
    // And it still takes the next.
    expect(await send(collector, draftReport(hand))).toMatchObject({ status: 200 });
  });
});

test('a number that is taken is not taken again, and counts must fit observations that did not change', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hand = await enrolHand(collector, agent);
  const first = draftReport(hand);
  await send(collector, first);
  const again = draftReport(hand, { issuedAt: new Date(Date.now() - 5000) });
  expect(await send(collector, again)).toMatchObject(problem(409, 'report.replayed'));
  const statement = JSON.parse(Buffer.from(first.submission.envelope.payload, 'base64').toString()) as {
    body: unknown;
  };
  const counts = { pass: 1, fail: 0, unknown: 0, 'not-applicable': 0 };
  const unchanged = draftReport(hand, { seq: 2, prev: first.digest, statement: { body: statement.body, counts } });
  const sent = { submission: { ...unchanged.submission, parts: [] } };
  expect(await send(collector, sent)).toMatchObject(problem(400, 'report.counts'));
  const honest = draftReport(hand, { seq: 2, prev: first.digest, statement: { body: statement.body } });
  expect(await send(collector, { submission: { ...honest.submission, parts: [] } })).toMatchObject({ status: 200 });
});

test('observations that did not change are held against the policies of each report', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const hand = await enrolHand(collector, agent);
  const first = draftReport(hand);
  await send(collector, first);
  const { body, policies } = Statement.parse(
    JSON.parse(Buffer.from(first.submission.envelope.payload, 'base64').toString()),
  );
  const second = draftReport(hand, { seq: 2, prev: first.digest, statement: { body } });
  expect(await send(collector, { submission: { ...second.submission, parts: [] } })).toMatchObject({ status: 200 });
  const more = parsePolicy(quickPolicy.text.replace('policy: quick', 'policy: more'), 'more.yaml');
  const both = [...policies, { policy: 'more', version: 1, digest: more.digest }];
  const third = draftReport(hand, { seq: 3, prev: second.digest, statement: { body, policies: both } });
  const documents = [{ digest: more.digest, zstd: pack(Buffer.from(more.text)) }];
  const sent = { submission: { ...third.submission, parts: [], policies: documents } };
  expect(await send(collector, sent)).toMatchObject(problem(400, 'report.controls'));
});

describe('a request that is no submission', () => {
  test.each([
    ['not JSON', '{"v":1,', 400, 'http.bad-request'],
    ['no object', '"text"', 400, 'http.bad-request'],
    ['deep JSON', `{"v":1,"envelope":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'http.body'],
    ['more than 8 MiB', `{"v":1,"held":"${'x'.repeat(9 * 2 ** 20)}"}`, 413, 'http.too-large'],
    ['a key too many', '{"v":1,"extra":1}', 400, 'http.body'],
  ])('%s', async (_, body, status, code) => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(folder.path);
    expect(await post(collector, '/api/v1/reports', body)).toMatchObject(problem(status, code));
    expect(await logSize(collector)).toBe(0);
  });
});

test('an agent that holds a newer checkpoint than the log has is told so', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const { submission } = draftReport(await enrolHand(collector, agent));
  expect(await send(collector, { submission: { ...submission, held: 100 } })).toMatchObject(problem(409, 'log.behind'));
  expect(await logSize(collector)).toBe(1);
});
