import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runWaarborg, type Ended } from '../support/process.ts';
import { collectorOn, writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

/** One run of an enrolled agent, with a script that is loaded before it. */
async function runOnceWith(preloaded: string): Promise<Ended> {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  const config = join(folder.path, 'agent.yaml');
  const preload = join(folder.path, 'preload.cjs');
  writeFileSync(preload, preloaded);
  writeFileSync(
    config,
    `agent: web1.example.nl\npolicies: [${writeQuickPolicy(folder.path)}]\ndata: ${join(folder.path, 'agent')}\n`,
  );
  const token = { role: 'enrol', label: '', validity: 600, agent: 'web1.example.nl' } as const;
  const { secret } = collector.tokens.create(token, new Date());
  const env = { WAARBORG_TOKEN: secret };
  expect(await runWaarborg(['enrol', '--collector', collector.url, '--config', config], { env })).toMatchObject({
    code: 0,
  });
  return await runWaarborg(['agent', '--config', config, '--once'], { env: { NODE_OPTIONS: `--require ${preload}` } });
}

test('a run ends with its code, and says what is open, where a check leaves a socket open', async () => {
  const ended = await runOnceWith("require('node:net').createServer().listen(0, '127.0.0.1');");
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/"left":\[[^\]]*"TCPServerWrap"/);
});

test('a run that leaves nothing open ends at once, and says nothing of it', async () => {
  const ended = await runOnceWith('');
  expect(ended.code).toBe(0);
  expect(ended.stdout).not.toContain('left open');
});
