import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { examineAgent } from '../../../agent/doctor/agent.ts';
import type { Finding } from '../../../agent/doctor/findings.ts';
import { describedHost } from '../../../agent/described-host.ts';
import { sudoersFor } from '../../../agent/host/ssh/sudoers.ts';
import { loadAgentSettings } from '../../../agent/settings.ts';
import { startSshServer, type SshServer } from '../../support/ssh-server.ts';
import { freePort, runWaarborg } from '../../support/process.ts';
import { writeQuickPolicy } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const user = 'waarborg-doctor-test';
const isPossible = tool('sshd') !== undefined && tool('sudo') !== undefined && process.getuid?.() === 0;

describe.skipIf(!isPossible)('a host that is read over SSH', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let server: SshServer;
  const file = (name: string): string => join(folder.path, name);

  beforeAll(async () => {
    folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    writeQuickPolicy(folder.path);
    // An account and rules that only the server's own view of the file system has.
    writeFileSync(file('passwd'), `${readFileSync('/etc/passwd', 'utf8')}${user}:x:4343:4343::/:/bin/sh\n`);
    writeFileSync(file('shadow'), `${readFileSync('/etc/shadow', 'utf8')}${user}:*:19000:0:99999:7:::\n`);
    allow(sudoersFor(user));
    const mounts = ['passwd', 'shadow', 'sudoers'].map((name) => `mount --bind ${file(name)} /etc/${name}`);
    server = await startSshServer(folder.path, [], (command) => [
      ...['unshare', '--mount', 'sh', '-ec'],
      `${mounts.join('\n')}\nexec ${command.join(' ')}`,
    ]);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** The same file goes on being the one that is mounted. */
  function allow(rules: string): void {
    writeFileSync(file('sudoers'), `root ALL=(ALL:ALL) ALL\n${rules}`);
    chmodSync(file('sudoers'), 0o440);
  }

  /** Its settings, in a file of that name. */
  function settingsOf(name: string, ssh: object = {}): string {
    const { port } = server.target.address;
    const usual = { address: `ssh://${user}@127.0.0.1:${port}`, identityFiles: [server.keyFile], sudo: true };
    const known = 'hostKey' in ssh ? {} : { knownHosts: server.knownHosts };
    const agent = { agent: name, policies: ['./quick.yaml'], data: `./${name}`, ssh: { ...usual, ...known, ...ssh } };
    writeFileSync(file(`${name}.yaml`), stringify(agent));
    return file(`${name}.yaml`);
  }

  async function examined(config: string): Promise<Finding[]> {
    const settings = loadAgentSettings(config);
    const host = describedHost(settings.ssh, undefined);
    const findings = await examineAgent({ settings, host, now: () => new Date() });
    return findings.filter(({ code }) => /^(ssh|sudo|rights)\./.test(code));
  }

  test('can be read where it shows the known key and sudo allows what is asked of it', async () => {
    allow(sudoersFor(user));
    const findings = await examined(settingsOf('web1'));
    expect(findings.map(({ code }) => code)).toEqual(['ssh.reached', 'sudo.enough']);
    expect(findings[0]?.seen).toContain('shows SHA256:');
  });

  test('lacks rules of sudo, and each command is named that is there and not allowed', async () => {
    const rules = sudoersFor(user).split('\n');
    allow(rules.filter((rule) => !rule.includes('/cvtsudoers ')).join('\n'));
    const [, missing] = await examined(settingsOf('web1'));
    expect(missing).toEqual({ code: 'sudo.missing', seen: 'sudo does not allow: cvtsudoers -e -f json /etc/sudoers' });
    allow(sudoersFor(user));
  });

  test('cannot be read where sudo gives it no files', async () => {
    allow('');
    const [failed, ...more] = await examined(settingsOf('web1'));
    expect([failed?.code, more]).toEqual(['ssh.failed', []]);
    allow(sudoersFor(user));
  });

  test.each([
    ['shows another key', () => ({ hostKey: `SHA256:${'A'.repeat(43)}` }), /shows the host key/],
    ['lets nobody in', () => ({ address: `ssh://games@127.0.0.1:${server.target.address.port}` }), /cannot be read/],
    ['is away', async () => ({ address: `ssh://root@127.0.0.1:${await freePort()}` }), /ECONNREFUSED|refused/],
  ])('is not said to be well where it %s', async (_, changed, seen) => {
    const findings = await examined(settingsOf('web2', await changed()));
    expect(findings).toEqual([{ code: 'ssh.failed', seen: expect.stringMatching(seen) as string }]);
  });

  test('is examined with the agent that reads it', async () => {
    const remote = [settingsOf('web1'), settingsOf('web2', { hostKey: `SHA256:${'A'.repeat(43)}` })];
    writeFileSync(file('agent.yaml'), stringify({ policies: ['./quick.yaml'], data: './agent', remote }));
    const { code, stdout } = await runWaarborg(['doctor', '--config', file('agent.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toContain(`agent, by ${remote[0] ?? ''}\n`);
    expect(stdout).toMatch(/✓ sudo\.enough: /);
    expect(stdout).toMatch(/✗ problem ssh\.failed: .*shows the host key/);
  });
});
