import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort, runWaarborg, startWaarborg, type Running } from '../support/process.ts';
import { writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';
import { anchorsIn } from '../support/witness.ts';

/** A member of the line of JSON that a process says once it listens. */
function told(running: Running, message: string, member: string): string {
  const line = running
    .stdout()
    .split('\n')
    .find((text) => text.includes(message));
  return (JSON.parse(line ?? '{}') as Record<string, string>)[member] ?? '';
}

async function start(kind: 'collector' | 'witness', config: string): Promise<Running> {
  const running = startWaarborg([kind, '--config', config]);
  await running.said(`${kind} listens`);
  return running;
}

/** Writes witness.yaml and starts it; its address and key, as collector.yaml has them. */
async function startWitness(folder: string, name: string, logKey: string) {
  const config = join(folder, `${name}.yaml`);
  const port = await freePort();
  writeFileSync(config, `listen: 127.0.0.1:${port}\nname: ${name}.example/w\ndata: ./${name}\nlogs: ['${logKey}']\n`);
  const running = await start('witness', config);
  return { running, url: told(running, 'witness listens', 'url'), key: told(running, 'witness listens', 'key') };
}

test('a log with two witnesses: each bundle shows their word, and neither they nor an agent let it be set back', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  const plain = join(folder.path, 'collector.yaml');
  const port = await freePort();
  const settings = `listen: 127.0.0.1:${port}\norigin: test.example/log\ndata: ./collector\n`;
  writeFileSync(plain, settings);
  writeQuickPolicy(folder.path);
  const agent = join(folder.path, 'agent.yaml');
  writeFileSync(agent, 'agent: web1.example.nl\npolicies: [./quick.yaml]\ndata: ./agent\n');
  const report = () => runWaarborg(['agent', '--config', agent, '--once']);

  const first = await start('collector', plain);
  const logKey = told(first, 'collector listens', 'logKey');
  const token = ['token', 'create', '--role', 'enrol', '--config', plain];
  const { stdout: secret } = await runWaarborg(token);
  const enrolment = ['enrol', '--collector', `http://127.0.0.1:${port}`, '--config', agent];
  expect(await runWaarborg(enrolment, { env: { WAARBORG_TOKEN: secret.trim() } })).toMatchObject({ code: 0 });
  expect(await report()).toMatchObject({ code: 0 });
  expect(await first.end('SIGTERM')).toMatchObject({ code: 0 });
  cpSync(data, join(folder.path, 'backup'), { recursive: true });

  const one = await startWitness(folder.path, 'one', logKey);
  const two = await startWitness(folder.path, 'two', logKey);
  await using _one = one.running;
  await using _two = two.running;
  const list = [one, two].map(({ url, key }) => `    - { url: '${url}', key: '${key}' }\n`).join('');
  const config = join(folder.path, 'witnessed.yaml');
  writeFileSync(config, `${settings}witnesses:\n  every: 1s\n  quorum: 2\n  list:\n${list}`);
  const collector = await start('collector', config);
  expect(await report()).toMatchObject({ code: 0 });
  const size = (): number => Math.min(...[0, 1].map((index) => anchorsIn(data).at(-1 - index)?.size ?? 0));
  await expect.poll(size, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
  const bundle = join(folder.path, 'bundle');
  expect(await runWaarborg(['export', bundle, '--config', config])).toMatchObject({ code: 0 });
  expect(await collector.end('SIGTERM')).toMatchObject({ code: 0 });

  const witnesses = [one, two].flatMap(({ key }) => ['--witness', key]);
  const verified = await runWaarborg(['verify', bundle, '--key', logKey, ...witnesses, '--quorum', '2']);
  expect(verified.code, verified.stdout).toBe(0);
  expect(verified.stdout.replace(/\s+/g, ' ')).toMatch(/vouched for by 2 or more of these witnesses/);

  // A whole machine is restored, guard and all.
  rmSync(data, { recursive: true });
  rmSync(`${data}-guard`, { recursive: true });
  cpSync(join(folder.path, 'backup'), data, { recursive: true });
  const refused = await runWaarborg(['collector', '--config', config]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(
    /^waarborg: (one|two)\.example\/w signed a head of \d+ entries of this log, which has \d+/,
  );

  // Somebody starts it without its witnesses.
  await using _ = await start('collector', plain);
  const halted = await report();
  expect(halted.code, halted.stdout).toBe(2);
  expect(halted.stdout).toContain('"code":"log.behind"');
  expect(await one.running.end('SIGTERM')).toMatchObject({ code: 0 });
}, 60_000);
