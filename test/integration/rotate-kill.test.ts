import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runWaarborg, startWaarborg } from '../support/process.ts';
import { collectorOn, enrolAgentAt, writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const name = 'web1.example.nl';

/** Milliseconds after the new key is on disk at which its change is killed: before it is sent, under way, and proven. */
const kills = [0, 2, 5, 10, 20, 40];

test('a change of the key that is killed at any moment leaves an agent that goes on', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  const data = join(folder.path, 'agent');
  (await enrolAgentAt(collector, data, name))[Symbol.dispose]();
  const config = join(folder.path, 'agent.yaml');
  const policy = writeQuickPolicy(folder.path);
  writeFileSync(config, `agent: ${name}\npolicies: [${policy}]\ndata: ${data}\nlimits: { run: 20s }\n`);
  const seen: string[] = [];
  for (const moment of kills) {
    const rotating = startWaarborg(['rotate', 'agent', '--config', config]);
    while (!existsSync(join(data, 'rotation.json')) && rotating.child.exitCode === null) await sleep(1);
    if (moment > 0) await sleep(moment);
    seen.push(String((await rotating.end('SIGKILL')).code));
    expect(await runWaarborg(['agent', '--once', '--config', config])).toMatchObject({ code: 0 });
  }
  process.stdout.write(`ended, or killed (null): ${seen.join(' ')}\n`);
  expect(await runWaarborg(['rotate', 'agent', '--config', config])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^web1\.example\.nl now signs with key [0-9a-f]{16}\n$/) as string,
    stderr: '',
  });
  const bundle = join(folder.path, 'bundle');
  await collector.close();
  await runWaarborg(['export', bundle, '--config', collectorConfig(folder.path)]);
  const verified = await runWaarborg(['verify', bundle]);
  expect(verified, verified.stdout).toMatchObject({ code: 0 });
  expect(verified.stdout).toContain(`reports: ${kills.length}`);
}, 60_000);

test('a change of the key needs the agent stopped and the collector there, and says so', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'agent');
  const config = join(folder.path, 'agent.yaml');
  writeFileSync(config, `agent: ${name}\npolicies: [cloud-provider]\ndata: ${data}\n`);
  {
    await using collector = await collectorOn(join(folder.path, 'collector'));
    using _ = await enrolAgentAt(collector, data, name);
    const running = await runWaarborg(['rotate', 'agent', '--config', config]);
    expect(running).toMatchObject({ code: 3, stdout: '' });
    expect(running.stderr).toContain('is in use by another waarborg process');
  }
  const away = await runWaarborg(['rotate', 'agent', '--config', config]);
  expect(away).toMatchObject({ code: 1, stdout: '' });
  expect(away.stderr).toMatch(
    /^waarborg: the key was not changed yet: .*ECONNREFUSED.*; run the same command again\n$/,
  );
});

function collectorConfig(folder: string): string {
  const file = join(folder, 'collector.yaml');
  writeFileSync(file, `origin: test.example/log\ndata: ${join(folder, 'collector')}\n`);
  return file;
}
