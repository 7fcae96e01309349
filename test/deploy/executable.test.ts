import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentVersion } from '../../agent/version.ts';
import { shippedPolicies } from '../../policies/load.ts';
import { makeExecutable } from '../../deploy/release/executable.ts';
import { cachedRuntime } from '../../deploy/release/runtime.ts';
import { collectorOn, enrolAgentAt, quickPolicyText, writeQuickPolicy } from '../support/road.ts';
import { startSshServer } from '../support/ssh-server.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const folder = temporaryFolder();
const executable = join(folder.path, 'waarborg');
const emulator = tool('qemu-aarch64-static');
const foreignRuntime = cachedRuntime('linux-arm64');

beforeAll(async () => {
  await makeExecutable({ runtime: process.execPath, hasCompiledCode: true, output: executable });
}, 120_000);
afterAll(() => folder[Symbol.dispose]());

/** Starts it in a folder of its own, with nothing of the environment that ran the test. */
function start(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const home = join(folder.path, 'home');
  mkdirSync(home, { recursive: true });
  return spawnSync(executable, args, { cwd: home, env: { PATH: '/usr/bin:/bin', HOME: home }, encoding: 'utf8' });
}

/** As the agent's units have it. */
const interpreting = { PATH: process.env.PATH, NODE_OPTIONS: '--jitless' };

describe('the single executable', () => {
  test('holds the program, and the documents that come with it', () => {
    expect(start('--version')).toEqual(expect.objectContaining({ status: 0, stdout: `${agentVersion}\n`, stderr: '' }));
    const { stdout } = start('policy', 'list');
    for (const name of shippedPolicies()) expect(stdout).toContain(name);
  });

  test('checks, keeps the evidence, exports and verifies it, and writes a report with its own fonts and style', () => {
    const data = join(folder.path, 'data');
    const evidence = join(folder.path, 'evidence');
    expect(start('up', '--once', '--data', data, '--port', '0')).toMatchObject({ status: 0, stderr: '' });
    expect(start('export', evidence, '--data', data)).toMatchObject({ status: 0 });
    expect(start('verify', evidence)).toMatchObject({ status: 0 });
    for (const [format, begin] of Object.entries({ pdf: '%PDF-1.7', html: '<!doctype html>', xlsx: 'PK' })) {
      const output = join(folder.path, `report.${format}`);
      const words = ['report', '--bundle', evidence, '--format', format, '--output', output];
      expect(start(...words), format).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(output, 'latin1').slice(0, begin.length)).toBe(begin);
    }
  }, 60_000);

  test('stays as an agent, and starts itself for each run', async () => {
    const data = join(folder.path, 'agent');
    const config = join(folder.path, 'agent.yaml');
    await using collector = await collectorOn(join(folder.path, 'collector'));
    (await enrolAgentAt(collector, data, 'web1.example.nl'))[Symbol.dispose]();
    writeFileSync(
      config,
      `policies: [${writeQuickPolicy(folder.path)}]\ndata: ${data}\nschedule: '* * * * * *'\nsplay: 1s\n`,
    );
    const words = ['agent', '--config', config];
    const agent = spawn(executable, words, { stdio: ['ignore', 'pipe', 'inherit'], env: interpreting });
    let said = '';
    agent.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/"seq":2,.*report proven/);
    const ended = once(agent, 'exit');
    agent.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(said).not.toMatch(/"level":[45]0/);
  }, 60_000);

  test.skipIf(tool('sshd') === undefined || process.getuid?.() !== 0)(
    'reads a host over SSH, though it was told to make no machine code',
    async () => {
      using server = temporaryFolder();
      const data = join(folder.path, 'reader');
      const config = join(folder.path, 'reader.yaml');
      await using sshd = await startSshServer(server.path);
      await using collector = await collectorOn(join(folder.path, 'readers'));
      (await enrolAgentAt(collector, data, 'web7.example.nl'))[Symbol.dispose]();
      const ssh = `{ address: '${sshd.url}', identityFiles: [${sshd.keyFile}], knownHosts: ${sshd.knownHosts} }`;
      const settings = `agent: web7.example.nl\npolicies: [${writeQuickPolicy(folder.path)}]\ndata: ${data}\nssh: ${ssh}\n`;
      writeFileSync(config, settings);
      const agent = spawn(executable, ['agent', '--config', config, '--once'], { stdio: 'inherit', env: interpreting });
      expect(await once(agent, 'exit')).toEqual([0, null]);
      const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
      const headers = { authorization: `Bearer ${secret}` };
      const shown = await (await fetch(`${collector.url}/api/v1/hosts/web7.example.nl`, { headers })).text();
      expect(shown).toContain('"hostKey":"SHA256:');
      expect(shown).not.toContain('host.unreachable');
    },
    60_000,
  );

  test('tells what is wrong as the program in its folder does', () => {
    expect(start('check', '--policy', 'none')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('no such file') as string,
    });
  });

  test('writes nothing when it starts', () => {
    rmSync(join(folder.path, 'home'), { recursive: true, force: true });
    start('policy', 'list');
    expect(readdirSync(join(folder.path, 'home'))).toEqual([]);
  });

  test('does not end well when it waits for what never comes', () => {
    const preload = join(folder.path, 'preload.cjs');
    const policy = join(folder.path, 'quick.yaml');
    writeFileSync(policy, quickPolicyText);
    // The last thing that the command asks for, and nothing keeps the process.
    writeFileSync(
      preload,
      `const files = require('node:fs/promises');
      const { stat } = files;
      files.stat = (path) => (path === '/etc/os-release' ? new Promise(() => undefined) : stat(path));`,
    );
    const ended = spawnSync(executable, ['check', '--policy', policy], {
      env: { NODE_OPTIONS: `--require ${preload}` },
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 13, stdout: '' });
    expect(ended.stderr).toContain('ended before its work was done');
  });

  test('a reader who stops reading is no error', () => {
    const { stdout, stderr } = spawnSync('sh', ['-c', `'${executable}' policy schema | head -n 1`], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: '{\n', stderr: '' });
  });

  test.each([
    ['--version', 150, 'of its own'],
    ['--version', 150, '--jitless'],
    ['policy list', 150, 'of its own'],
    ['check --help', 150, 'of its own'],
    ['check --help', 150, '--jitless'],
  ])('%s starts within %d ms of processor time, with options %s', (line, limit, options) => {
    const env = options === '--jitless' ? { ...process.env, ...interpreting } : process.env;
    const script = `TIMEFORMAT='%U %S'; time "$0" ${line} >/dev/null`;
    const milliseconds = Array.from({ length: 5 }, () => {
      const { stderr } = spawnSync('bash', ['-c', script, executable], { encoding: 'utf8', env });
      const [user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
      return (user + system) * 1000;
    });
    expect(Math.min(...milliseconds)).toBeLessThan(limit);
  });

  test('is the same, byte for byte, when it is made again', async () => {
    const again = join(folder.path, 'again');
    await makeExecutable({ runtime: process.execPath, hasCompiledCode: true, output: again });
    expect(readFileSync(again).equals(readFileSync(executable))).toBe(true);
  }, 120_000);

  test.skipIf(emulator === undefined || !existsSync(foreignRuntime))(
    'is made for a platform that this is not, and runs there',
    async () => {
      const output = join(folder.path, 'arm64');
      await makeExecutable({ runtime: foreignRuntime, hasCompiledCode: false, output });
      const words = ['-L', '/usr/aarch64-linux-gnu', output, '--version'];
      expect(execFileSync(emulator ?? '', words, { encoding: 'utf8' })).toBe(`${agentVersion}\n`);
    },
    120_000,
  );
});
