import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadIdentity } from '../../agent/identity.ts';
import { CollectorConfig } from '../../collector/config.ts';
import { changeLogKey, finishKeyChange } from '../../collector/log/change-key.ts';
import { signCheckpoint } from '../../evidence/checkpoint.ts';
import type { LogKeys } from '../../evidence/handover.ts';
import { leafHash, Tree } from '../../evidence/merkle.ts';
import { logSigner } from '../../evidence/note.ts';
import { formatProof } from '../../evidence/proof.ts';
import { encodeEntry } from '../../evidence/entry.ts';
import { parseLogKey, vkeyOf } from '../../evidence/vkey.ts';
import { seededKey } from '../evidence/keys.ts';
import { falseCollector, passOn } from '../support/false-collector.ts';
import { agentOn, collectorOn, enrolAgentAt, origin, silent } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const name = 'web1.example.nl';
let folder: ReturnType<typeof temporaryFolder>;
let data: string;
let agentData: string;
let firstKey: string;

beforeEach(async () => {
  folder = temporaryFolder();
  data = join(folder.path, 'collector');
  agentData = join(folder.path, 'agent');
  await using collector = await collectorOn(data);
  firstKey = collector.logKey;
  using agent = await enrolAgentAt(collector, agentData, name);
  await agent.runOnce();
  await agent.deliverAll();
});

afterEach(() => folder[Symbol.dispose]());

async function changeKeyWhileAway(times = 1): Promise<string> {
  const input = { config: CollectorConfig.parse({ origin, data }), log: silent };
  for (let change = 0; change < times; change += 1) {
    await changeLogKey(input);
    finishKeyChange(input);
  }
  await using collector = await collectorOn(data);
  return collector.logKey;
}

test('an agent that was away for several changes learns each from the one before it', async () => {
  const newest = await changeKeyWhileAway(3);
  await using collector = await collectorOn(data);
  using agent = agentOn(agentData, {}, collector.url);
  await agent.runOnce();
  expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  const { logKey, laterLogKeys } = loadIdentity(agentData);
  expect([logKey, laterLogKeys?.length, laterLogKeys?.at(-1)]).toEqual([firstKey, 3, newest]);
});

test('an agent that changes its own key learns the log’s on the way', async () => {
  await changeKeyWhileAway();
  await using collector = await collectorOn(data);
  using agent = agentOn(agentData, {}, collector.url);
  expect(await agent.rotateKey()).toEqual({ state: 'rotated' });
});

test('an agent that is enrolled anew goes on with what it kept of the log', async () => {
  {
    using agent = agentOn(agentData, {}, 'http://127.0.0.1:9');
    await agent.runOnce();
  }
  await changeKeyWhileAway();
  await using collector = await collectorOn(data);
  using agent = await enrolAgentAt(collector, agentData, name);
  expect(agent.identity).toMatchObject({ epoch: 2, logKey: firstKey, laterLogKeys: [collector.logKey] });
  expect(agent.spool.length).toBe(1);
  await agent.runOnce();
  expect(await agent.deliverAll()).toEqual({ state: 'empty' });
});

/** What someone who took the collector's place can say, without the key that the agent knows. */
function forged(sign: 'thief' | 'another log'): LogKeys {
  const thief = logSigner(sign === 'thief' ? origin : 'other/log', seededKey(77));
  const entry = encodeEntry({
    v: 1,
    kind: 'key.rotate',
    receivedAt: '2026-11-01T12:00:00.000Z',
    rotated: { of: 'log', logKey: vkeyOf(thief.key) },
  });
  const tree = new Tree();
  tree.append(leafHash(entry));
  const checkpoint = signCheckpoint({ origin: thief.key.name, size: 1, root: tree.root() }, thief);
  const proof = formatProof({ index: 0, hashes: [], checkpoint });
  return { v: 1, logKey: vkeyOf(thief.key), handovers: [{ logKey: firstKey, entry: entry.toString('base64'), proof }] };
}

test.each([
  ['a key that the known one did not sign for', () => ({ status: 200, body: forged('thief') })],
  ['the key of another log', () => ({ status: 200, body: forged('another log') })],
  ['no keys at all', () => ({ status: 200, body: { v: 1, logKey: firstKey, handovers: [] } })],
  ['something else', () => ({ status: 200, body: 'nothing' })],
  ['no answer', () => 'hang-up' as const],
])('shown %s, an agent takes no head of it, and keeps its report', async (_, answer) => {
  await changeKeyWhileAway();
  await using collector = await collectorOn(data);
  await using between = await falseCollector((path, body) =>
    path === '/api/v1/log-keys' ? answer() : passOn(collector, path, body),
  );
  using agent = agentOn(agentData, {}, between.url);
  await agent.runOnce();
  expect(await agent.deliverAll()).toMatchObject({ state: 'refused', code: 'note.no-known-signature' });
  expect(agent.spool.length).toBe(1);
  expect(loadIdentity(agentData).laterLogKeys).toBeUndefined();
  expect(parseLogKey(agent.identity.logKey).name).toBe(origin);
});
