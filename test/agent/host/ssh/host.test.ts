import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { SshHost } from '../../../../agent/host/ssh/ssh.ts';
import { startSshServer, type SshServer } from '../../../support/ssh-server.ts';
import { freePort } from '../../../support/process.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const local = new LocalHost();
const isRoot = process.getuid?.() === 0;

function obstacle(code: string) {
  return { state: 'unreadable', obstacle: { code } };
}

function isRunning(word: string): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').includes(word);
}

describe.skipIf(tool('sshd') === undefined || !isRoot)('a host over SSH', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let server: SshServer;
  let remote: SshHost;

  beforeAll(async () => {
    folder = temporaryFolder();
    server = await startSshServer(folder.path);
    remote = await SshHost.open(server.target);
  });

  afterAll(async () => {
    await remote[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** What this machine says of something, which the same machine over SSH has to say as well. */
  async function expectSame<T>(ask: (host: Host) => Promise<T>): Promise<T> {
    const expected = await ask(local);
    expect(await ask(remote)).toEqual(expected);
    return expected;
  }

  test('is the same one by name, and says by which key it was known', () => {
    expect(remote.lost).toBeUndefined();
    expect(remote.hostname).toBe(local.hostname);
    const printed = spawnSync('ssh-keygen', ['-l', '-f', join(folder.path, 'host_key')], { encoding: 'utf8' }).stdout;
    expect(remote.readOver).toEqual({ address: server.url, hostKey: printed.split(' ')[1], sudo: false });
  });

  describe('reads files as the machine itself does:', () => {
    test.each([
      ['a file', '/etc/passwd'],
      ['one of /proc, which says size 0', '/proc/self/mounts'],
      ['one that is not there', '/etc/no-such-file'],
      ['one below a file', '/etc/passwd/more'],
      ['a folder', '/etc'],
      ['a device', '/dev/zero'],
    ])('%s', async (_, path) => {
      await expectSame((host) => host.readText(path));
    });

    test('long ones to the byte, from anywhere, and empty ones', async () => {
      const path = join(folder.path, 'long');
      writeFileSync(path, Buffer.from(Array.from({ length: 1_234_567 }, (_, n) => n % 251)));
      await expectSame((host) => host.readBytes(path));
      await expectSame((host) => host.readPart(path, { offset: 32_767, length: 100_000 }));
      await expectSame((host) => host.readPart(path, { offset: 1_234_000, length: 10_000 }));
      await expectSame((host) => host.readPart(path, { offset: 2_000_000, length: 10 }));
      writeFileSync(path, '');
      await expectSame((host) => host.readBytes(path));
    });

    test('one that is longer than may be is too large, also where its size is not said', async () => {
      const path = join(folder.path, 'limit');
      writeFileSync(path, 'x'.repeat(1000));
      expect(await expectSame((host) => host.readBytes(path, { maximumSize: 999 }))).toMatchObject(
        obstacle('too-large'),
      );
      expect(await expectSame((host) => host.readBytes(path, { maximumSize: 1000 }))).toMatchObject({ state: 'read' });
      const proc = await remote.readBytes('/proc/self/mounts', { maximumSize: 10 });
      expect(proc).toMatchObject(obstacle('too-large'));
    });

    test('a pipe is not opened, and what is read beside it goes on', async () => {
      const path = join(folder.path, 'pipe');
      execFileSync('mkfifo', [path]);
      const [pipe, beside] = await Promise.all([remote.readText(path), remote.readText('/etc/passwd')]);
      expect(pipe).toMatchObject(obstacle('not-a-file'));
      expect(beside).toMatchObject({ state: 'read' });
    });

    test('names in a folder, thousands of them and hard ones, sorted', async () => {
      const many = join(folder.path, 'many');
      mkdirSync(many);
      for (let n = 0; n < 2500; n++) writeFileSync(join(many, `file-${n}`), '');
      for (const hard of ["it's", 'a\nb', ' a ', '-n', 'é', '$HOME', '.hidden']) writeFileSync(join(many, hard), '');
      await expectSame((host) => host.list(many));
      await expectSame((host) => host.list('/etc/passwd'));
      await expectSame((host) => host.list('/no-such-folder'));
    });

    test.each(["it's", '$(id)', 'a b', '-n', 'back\\slash'])('a file named %s', async (name) => {
      const path = join(folder.path, name);
      writeFileSync(path, name);
      await expectSame((host) => host.readText(path));
      await expectSame((host) => host.status(path));
    });

    test('the status of files, folders, sockets, links and devices, moments and file systems included', async () => {
      const path = join(folder.path, 'status');
      writeFileSync(path, 'text', { mode: 0o4751 });
      utimesSync(path, 1_700_000_000.1234, 1_700_000_000.9996);
      symlinkSync(path, join(folder.path, 'link'));
      symlinkSync('/nowhere', join(folder.path, 'dangling'));
      const paths = [path, 'link', 'dangling', '/', '/proc', '/dev/null', '/etc/passwd', '/no-such-file', folder.path];
      for (const one of paths)
        await expectSame((host) => host.status(join(one.startsWith('/') ? '/' : folder.path, one)));
    });

    test('many at a time: each has its own answer', async () => {
      const paths = readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .flatMap((line) => line.split(':')[5] ?? []);
      await expectSame((host) => Promise.all([...paths, ...paths].map((path) => host.status(path))));
    });

    test('where a path leads', async () => {
      symlinkSync('/etc/../etc/passwd', join(folder.path, 'leads'));
      await expectSame((host) => host.realPath(join(folder.path, 'leads')));
      await expectSame((host) => host.realPath('/etc/no-such-file'));
      await expectSame((host) => host.realPath(join(folder.path, 'dangling')));
    });

    test('confined to folders: what leads out of them is outside', async () => {
      const site = join(folder.path, 'site');
      mkdirSync(join(site, 'inner'), { recursive: true });
      writeFileSync(join(site, 'inner/config'), 'own');
      symlinkSync('/etc/passwd', join(site, 'config'));
      symlinkSync('/etc', join(site, 'folder'));
      symlinkSync('inner/config', join(site, 'within'));
      const within = [site];
      for (const name of ['inner/config', 'config', 'folder/passwd', 'within', 'missing']) {
        await expectSame((host) => host.readText(join(site, name), { within }));
        await expectSame((host) => host.readPart(join(site, name), { offset: 1, length: 2 }, { within }));
        await expectSame((host) => host.status(join(site, name), { within }));
      }
      expect(await remote.readText(join(site, 'config'), { within })).toMatchObject(obstacle('outside'));
      expect(await remote.list(join(site, 'folder'), { within })).toMatchObject(obstacle('outside'));
      await expectSame((host) => host.list(join(site, 'inner'), { within }));
    });
  });

  describe('runs commands as the machine itself does:', () => {
    test.each([
      ['with its exit code and both outputs', 'sh', ['-c', 'echo out; echo err >&2; exit 7']],
      ['with its words as they are', 'printf', ['%s\\n', '$(id)', '; echo more', '*', 'a b', "it's", '', '\n', '-n']],
      ['one that is not installed', 'no-such-command', ['x']],
      ['one that is no program', '/etc/passwd', []],
      ['one that ends as the shell does for what it lacks', 'sh', ['-c', 'exit 127']],
    ])('%s', async (_, file, args) => {
      await expectSame((host) => host.run({ file, args }));
    });

    test('in a small fixed environment, with what it is given', async () => {
      const command = { file: 'env', args: [], env: { EXTRA: 'it is "yes"' } };
      const answer = await expectSame(async (host) => {
        const ended = await host.run(command);
        return ended.state === 'read' ? ended.value.stdout.trim().split('\n').sort() : [];
      });
      expect(answer.map((line) => line.split('=')[0])).toEqual(['EXTRA', 'HOME', 'LC_ALL', 'PATH', 'TZ']);
    });

    test('with its input, and nothing where there is none; the environment takes nothing of it', async () => {
      const input = 'x'.repeat(1_000_000);
      await expectSame((host) => host.run({ file: 'wc', args: ['-c'], input }));
      await expectSame((host) => host.run({ file: 'wc', args: ['-c'] }));
      await expectSame((host) => host.run({ file: 'cat', args: [], input: 'one\ntwo', env: { A: '1', B: '2' } }));
    });

    test('and shows no value of the environment on a command line there', async () => {
      const secret = `secret-${process.pid}`;
      const over = new AbortController();
      const seen: string[] = [];
      const running = remote.run({ file: 'sleep', args: ['33.5'], env: { TOKEN: secret } }, over.signal);
      const look = (): string => {
        seen.push(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }));
        return seen.at(-1) ?? '';
      };
      await expect.poll(look).toContain('sleep 33.5');
      over.abort();
      await running;
      expect(seen.join('\n')).not.toContain(secret);
    });

    test('one that takes too long is ended there, with all that it started', async () => {
      const word = `sleep 4${process.pid}`;
      const answer = await remote.run({ file: 'sh', args: ['-c', `${word} & ${word}`], timeout: 0.5 });
      expect(answer).toMatchObject(obstacle('timeout'));
      await expect.poll(() => isRunning(word)).toBe(false);
    });

    test('one that is told to stop, or was before it began', async () => {
      const over = new AbortController();
      const running = remote.run({ file: 'sleep', args: ['5'] }, over.signal);
      over.abort();
      expect(await running).toMatchObject(obstacle('timeout'));
      expect(await remote.run({ file: 'true', args: [] }, over.signal)).toMatchObject(obstacle('timeout'));
    });

    test('one that says too much, or whose words are too long to send, is too large', async () => {
      expect(await remote.run({ file: 'yes', args: [], maximumOutput: 10_000 })).toMatchObject(obstacle('too-large'));
      expect(await remote.run({ file: 'echo', args: ['x'.repeat(200_000)] })).toMatchObject(obstacle('too-large'));
    });

    test('twenty at a time, though the server takes ten sessions', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => remote.run({ file: 'echo', args: [String(n)] })),
      );
      expect(answers.map((answer) => (answer.state === 'read' ? answer.value.stdout : answer))).toEqual(
        Array.from({ length: 20 }, (_, n) => `${n}\n`),
      );
    });
  });

  describe('connects from there:', () => {
    test('to what listens on its loopback', async () => {
      const listener = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
      await once(listener, 'listening');
      const connected = await remote.connect('127.0.0.1', (listener.address() as AddressInfo).port);
      expect(connected.state === 'read' ? await text(connected.value) : connected).toBe('hello');
      listener.close();
    });

    test('with the system’s own word where nothing listens', async () => {
      const port = await freePort();
      await expectSame((host) => host.connect('127.0.0.1', port));
    });

    test('and a server that forwards nothing is no port where nobody listens', async () => {
      using own = temporaryFolder();
      await using strict = await startSshServer(own.path, ['AllowTcpForwarding no']);
      await using host = await SshHost.open(strict.target);
      expect(await host.connect('127.0.0.1', strict.port)).toMatchObject(obstacle('unsupported'));
    });
  });
});
