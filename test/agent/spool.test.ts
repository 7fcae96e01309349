import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SpoolFullError } from '../../agent/spool.ts';
import { agentOn, collectorOn, enrolAgentAt, passwordFiles } from '../support/road.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { maySmallDisk, onSmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/tools.ts';
import { Statement } from '../../evidence/report.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import type { Agent } from '../../agent/agent.ts';

const name = 'web1.example.nl';

/** An enrolled agent whose collector is gone. */
async function lonelyAgent(folder: string, choices?: Parameters<typeof enrolAgentAt>[3]): Promise<Agent> {
  await using collector = await collectorOn(join(folder, 'collector'));
  return await enrolAgentAt(collector, join(folder, 'agent'), name, choices);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('reports wait in their order, each of one chain with the one before, over restarts of the agent', async () => {
  using folder = temporaryFolder();
  {
    using agent = await lonelyAgent(folder.path);
    await agent.runOnce();
    await agent.runOnce();
  }
  using agent = agentOn(join(folder.path, 'agent'));
  await agent.runOnce();
  const spool = filesBelow(folder.path).filter((file) => file.includes('/spool/'));
  expect(spool.map((file) => file.slice(-24))).toEqual([1, 2, 3].map((seq) => `000001-00000000000${seq}.json`));
  expect(agent.spool.oldest()).toMatchObject({ epoch: 1, seq: 1 });
  expect(agent.spool.chainEnd(1)).toMatchObject({ seq: 3 });
  expect(agent.spool.chainEnd(2)).toEqual({ seq: 0, prev: null, parts: [] });
});

test('a part keeps its salt and commitment while it says the same, and gets others when it does not', async () => {
  using folder = temporaryFolder();
  const files = passwordFiles(new Date());
  using agent = await lonelyAgent(folder.path, { host: new RecordedHost({ files }) });
  const parts: ReturnType<typeof agent.spool.chainEnd>['parts'][] = [];
  const run = async (): Promise<void> => {
    await agent.runOnce();
    parts.push(agent.spool.chainEnd(1).parts);
  };
  await run();
  await run();
  Object.assign(files, passwordFiles(new Date(Date.now() - 400 * 86_400_000)));
  await run();
  const [first = [], second = [], third = []] = parts;
  expect(second).toEqual(first);
  const same = third.map((part, index) => part.commitment === first[index]?.commitment);
  expect(third.map((part) => part.name)).toEqual(['host', 'observations', 'facts/password-age']);
  expect(same).toEqual([true, false, false]);
  expect(third.map((part, index) => part.salt === first[index]?.salt)).toEqual([true, false, false]);
});

test('a report promises the last checkpoint that was proven, and none before that', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), name);
  const seen = async () => {
    await agent.runOnce();
    const waiting = agent.spool.oldest()?.content;
    if (waiting === undefined || waiting instanceof Error) throw new Error('no report waits');
    return Statement.parse(JSON.parse(unverifiedPayload(waiting.envelope).toString())).seen;
  };
  expect(await seen()).toBeNull();
  await agent.deliverAll();
  expect(await seen()).toMatchObject({ origin: 'test.example/log', size: 3 });
});

describe('a spool that holds what it may', () => {
  test.each([
    ['in number', { spoolReports: 2 }, '2 reports wait'],
    ['in size', { spoolMegabytes: 0 }, 'they hold 0 MiB'],
  ])('%s takes no more, and keeps those that wait', async (_, limits, why) => {
    using folder = temporaryFolder();
    (await lonelyAgent(folder.path))[Symbol.dispose]();
    using agent = agentOn(join(folder.path, 'agent'), { limits });
    if ('spoolReports' in limits) for (let run = 0; run < 2; run++) await agent.runOnce();
    const before = agent.spool.oldest();
    const failing = agent.runOnce();
    await expect(failing).rejects.toThrow(SpoolFullError);
    await expect(failing).rejects.toThrow(why);
    expect(agent.spool.oldest()).toEqual(before);
  });

  test.skipIf(!maySmallDisk)('on a full disk keeps those that wait, delivers them, and goes on', async () => {
    const seen = (await onSmallDisk('spool', 3072)) as { added: number };
    expect(seen.added).toBeGreaterThan(10);
    expect(seen).toEqual({
      added: seen.added,
      length: seen.added,
      why: expect.stringContaining('the disk is full') as string,
      oldest: 10,
      newest: seen.added + 1,
    });
  });
});

