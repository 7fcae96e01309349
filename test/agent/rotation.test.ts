import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadIdentity } from '../../agent/identity.ts';
import type { Collector } from '../../collector/collector.ts';
import { exportBundle } from '../../collector/export.ts';
import { folderReader } from '../../commands/bundle-folder.ts';
import { keyidOf } from '../../evidence/keys.ts';
import { verifyBundle, type Verification } from '../../evidence/verify.ts';
import { falseCollector, passOn, type Behaviour } from '../support/false-collector.ts';
import { agentOn, collectorOn, enrolAgentAt } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const name = 'web1.example.nl';
let folder: ReturnType<typeof temporaryFolder>;
let collector: Collector & AsyncDisposable;
let data: string;
let bundles = 0;

beforeEach(async () => {
  folder = temporaryFolder();
  data = join(folder.path, 'agent');
  collector = await collectorOn(join(folder.path, 'collector'));
  using agent = await enrolAgentAt(collector, data, name);
  await agent.runOnce();
  await agent.deliverAll();
});

afterEach(async () => {
  await collector[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function ownKey(): string {
  return keyidOf(loadIdentity(data).key);
}

function audited(): Verification {
  const bundle = join(folder.path, `bundle-${bundles++}`);
  exportBundle(join(folder.path, 'collector'), bundle, () => undefined);
  return verifyBundle(folderReader(bundle));
}

/** What an auditor finds after two more reports. */
async function auditedAfterReports(): Promise<Verification> {
  using agent = agentOn(data, {}, collector.url);
  for (let report = 0; report < 2; report += 1) {
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  return audited();
}

test('an agent goes on under a new key: what waits is delivered under the old one, and the numbers go on', async () => {
  const before = ownKey();
  {
    using agent = agentOn(data, {}, collector.url);
    await agent.runOnce();
    await agent.runOnce();
    expect(await agent.rotateKey()).toEqual({ state: 'rotated' });
  }
  expect(ownKey()).not.toBe(before);
  expect(existsSync(join(data, 'rotation.json'))).toBe(false);
  const verification = await auditedAfterReports();
  expect(verification.findings).toEqual([]);
  expect(verification.proven?.agents).toMatchObject([{ agent: name, epoch: 1, reports: 5, lastSeq: 5 }]);
});

test('an agent may change its key again, and before its first report', async () => {
  using fresh = await enrolAgentAt(collector, join(folder.path, 'fresh'), 'fresh.example.nl');
  for (let change = 0; change < 3; change += 1) expect(await fresh.rotateKey()).toEqual({ state: 'rotated' });
  await fresh.runOnce();
  expect(await fresh.deliverAll()).toEqual({ state: 'empty' });
  expect(audited()).toMatchObject({ outcome: 'sound', proven: { reports: 2 } });
});

/** Between the agent and the collector; changes of the key meet `meet`. */
function between(meet: Behaviour): ReturnType<typeof falseCollector> {
  return falseCollector((path, body, asked) =>
    path.endsWith('/rotations') ? meet(path, body, asked) : passOn(collector, path, body),
  );
}

test('an answer that was lost leaves both keys, and reports hold under either until it is known', async () => {
  const before = ownKey();
  {
    await using losing = await between(async (path, body) => {
      await passOn(collector, path, body);
      return 'hang-up' as const;
    });
    using agent = agentOn(data, {}, losing.url);
    expect(await agent.rotateKey()).toMatchObject({ state: 'away' });
    await agent.runOnce();
    expect(await agent.deliverAll()).toMatchObject({ state: 'away' });
    expect(agent.spool.length).toBe(1);
  }
  expect(ownKey()).toBe(before);
  const verification = await auditedAfterReports();
  expect(ownKey()).not.toBe(before);
  expect(verification).toMatchObject({ outcome: 'sound', total: 0, proven: { reports: 4 } });
});

test('a collector that was away gets the change later, before the reports that were made meanwhile', async () => {
  {
    await using away = await between(() => 'hang-up');
    using agent = agentOn(data, {}, away.url);
    expect(await agent.rotateKey()).toMatchObject({ state: 'away' });
    await agent.runOnce();
  }
  expect(await auditedAfterReports()).toMatchObject({ outcome: 'sound', total: 0, proven: { reports: 4 } });
});

test('the same command again finishes what was begun, and begins nothing new', async () => {
  const sizes: unknown[] = [];
  {
    await using losing = await between(async (path, body) => {
      sizes.push((await passOn(collector, path, body)).status);
      return 'hang-up' as const;
    });
    using agent = agentOn(data, {}, losing.url);
    await agent.rotateKey();
    await agent.rotateKey();
  }
  using agent = agentOn(data, {}, collector.url);
  expect(await agent.rotateKey()).toEqual({ state: 'rotated' });
  expect(sizes).toEqual([200, 200]);
  // The key, the policy, one report and one change of the key.
  expect(audited()).toMatchObject({ outcome: 'sound', log: { size: 4 } });
});

test('killed between the new identity and the end, the agent has its new key and forgets the rest', async () => {
  const kept = join(folder.path, 'kept');
  {
    await using passing = await between(async (path, body) => {
      copyFileSync(join(data, 'rotation.json'), kept);
      return passOn(collector, path, body);
    });
    using agent = agentOn(data, {}, passing.url);
    await agent.rotateKey();
  }
  const key = ownKey();
  copyFileSync(kept, join(data, 'rotation.json'));
  expect(await auditedAfterReports()).toMatchObject({ outcome: 'sound', proven: { reports: 3 } });
  expect(ownKey()).toBe(key);
  expect(existsSync(join(data, 'rotation.json'))).toBe(false);
});

test('a change that the collector does not prove is none, and no report is kept by it', async () => {
  const before = ownKey();
  {
    // It takes it all the same.
    await using lying = await between(async (path, body) => {
      const answer = await passOn(collector, path, body);
      return { status: 200, body: { ...(answer.body as object), entry: Buffer.from('{"v":1}').toString('base64') } };
    });
    using agent = agentOn(data, {}, lying.url);
    expect(await agent.rotateKey()).toMatchObject({ state: 'refused', code: 'entry.malformed' });
    expect(await agent.rotateKey()).toMatchObject({ state: 'refused', code: 'entry.malformed' });
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  expect(ownKey()).toBe(before);
  expect(await auditedAfterReports()).toMatchObject({ outcome: 'sound', total: 0, proven: { reports: 4 } });
  expect(ownKey()).not.toBe(before);
});

test('a change that was refused because reports came since is begun anew', async () => {
  {
    await using away = await between(() => ({ status: 403, body: { status: 403, code: 'other', title: 'no' } }));
    using agent = agentOn(data, {}, away.url);
    expect(await agent.rotateKey()).toMatchObject({ state: 'refused', code: 'other' });
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  using agent = agentOn(data, {}, collector.url);
  expect(await agent.rotateKey()).toEqual({ state: 'rotated' });
  expect(audited()).toMatchObject({ outcome: 'sound', proven: { reports: 2 } });
});

test('an enrolment anew forgets a change of the key that was under way', async () => {
  {
    await using away = await between(() => 'hang-up');
    using agent = agentOn(data, {}, away.url);
    await agent.rotateKey();
  }
  using agent = await enrolAgentAt(collector, data, name);
  expect(existsSync(join(data, 'rotation.json'))).toBe(false);
  await agent.runOnce();
  expect(await agent.deliverAll()).toEqual({ state: 'empty' });
});

test('a file of a change that was damaged is said to be, and nothing is guessed', async () => {
  {
    await using away = await between(() => 'hang-up');
    using agent = agentOn(data, {}, away.url);
    await agent.rotateKey();
  }
  const file = join(data, 'rotation.json');
  const half = readFileSync(file).subarray(0, 100);
  writeFileSync(file, half);
  expect(() => agentOn(data, {}, collector.url)).toThrow(/rotation\.json is damaged \(it is not JSON\)/);
});
