import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { keepFork } from '../../agent/forks.ts';
import type { Agent } from '../../agent/agent.ts';
import type { Collector } from '../../collector/collector.ts';
import { openCheckpoint } from '../../evidence/checkpoint.ts';
import type { Submission } from '../../evidence/exchange.ts';
import { parseLogKey } from '../../evidence/vkey.ts';
import { falseCollector, passOn, type FalseCollector } from '../support/false-collector.ts';
import { runWaarborg } from '../support/process.ts';
import { agentOn, collectorOn, enrolAgentAt, writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const name = 'web1.example.nl';

/** One log with two histories behind one address, and an agent that has been shown the first: its second report. */
interface SplitView extends AsyncDisposable {
  readonly data: string;
  readonly agent: Agent;
  readonly middle: FalseCollector;
  readonly first: Collector;
  readonly second: Collector;
  /** Frees its data folder. */
  endAgent(): void;
}

/**
 * @param entries how many entries the first and the second history have beside the agent's own
 * @param answer how the agent's third report is answered, which has waited since
 */
async function splitView(
  folder: string,
  entries: readonly [number, number],
  answer: (second: Collector, path: string, body: Submission) => ReturnType<typeof passOn> = passOn,
): Promise<SplitView> {
  const data = join(folder, 'agent');
  const trunk = await collectorOn(join(folder, 'first'));
  {
    using agent = await enrolAgentAt(trunk, data, name);
    await agent.runOnce();
    await agent.deliverAll();
  }
  await trunk.close();
  cpSync(join(folder, 'first'), join(folder, 'second'), { recursive: true });
  const [first, second] = [await collectorOn(join(folder, 'first')), await collectorOn(join(folder, 'second'))];
  for (const [at, collector] of [first, second].entries()) {
    for (let count = 0; count < (entries[at] ?? 0); count++) await enrolOther(collector, folder, `${at}-${count}`);
  }
  const middle = await falseCollector(async (path, body, asked) => {
    // One that forks its log on purpose does not look at the head that it is shown.
    const { checkpoint, ...submission } = body as Submission;
    if (asked > 1) return answer(second, path, submission);
    // Both histories hold the second report; the agent is shown the first.
    await passOn(second, path, { ...submission, held: 0 });
    return passOn(first, path, submission);
  });
  const agent = agentOn(data, {}, middle.url);
  await agent.runOnce();
  await agent.deliverAll();
  await agent.runOnce();
  const ending = new DisposableStack();
  ending.use(agent);
  return {
    data,
    agent,
    middle,
    first,
    second,
    endAgent: () => ending.dispose(),
    async [Symbol.asyncDispose]() {
      ending.dispose();
      await middle[Symbol.asyncDispose]();
      await Promise.all([first.close(), second.close()]);
    },
  };
}

/** A lying collector: it does not let on that its log is no longer than the one that the agent has seen. */
function hideSize(collector: Collector, path: string, body: Submission): ReturnType<typeof passOn> {
  return passOn(collector, path, { ...body, held: 0 });
}

async function enrolOther(collector: Collector, folder: string, other: string): Promise<void> {
  (await enrolAgentAt(collector, join(folder, other), `host${other}.example.nl`))[Symbol.dispose]();
}

function logFolderOf(data: string): string {
  return join(data, readdirSync(data).find((file) => file.startsWith('log-')) ?? '');
}

interface Evidence {
  readonly held: string;
  readonly shown: string | null;
  readonly consistency: string[];
}

function evidenceIn(file: string): Evidence {
  return JSON.parse(readFileSync(file, 'utf8')) as Evidence;
}

describe('an agent that is shown another history', () => {
  test.each([
    ['a longer one', [0, 2], 4, 7, passOn],
    ['another one of the same size', [2, 1], 6, 6, hideSize],
  ] as const)('%s keeps both signed heads and delivers no more', async (_, entries, heldSize, shownSize, answer) => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, entries, answer);
    const delivery = await view.agent.deliverAll();
    expect(delivery).toMatchObject({ state: 'halted', code: 'receipt.fork' });
    const { held, shown } = evidenceIn(delivery.state === 'halted' ? delivery.evidence : '');
    const keys = [parseLogKey(view.first.logKey)];
    const heads = [held, shown ?? ''].map((note) => openCheckpoint(note, keys));
    expect(heads.map(({ size }) => size)).toEqual([heldSize, shownSize]);
    expect(held).not.toBe(shown);
    // It still holds the head that it was shown first, and both reports.
    expect(view.agent.spool.delivered()?.checkpoint).toBe(held);
    expect(view.agent.spool.length).toBe(1);
  });

  test('sends nothing more, not even after a restart, and goes on to spool', async () => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, [0, 2]);
    await view.agent.deliverAll();
    const asked = view.middle.asked.length;
    await view.agent.runOnce();
    const again = await view.agent.deliverAll();
    expect(again).toMatchObject({ state: 'halted', code: 'receipt.fork' });
    expect(view.agent.spool.length).toBe(2);
    view.endAgent();
    using restarted = agentOn(view.data, {}, view.middle.url);
    expect(await restarted.deliverAll()).toEqual(again);
    expect(view.middle.asked).toHaveLength(asked);
  });

  test('says so as an error with its code', async () => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, [0, 2]);
    view.endAgent();
    const lines: string[] = [];
    using agent = agentOn(view.data, { log: pino({}, { write: (line) => lines.push(line) }) }, view.middle.url);
    const stop = new AbortController();
    const resident = agent.stayResident(stop.signal, { atOnce: false });
    await expect.poll(() => lines.join('')).toContain('"code":"receipt.fork"');
    stop.abort();
    await resident;
    const line = JSON.parse(lines.find((text) => text.includes('receipt.fork')) ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({ level: 50, state: 'halted', evidence: expect.stringContaining('/forks/') as string });
  });

  test('of a shorter one, by a collector that hides it, too', async () => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, [3, 0], hideSize);
    expect(await view.agent.deliverAll()).toMatchObject({ state: 'halted', code: 'receipt.rollback' });
  });

  test('of a shorter one, by a collector that says so and goes on, too', async () => {
    using folder = temporaryFolder();
    const body = { status: 409, code: 'log.behind', title: 'x', detail: 'this log has 3 entries' };
    await using view = await splitView(folder.path, [3, 0], () => Promise.resolve({ status: 409, body }));
    const delivery = await view.agent.deliverAll();
    expect(delivery).toMatchObject({ state: 'halted', code: 'log.behind' });
    const { held, shown } = evidenceIn(delivery.state === 'halted' ? delivery.evidence : '');
    expect([held, shown]).toEqual([view.agent.spool.delivered()?.checkpoint, null]);
  });

  test('goes on once the operator enrols it anew, and keeps what it had beside the evidence', async () => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, [0, 2]);
    await view.agent.deliverAll();
    view.endAgent();
    using anew = await enrolAgentAt(view.second, view.data, name);
    await anew.runOnce();
    expect(await anew.deliverAll()).toEqual({ state: 'empty' });
    expect(anew.spool.delivered()).toMatchObject({ epoch: 2, seq: 1 });
    const forks = join(logFolderOf(view.data), 'forks');
    const [before = ''] = readdirSync(forks).filter((entry) => entry.startsWith('before-'));
    expect(readdirSync(join(forks, before)).sort()).toEqual(['delivered.json', 'spool']);
    expect(readdirSync(join(forks, before, 'spool'))).toHaveLength(1);
    expect(readdirSync(forks)).toHaveLength(2);
  });

  test('goes on with a log that was made whole again once the mark is removed', async () => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, [0, 2]);
    await view.agent.deliverAll();
    view.endAgent();
    const mark = join(logFolderOf(view.data), 'halted.json');
    expect(existsSync(mark)).toBe(true);
    writeFileSync(mark, 'damaged');
    {
      using doubtful = agentOn(view.data, {}, view.first.url);
      await expect(doubtful.deliverAll()).rejects.toMatchObject({ code: 'data.damaged' });
    }
    rmSync(mark);
    using agent = agentOn(view.data, {}, view.first.url);
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  });

  test('ends a single run with exit code 2', async () => {
    using folder = temporaryFolder();
    await using view = await splitView(folder.path, [0, 2]);
    view.endAgent();
    const config = join(folder.path, 'agent.yaml');
    writeQuickPolicy(folder.path);
    writeFileSync(config, `policies: [./quick.yaml]\ndata: ${view.data}\ncollector: { url: '${view.middle.url}' }\n`);
    const { code, stdout } = await runWaarborg(['agent', '--config', config, '--once']);
    expect(stdout).toContain('"code":"receipt.fork"');
    expect(code).toBe(2);
  });
});

test('evidence of a fork is kept once, never overwritten, and not without end', () => {
  using folder = temporaryFolder();
  const fork = { at: new Date(0), code: 'receipt.fork', why: 'x', held: 'a', shown: 'b', consistency: [] };
  const file = keepFork(folder.path, fork);
  const written = readFileSync(file);
  expect(keepFork(folder.path, { ...fork, at: new Date(1000) })).toBe(file);
  expect(readFileSync(file)).toEqual(written);
  for (let count = 0; count < 150; count++) keepFork(folder.path, { ...fork, shown: String(count) });
  expect(readdirSync(join(folder.path, 'forks'))).toHaveLength(100);
});