test.skipIf(!maySmallDisk)(
  'a collector on a full disk answers that it is, and the report is delivered later',
  async () => {
    expect(await onSmallDisk('collector', 48 * 1024)).toMatchObject({
      full: { state: 'away', after: 5, why: expect.stringContaining('MiB are free') as string },
      length: 1,
      then: { state: 'empty' },
      // Behind the gap that tells of it.
      delivered: 3,
    });
  },
);

test('what a crash left half written does not count and is cleared away', async () => {
  using folder = temporaryFolder();
  (await lonelyAgent(folder.path))[Symbol.dispose]();
  const data = join(folder.path, 'agent');
  const spool = join(data, readdirSync(data).find((file) => file.startsWith('log-')) ?? '', 'spool');
  writeFileSync(join(spool, '.000001-000000000001.json.new'), '{"v":1,');
  using agent = agentOn(data);
  expect([agent.spool.length, readdirSync(spool)]).toEqual([0, []]);
});

test('whatever an agent keeps can be read by its owner only', async () => {
  using folder = temporaryFolder();
  using agent = await lonelyAgent(folder.path);
  await agent.runOnce();
  const files = filesBelow(join(folder.path, 'agent'));
  expect(files.length).toBeGreaterThan(4);
  // The lock is an empty file.
  const open = files.filter((file) => !file.endsWith('.lock') && (statSync(file).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});

describe('a data folder', () => {
  test('whose file was damaged is told with the file, and nothing is guessed', async () => {
    using folder = temporaryFolder();
    {
      await using collector = await collectorOn(join(folder.path, 'collector'));
      using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), name);
      await agent.runOnce();
      await agent.deliverAll();
      await agent.runOnce();
    }
    const data = join(folder.path, 'agent');
    const log = join(data, readdirSync(data).find((file) => file.startsWith('log-')) ?? '');
    for (const file of [
      join(data, 'pseudonym.key'),
      join(log, 'delivered.json'),
      join(log, 'spool', '000001-000000000002.json'),
    ]) {
      // prettier-ignore
      writeFileSync(file, '{}');
      using agent = agentOn(data);
      const failing = agent.runOnce();
      await expect(failing).rejects.toMatchObject({ code: 'data.damaged' });
      await expect(failing).rejects.toThrow(file);
      // Put right what this one made wrong: the next has its own.
      if (file.endsWith('.key')) writeFileSync(file, 'a'.repeat(64));
      if (file.endsWith('delivered.json')) break;
    }
    writeFileSync(join(data, 'identity.json'), '{"v":1}');
    expect(() => agentOn(data)).toThrow(expect.objectContaining({ code: 'data.damaged' }) as Error);
  });

  test('is used by one agent at a time, and free again when that has ended', async () => {
    using folder = temporaryFolder();
    const agent = await lonelyAgent(folder.path);
    const again = () => agentOn(join(folder.path, 'agent'));
    expect(again).toThrow(expect.objectContaining({ code: 'data.locked' }) as Error);
    agent[Symbol.dispose]();
    again()[Symbol.dispose]();
  });

  test('that cannot be one is told as that', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    for (const data of [file, join(file, 'below')]) {
      expect(() => agentOn(data)).toThrow(expect.objectContaining({ code: 'data.folder' }) as Error);
    }
  });

  test('without an enrolment says how to make one', () => {
    using folder = temporaryFolder();
    expect(() => agentOn(folder.path)).toThrow('run "waarborg enrol"');
  });
});

test('a run that is stopped leaves no report: what was cut short says nothing about the host', async () => {
  using folder = temporaryFolder();
  using agent = await lonelyAgent(folder.path);
  await expect(agent.runOnce(AbortSignal.abort())).rejects.toThrow();
  expect(agent.spool.length).toBe(0);
});
