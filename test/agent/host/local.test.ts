import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import type { Command } from '../../../agent/host/host.ts';
import { startScript } from '../../support/process.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const host = new LocalHost();
const isRoot = process.getuid?.() === 0;

function run(command: Partial<Command> & { args: readonly string[] }, signal?: AbortSignal) {
  return host.run({ file: 'sh', ...command }, signal);
}

function obstacle(code: string) {
  return { state: 'unreadable', obstacle: { code } };
}

/** Whether a process with this word on its command line is there. */
function isRunning(word: string): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').includes(word);
}

describe('a command', () => {
  test('answers with its exit code and both outputs, whatever they say', async () => {
    const answer = await run({ args: ['-c', 'echo out; echo err >&2; exit 7'] });
    expect(answer).toEqual({ state: 'read', value: { exitCode: 7, stdout: 'out\n', stderr: 'err\n' } });
  });

  test('is given its arguments as they are: no shell looks at them', async () => {
    const args = ['$(id)', '; echo more', '*', 'a b'];
    expect(await host.run({ file: 'printf', args: ['%s\\n', ...args] })).toMatchObject({
      value: { stdout: `${args.join('\n')}\n` },
    });
  });

  test('is given a small fixed environment and nothing of the agent’s own', async () => {
    process.env.WAARBORG_TOKEN = 'secret';
    const answer = await host.run({ file: 'env', args: [], env: { EXTRA: 'yes' } });
    delete process.env.WAARBORG_TOKEN;
    const lines = answer.state === 'read' ? answer.value.stdout.trim().split('\n').sort() : [];
    expect(lines.map((line) => line.split('=')[0])).toEqual(['EXTRA', 'HOME', 'LC_ALL', 'PATH', 'TZ']);
  });

  test('reads what it is given, and nothing where it is given nothing', async () => {
    const long = 'x'.repeat(1_000_000);
    expect(await run({ args: ['-c', 'wc -c'], input: long })).toMatchObject({ value: { stdout: '1000000\n' } });
    expect(await run({ args: ['-c', 'wc -c'] })).toMatchObject({ value: { stdout: '0\n' } });
    // One that does not wait for all of it ends as it would have.
    expect(await run({ args: ['-c', 'exit 3'], input: long })).toMatchObject({ value: { exitCode: 3 } });
  });

  test('that takes too long is killed with all that it started', async () => {
    // It would run for hours.
    const word = `sleep 3${process.pid}`;
    const answer = await run({ args: ['-c', `${word} & ${word}`], timeout: 0.3 });
    expect(answer).toMatchObject(obstacle('timeout'));
    await expect.poll(() => isRunning(word)).toBe(false);
  });

  test('that left its group and holds the pipes open is not waited for', async () => {
    const begun = performance.now();
    expect(await run({ args: ['-c', 'setsid sleep 20 & sleep 20'], timeout: 0.3 })).toMatchObject(obstacle('timeout'));
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  test('is killed when its check is over, and not begun when that was before', async () => {
    const over = new AbortController();
    const running = run({ args: ['-c', 'sleep 4'] }, over.signal);
    over.abort();
    expect(await running).toMatchObject(obstacle('timeout'));
    using folder = temporaryFolder();
    const trace = join(folder.path, 'trace');
    expect(await host.run({ file: 'touch', args: [trace] }, over.signal)).toMatchObject(obstacle('timeout'));
    expect(await host.status(trace)).toMatchObject(obstacle('missing'));
  });

  test('that says more than the limit is too large, never cut', async () => {
    expect(await run({ args: ['-c', 'yes'], maximumOutput: 100_000 })).toMatchObject(obstacle('too-large'));
    expect(await run({ args: ['-c', 'printf 12345'], maximumOutput: 5 })).toMatchObject({ value: { stdout: '12345' } });
    expect(await run({ args: ['-c', 'printf 123456'], maximumOutput: 5 })).toMatchObject(obstacle('too-large'));
  });

  test('of its error output the last 4 KiB are kept', async () => {
    const answer = await run({ args: ['-c', 'seq 10000 >&2'] });
    const stderr = answer.state === 'read' ? answer.value.stderr : '';
    expect([stderr.length, stderr.endsWith('10000\n')]).toEqual([4096, true]);
  });

  test('that cannot be started, or is ended from outside, is an obstacle and never an error', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'plain');
    writeFileSync(file, '');
    expect(await run({ file: 'no-such-command', args: [] })).toMatchObject(obstacle('command-missing'));
    expect(await run({ file, args: [] })).toMatchObject(obstacle('denied'));
    expect(await run({ args: ['-c', 'kill -9 $$'] })).toMatchObject(obstacle('command-failed'));
    expect(await run({ args: ['a\0b'] })).toMatchObject(obstacle('command-failed'));
    expect(await run({ args: ['-c', 'true', 'x'.repeat(3_000_000)] })).toMatchObject(obstacle('command-failed'));
  });

  test('is looked for in the system’s own folders, not where the agent’s PATH says', async () => {
    using folder = temporaryFolder();
    const fake = join(folder.path, 'fake-tool');
    writeFileSync(fake, '#!/bin/sh\necho fake\n', { mode: 0o755 });
    const path = process.env.PATH ?? '';
    process.env.PATH = `${folder.path}:${path}`;
    const answer = await run({ file: 'fake-tool', args: [] });
    process.env.PATH = path;
    expect(answer).toMatchObject(obstacle('command-missing'));
  });
});

