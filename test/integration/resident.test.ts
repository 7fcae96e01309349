import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lockFolder } from '../../agent/lock.ts';
import type { Collector } from '../../collector/collector.ts';
import { freePort, runWaarborg, startWaarborg } from '../support/process.ts';
import { collectorOn, enrolAgentAt, writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

test('a resident agent spools while its collector is away, delivers all when it is back, and both end at SIGTERM', async () => {
  using folder = temporaryFolder();
  const file = (name: string): string => join(folder.path, name);
  const port = await freePort();
  writeFileSync(file('collector.yaml'), `listen: 127.0.0.1:${port}\norigin: test.example/log\ndata: collector\n`);
  writeQuickPolicy(folder.path);
  writeFileSync(file('agent.yaml'), 'policies: [./quick.yaml]\ndata: agent\nschedule: "* * * * * *"\nsplay: 1s\n');
  const startCollector = async () => {
    const collector = startWaarborg(['collector', '--config', file('collector.yaml')]);
    await collector.said('collector listens');
    return collector;
  };
  const first = await startCollector();
  const made = ['token', 'create', '--role', 'enrol', '--config', file('collector.yaml')];
  const token = (await runWaarborg(made)).stdout.trim();
  const url = `http://127.0.0.1:${port}`;
  const words = ['enrol', '--collector', url, '--config', file('agent.yaml'), '--agent', 'web1.example.nl'];
  const env = { WAARBORG_TOKEN: token };
  expect(await runWaarborg(words, { env })).toMatchObject({ code: 0, stderr: '' });

  await using agent = startWaarborg(['agent', '--config', file('agent.yaml')]);
  await agent.said('report proven');
  expect(await first.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  await agent.said('"waiting":3');
  await using second = await startCollector();
  const proven = (): number[] =>
    agent.stdout().split('\n').filter((line) => line.includes('report proven')).map((line) => (JSON.parse(line) as { seq: number }).seq); // prettier-ignore
  await expect.poll(() => proven().length, { timeout: 60_000 }).toBeGreaterThan(4);

  expect(await agent.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  // What was made at the very end waits for the next start.
  expect(await runWaarborg(['agent', '--config', file('agent.yaml'), '--once'])).toMatchObject({ code: 0, stderr: '' });
  const log = readdirSync(file('agent')).find((name) => name.startsWith('log-')) ?? '';
  expect(readdirSync(join(file('agent'), log, 'spool'))).toEqual([]);
  expect(proven()).toEqual(proven().map((_, index) => index + 1));
  expect(agent.stdout() + second.stdout()).not.toContain(token);
  expect(await second.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

/** The processes that a process has started and that have not ended. */
function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').flatMap((word) => (word === '' ? [] : [Number(word)]));
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

/** An agent that is enrolled, and its settings. */
async function enrolled(folder: string, collector: Collector, lines: readonly string[]): Promise<string> {
  const config = join(folder, 'agent.yaml');
  const data = join(folder, 'agent');
  writeQuickPolicy(folder);
  writeFileSync(config, ['policies: [./quick.yaml]', `data: ${data}`, ...lines, ''].join('\n'));
  (await enrolAgentAt(collector, data, 'web1.example.nl'))[Symbol.dispose]();
  return config;
}

test('a run that is killed is begun again, and no number is left out', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  const config = await enrolled(folder.path, collector, ['schedule: "* * * * * *"', 'splay: 1s']);
  await using agent = startWaarborg(['agent', '--config', config]);
  await agent.said('"seq":1,');
  // Again and again, because one that has answered already has nothing left to lose.
  const killed = (): string => {
    for (const child of childrenOf(agent.child.pid)) process.kill(child, 'SIGKILL');
    return agent.stdout();
  };
  const failure = /"code":"agent.child-failed","task":"[a-z-]+","how":"SIGKILL"/;
  await expect.poll(killed, { timeout: 30_000, interval: 50 }).toMatch(failure);
  await agent.said('"seq":3,');
  expect(await agent.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  const spooled = agent
    .stdout()
    .split('\n')
    .flatMap((line) => /"seq":(\d+).*report spooled/.exec(line)?.[1] ?? []);
  expect(spooled.slice(0, 3)).toEqual(['1', '2', '3']);
}, 120_000);

test('an agent whose folder is in use at its start stays, and reports once it is free', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  const config = await enrolled(folder.path, collector, ['schedule: "0 0 1 1 *"', 'splay: 1s']);
  const taken = lockFolder(join(folder.path, 'agent'));
  await using agent = startWaarborg(['agent', '--config', config]);
  await agent.said('"code":"agent.child-failed"');
  taken[Symbol.dispose]();
  await agent.said('report proven');
  expect(await agent.end('SIGTERM')).toMatchObject({ code: 0 });
}, 60_000);

describe('an agent that stays and watches services', () => {
  const rarely = ['schedule: "0 0 1 1 *"', 'availability: { targets: [{ name: it, service: ping, host: 127.0.0.1 }] }'];

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves no process behind at %s, and lets no other one in before',
    async (signal) => {
      using folder = temporaryFolder();
      await using collector = await collectorOn(join(folder.path, 'collector'));
      const config = await enrolled(folder.path, collector, rarely);
      await using agent = startWaarborg(['agent', '--config', config]);
      await agent.said('report proven');
      // The watch alone is left.
      await expect.poll(() => childrenOf(agent.child.pid).length, { timeout: 30_000 }).toBe(1);
      await expect.poll(() => existsSync(join(folder.path, 'agent/availability.json')), { timeout: 30_000 }).toBe(true);
      const children = childrenOf(agent.child.pid);
      const second = await runWaarborg(['agent', '--config', config]);
      expect(second).toMatchObject({ code: 3, stderr: expect.stringContaining('in use by another') as string });
      // Between its runs there is room for one by hand.
      expect(await runWaarborg(['agent', '--config', config, '--once'])).toMatchObject({ code: 0 });

      expect(children.map(isRunning)).toEqual([true]);
      const ended = await agent.end(signal);
      expect(ended.code).toBe(signal === 'SIGTERM' ? 0 : null);
      await expect.poll(() => children.map(isRunning), { timeout: 30_000 }).toEqual([false]);
      expect(ended.stderr).toBe('');
    },
    120_000,
  );
});

test('an agent that stays says what is wrong with its settings as one that runs once does', async () => {
  using folder = temporaryFolder();
  const config = join(folder.path, 'agent.yaml');
  writeFileSync(config, 'policies: [cloud-provider]\nschedule: often\n');
  const once = await runWaarborg(['agent', '--config', config, '--once']);
  expect(once).toMatchObject({ code: 3, stderr: expect.stringContaining('schedule') as string });
  expect(await runWaarborg(['agent', '--config', config])).toEqual(once);
});

test('a task of an agent that stays is for its children alone', async () => {
  const ended = await runWaarborg(['agent', '--config', 'none.yaml', '--task', 'check']);
  expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('--task: expected only') as string });
});
