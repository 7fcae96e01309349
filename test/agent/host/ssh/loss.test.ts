import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { passingMarks } from '../../../../agent/identity.ts';
import type { Host } from '../../../../agent/host/host.ts';
import type { SshTarget } from '../../../../agent/host/ssh/connection.ts';
import { SshHost } from '../../../../agent/host/ssh/ssh.ts';
import { RunLedger } from '../../../../agent/ledger.ts';
import { runChecks, type Run, type RunInput } from '../../../../agent/run.ts';
import { loadPolicies, shippedPolicies } from '../../../../policies/load.ts';
import { makeKey, startSshServer, type SshServer } from '../../../support/ssh-server.ts';
import { freePort } from '../../../support/process.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const at = new Date();

function check(host: Host, choices: Partial<RunInput> = {}): Promise<Run> {
  return runChecks({
    host,
    at,
    ledger: new RunLedger(at),
    pseudonym: (account) => account,
    mark: passingMarks(),
    policies: loadPolicies(shippedPolicies()),
    labels: {},
    settings: {},
    ...choices,
  });
}

/** What a run says of a host that cannot be read: nothing but why. */
async function expectUnknown(target: SshTarget, why: RegExp): Promise<void> {
  await using host = await SshHost.open(target);
  const { observations } = await check(host);
  expect(observations.length).toBeGreaterThan(20);
  for (const { verdict, reasons } of observations) {
    expect([verdict, reasons.map(({ code }) => code)]).toEqual(['unknown', ['host.unreachable']]);
    expect(reasons[0]?.values.detail).toMatch(why);
    expect(reasons[0]?.values.what).toMatch(/^ssh:\/\//);
  }
}

/** The processes that serve the connections of a server, and those that they started. */
function sessionsOf(server: SshServer): number[] {
  const [listener] = [Number(server.pid())];
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(listener);
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // A command that ended meanwhile.
  }
}

describe.skipIf(tool('sshd') === undefined || process.getuid?.() !== 0)('every check is unknown, and says why,', () => {
  test('where the host shows another key than the one it is known by', async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    makeKey(join(folder.path, 'other'));
    const [type, key] = execFileSync('cat', [join(folder.path, 'other.pub')], { encoding: 'utf8' }).split(' ');
    const text = `[127.0.0.1]:${server.port} ${type} ${key}\n`;
    const trust = { by: 'known-hosts', file: join(folder.path, 'wrong') } as const;
    writeFileSync(trust.file, text);
    await expectUnknown({ ...server.target, trust }, /has another for it: somebody may be in between/);
    const pinned = { by: 'fingerprint', fingerprint: `SHA256:${'A'.repeat(43)}` } as const;
    await expectUnknown({ ...server.target, trust: pinned }, /shows the host key SHA256:.*, expected SHA256:AAAA/);
    writeFileSync(trust.file, '');
    await expectUnknown({ ...server.target, trust }, /wrong has none for it/);
    await expectUnknown({ ...server.target, trust: { ...trust, file: '/no/file' } }, /no\/file cannot be read/);
  });

  test('where our key is refused, cannot be used, or there is none', async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    const other = join(folder.path, 'other');
    makeKey(other);
    await expectUnknown({ ...server.target, identityFiles: [other] }, /takes none of the keys for root/);
    const locked = join(folder.path, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', locked]);
    await expectUnknown({ ...server.target, identityFiles: [locked] }, /locked has a passphrase/);
    const open = join(folder.path, 'open');
    writeFileSync(open, 'x', { mode: 0o644 });
    await expectUnknown({ ...server.target, identityFiles: [open] }, /others may read the key file/);
    await expectUnknown(
      { ...server.target, identityFiles: ['/no/such/key'] },
      /no\/such\/key cannot be read \(ENOENT\)/,
    );
    await expectUnknown({ ...server.target, identityFiles: [] }, /no key to log in with/);
  });

  test('where nothing listens, or what listens is no SSH server', async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    const address = { ...server.target.address, port: await freePort() };
    await expectUnknown({ ...server.target, address }, /ECONNREFUSED/);
  });

  test('where files cannot be read, or the login shell is another one or says things of its own', async () => {
    using folder = temporaryFolder();
    await using noFiles = await startSshServer(folder.path, ['Subsystem sftp /bin/false']);
    await using host = await SshHost.open(noFiles.target);
    expect(host.lost?.obstacle).toMatchObject({ code: 'unsupported', what: 'reading files over SSH' });
    using second = temporaryFolder();
    await using talking = await startSshServer(second.path, [
      'ForceCommand echo welcome; sh -c "$SSH_ORIGINAL_COMMAND"',
    ]);
    await using other = await SshHost.open(talking.target);
    expect(other.lost?.obstacle.code).toBe('unsupported');
    const { observations } = await check(other);
    expect(new Set(observations.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  test('where the server is stopped before it answers', async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    process.kill(Number(server.pid()), 'SIGSTOP');
    try {
      await expectUnknown(server.target, /did not answer in time/);
    } finally {
      process.kill(Number(server.pid()), 'SIGCONT');
    }
  });

  test.each([
    ['stops answering', 'SIGSTOP', /stopped answering/],
    ['is killed', 'SIGKILL', /the connection was (closed|lost)/],
  ] as const)('of what was not read when the server %s halfway', async (_, signal, why) => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    await using host = await SshHost.open(server.target);
    const done: string[] = [];
    let stopped: number[] = [];
    const { observations } = await check(host, {
      onProgress: (kind, state) => {
        if (state !== 'ends') return;
        done.push(kind);
        if (done.length !== 3) return;
        stopped = sessionsOf(server);
        for (const pid of stopped) end(pid, signal);
      },
    });
    if (signal === 'SIGSTOP') for (const pid of stopped) end(pid, 'SIGKILL');
    const unknown = observations.filter(({ reasons }) => reasons.some(({ code }) => code === 'host.unreachable'));
    expect(stopped.length).toBeGreaterThan(0);
    expect(unknown.length).toBeGreaterThan(observations.length / 2);
    for (const { verdict, reasons } of unknown) {
      expect(verdict).toBe('unknown');
      expect(reasons[0]?.values.detail).toMatch(why);
    }
    expect(host.lost?.obstacle.code).toBe('unreachable');
    expect(await host.readText('/etc/passwd')).toEqual(host.lost);
    expect(await host.run({ file: 'true', args: [] })).toEqual(host.lost);
  });
});