describe('a file', () => {
  test('is read whole, up to the limit and not a byte beyond', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'file');
    writeFileSync(path, 'é'.repeat(100_000));
    expect(await host.readText(path, { maximumSize: 200_000 })).toEqual({ state: 'read', value: 'é'.repeat(100_000) });
    expect(await host.readText(path, { maximumSize: 199_999 })).toMatchObject(obstacle('too-large'));
  });

  test('is read in parts, the last as short as the file ends', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'file');
    writeFileSync(path, 'abcdefgh');
    const parts = [0, 5, 8, 20].map((offset) => host.readPart(path, { offset, length: 5 }));
    const texts = (await Promise.all(parts)).map((part) => part.state === 'read' && Buffer.from(part.value).toString());
    expect(texts).toEqual(['abcde', 'fgh', '', '']);
    expect(await host.readPart(folder.path, { offset: 0, length: 5 })).toMatchObject(obstacle('not-a-file'));
    expect(await host.readPart(`${path}x`, { offset: 0, length: 5 })).toMatchObject(obstacle('missing'));
  });

  test('of /proc, which says it is empty, is read all the same', async () => {
    expect(await host.readText('/proc/self/status')).toMatchObject({
      value: expect.stringContaining('Pid:') as string,
    });
    expect(await host.status('/proc/self/status')).toMatchObject({ value: { size: 0 } });
  });

  test.skipIf(!tool('mkfifo'))('that is a named pipe is not opened: nobody may ever write to it', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'pipe');
    execFileSync('mkfifo', [path]);
    // One that opened it would wait for ever.
    expect(await host.readText(path)).toMatchObject(obstacle('not-a-file'));
  });

  test('that is something else, or not there, is told as that', async () => {
    using folder = temporaryFolder();
    symlinkSync(join(folder.path, 'gone'), join(folder.path, 'dangling'));
    symlinkSync(join(folder.path, 'loop'), join(folder.path, 'loop'));
    expect(await host.readText(folder.path)).toMatchObject(obstacle('not-a-file'));
    expect(await host.readText('/dev/null')).toMatchObject(obstacle('not-a-file'));
    expect(await host.readText(join(folder.path, 'dangling'))).toMatchObject(obstacle('missing'));
    expect(await host.readText(join(folder.path, 'loop'))).toMatchObject(obstacle('command-failed'));
    expect(await host.readText('/etc/passwd/below')).toMatchObject(obstacle('missing'));
    expect(await host.readText('a\0b')).toMatchObject(obstacle('command-failed'));
  });

  test('has a status that follows symbolic links', async () => {
    using folder = temporaryFolder();
    const target = join(folder.path, 'target');
    mkdirSync(target);
    chmodSync(target, 0o750);
    symlinkSync(target, join(folder.path, 'link'));
    expect(await host.status(join(folder.path, 'link'))).toMatchObject({ value: { kind: 'directory', mode: 0o750 } });
  });
});

test('names in a folder are sorted', async () => {
  using folder = temporaryFolder();
  for (const name of ['b', 'B', 'a', '10', '9']) writeFileSync(join(folder.path, name), '');
  expect(await host.list(folder.path)).toEqual({ state: 'read', value: ['10', '9', 'B', 'a', 'b'] });
  expect(await host.list(join(folder.path, 'a'))).toMatchObject(obstacle('missing'));
  expect(await host.list(join(folder.path, 'gone'))).toMatchObject(obstacle('missing'));
});

test.skipIf(!isRoot || !tool('setpriv'))('an ordinary user is told what is denied', async () => {
  const script = resolve(import.meta.dirname, '../../support/read-as-user.ts');
  await using running = startScript(script, ['/etc/shadow'], { uid: 65_534 });
  const { stdout, stderr } = await running.ended;
  expect({ answer: JSON.parse(stdout) as unknown, stderr }).toEqual({
    answer: { state: 'unreadable', obstacle: { code: 'denied', what: '/etc/shadow' } },
    stderr: '',
  });
});

describe('a connection', () => {
  test('is opened, or told why not', async () => {
    const server = createServer((socket) => setTimeout(() => socket.resetAndDestroy(), 50)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const opened = await host.connect('127.0.0.1', port);
    expect(opened.state).toBe('read');
    // The peer resets the connection while nobody listens for errors: that ends the connection and not the process.
    if (opened.state === 'read') await new Promise((closed) => opened.value.on('close', closed));
    await once(server.close(), 'close');
    expect(await host.connect('127.0.0.1', port)).toEqual({
      state: 'unreadable',
      obstacle: { code: 'unreachable', what: `127.0.0.1:${port}`, detail: 'ECONNREFUSED' },
    });
  });

  test('is given up when the check is over', async () => {
    expect(await host.connect('127.0.0.1', 9, { signal: AbortSignal.abort() })).toMatchObject(obstacle('timeout'));
  });
});
