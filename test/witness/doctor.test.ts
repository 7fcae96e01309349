import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outcomeOf, type Code, type Finding } from '../../agent/doctor/findings.ts';
import { keepFork } from '../../agent/forks.ts';
import { lockFolder } from '../../agent/lock.ts';
import { WitnessConfig } from '../../witness/config.ts';
import { examineWitness } from '../../witness/doctor.ts';
import { falseCollector } from '../support/false-collector.ts';
import { freePort, runWaarborg } from '../support/process.ts';
import { collectorOn, enrolAgentAt, origin } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';
import { anchorsIn, logKeyIn, witnessed, witnessOf } from '../support/witness.ts';

let folder: ReturnType<typeof temporaryFolder>;
let logKey: string;
const file = (...names: string[]): string => join(folder.path, ...names);

beforeEach(async () => {
  folder = temporaryFolder();
  logKey = await logKeyIn(file('collector'));
});
afterEach(() => folder[Symbol.dispose]());

/** A witness that has signed a head of the log, and that no longer runs. */
async function stopped(): Promise<WitnessConfig> {
  await using witness = await witnessOf(logKey, file('witness'));
  await using collector = await collectorOn(file('collector'), { config: witnessed('1s', witness) });
  using _ = await enrolAgentAt(collector, file('agent'), 'web1.example.nl');
  await expect.poll(() => anchorsIn(file('collector')).length, { timeout: 20_000 }).toBeGreaterThan(0);
  return configOf();
}

function configOf(port: number | string = 1): WitnessConfig {
  return WitnessConfig.parse({
    ...{ listen: `127.0.0.1:${port}`, name: 'witness.example/w1', data: file('witness'), logs: [logKey] },
  });
}

function ailing(findings: readonly Finding[]): Code[] {
  return findings.filter((finding) => outcomeOf(finding) !== 'ok').map(({ code }) => code);
}

test('a witness that runs and signs is well, and each thing that was looked at is told', async () => {
  await stopped();
  const port = await freePort();
  await using witness = await witnessOf(logKey, file('witness'), 'witness.example/w1', port);
  const findings = await examineWitness(configOf(port), new Date());
  const codes = ['folder.sound', 'disk.room', 'lock.taken', 'witness-key.kept', 'witness.signed', 'witness.ready'];
  expect(findings.map(({ code }) => code)).toEqual(codes);
  expect(findings.find(({ code }) => code === 'witness-key.kept')?.seen).toBe(witness.key);
  writeFileSync(
    file('witness.yaml'),
    `listen: 127.0.0.1:${port}\nname: witness.example/w1\ndata: witness\nlogs: ['${logKey}']\n`,
  );
  const { code, stdout } = await runWaarborg(['doctor', '--config', file('witness.yaml')]);
  expect(stdout).toMatch(/^witness, by .*witness\.yaml\n/);
  expect(code).toBe(0);
});

test('one that does not run, or has not signed for a day, is told of', async () => {
  const config = await stopped();
  expect(ailing(await examineWitness(config, new Date()))).toEqual(['witness.stopped']);
  const at = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  expect(ailing(await examineWitness(config, at(0.99)))).toEqual(['witness.stopped']);
  expect(ailing(await examineWitness(config, at(1.01)))).toEqual(['witness.silent', 'witness.stopped']);
  expect(ailing(await examineWitness(config, at(-1)))).toEqual(['clock.wrong', 'witness.stopped']);
});

test('one that was never asked has signed nothing', async () => {
  await using _ = await witnessOf(logKey, file('witness'));
  const findings = await examineWitness(configOf(), new Date());
  expect(findings).toContainEqual({ code: 'witness.silent', seen: `no head of ${origin} was ever signed` });
});

test('a key or a memory that is lost is no small thing', async () => {
  const config = await stopped();
  const key = file('witness', 'witness.key');
  copyFileSync(key, file('kept'));
  rmSync(key);
  expect(ailing(await examineWitness(config, new Date()))).toEqual(['witness-key.missing', 'witness.stopped']);
  writeFileSync(key, 'no key', { mode: 0o600 });
  expect(ailing(await examineWitness(config, new Date()))).toEqual(['witness-key.missing', 'witness.stopped']);
  copyFileSync(file('kept'), key);
  writeFileSync(file('witness', 'witness.db'), 'x'.repeat(4096));
  expect(ailing(await examineWitness(config, new Date()))).toEqual(['witness.forgetful', 'witness.stopped']);
});

test('a fork that it kept is told of as long as it lies there', async () => {
  const config = await stopped();
  const fork = { at: new Date(), code: 'witness.fork', why: 'two heads', held: 'a', shown: 'b', consistency: [] };
  keepFork(config.data, fork);
  expect(ailing(await examineWitness(config, new Date()))).toEqual(['witness.fork', 'witness.stopped']);
});

test('one that runs and does not answer, or in whose place something else does, is no good', async () => {
  mkdirSync(file('witness'), { mode: 0o700 });
  chmodSync(file('witness'), 0o700);
  using _ = lockFolder(file('witness'));
  const mute = async (port: number | string): Promise<string | undefined> => {
    const findings = await examineWitness(configOf(port), new Date());
    return findings.find(({ code }) => code === 'witness.mute')?.seen;
  };
  expect(await mute(await freePort())).toContain('ECONNREFUSED');
  // It knows no path but those of agents.
  await using other = await falseCollector(() => ({ status: 200 }));
  expect(await mute(new URL(other.url).port)).toContain('something else answers');
});