test.skipIf(tool('sshd') === undefined || process.getuid?.() !== 0)(
  'a port is not silent because the host itself hangs',
  async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    await using host = await SshHost.open(server.target);
    const stopped = sessionsOf(server);
    for (const pid of stopped) end(pid, 'SIGSTOP');
    const connected = await host.connect('127.0.0.1', server.port, { timeout: 0.5 });
    for (const pid of stopped) end(pid, 'SIGKILL');
    expect(connected).toMatchObject({ state: 'unreadable', obstacle: { code: 'unreachable', what: server.url } });
  },
);

describe.skipIf(tool('sshd') === undefined || process.getuid?.() !== 0)('a way in', () => {
  test('is an ssh-agent’s key', async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path);
    const agentSocket = join(folder.path, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', agentSocket], { stdio: 'ignore' });
    try {
      await expect.poll(() => existsSync(agentSocket)).toBe(true);
      execFileSync('ssh-add', ['-q', server.keyFile], {
        env: { ...process.env, SSH_AUTH_SOCK: agentSocket },
        stdio: 'ignore',
      });
      await using host = await SshHost.open({ ...server.target, identityFiles: [], agentSocket });
      expect(host.lost).toBeUndefined();
    } finally {
      agent.kill();
      await once(agent, 'exit');
    }
  });

  test('leads through jump hosts, and each of them is verified', async () => {
    using folder = temporaryFolder();
    using second = temporaryFolder();
    await using jump = await startSshServer(folder.path);
    await using server = await startSshServer(second.path);
    const target = { ...server.target, identityFiles: [jump.keyFile, server.keyFile], jumps: [jump.target.address] };
    await using host = await SshHost.open({ ...target, jumpTrust: jump.target.trust });
    expect(host.lost).toBeUndefined();
    const came = await host.run({ file: 'sh', args: ['-c', 'ss -Htn state established'] });
    expect(came).toMatchObject({ state: 'read' });
    await using astray = await SshHost.open({ ...target, jumpTrust: server.target.trust });
    expect(astray.lost?.obstacle.detail).toMatch(/has none for it/);
  });
});
