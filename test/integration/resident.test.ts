import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort, runWaarborg, startWaarborg } from '../support/process.ts';
import { writeQuickPolicy } from '../support/road.ts';
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
  await expect.poll(() => proven().length, { timeout: 20_000 }).toBeGreaterThan(4);

  expect(await agent.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  // What was made at the very end waits for the next start.
  expect(await runWaarborg(['agent', '--config', file('agent.yaml'), '--once'])).toMatchObject({ code: 0, stderr: '' });
  const log = readdirSync(file('agent')).find((name) => name.startsWith('log-')) ?? '';
  expect(readdirSync(join(file('agent'), log, 'spool'))).toEqual([]);
  expect(proven()).toEqual(proven().map((_, index) => index + 1));
  expect(agent.stdout() + second.stdout()).not.toContain(token);
  expect(await second.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
}, 60_000);
