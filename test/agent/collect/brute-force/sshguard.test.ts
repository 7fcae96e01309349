import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { chosenEntries } from '../../../../agent/collect/brute-force/sshguard.ts';
import { bruteForce } from '../../../../policies/checks/brute-force.ts';
import type { BruteForceFacts } from '../../../../policies/checks/brute-force/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { canMakeNamespaces } from '../../../support/namespaces.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const inside = join(import.meta.dirname, 'inside.ts');

/** Facts of a machine of its own (network, mounts, processes) where a sshguard with this configuration runs. */
async function factsWith(configuration: (folder: string) => string, meanwhile: string): Promise<BruteForceFacts> {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'sshguard.conf'), configuration(folder.path));
  writeFileSync(join(folder.path, 'auth.log'), 'Nov 22 09:00:00 host cron[1]: begun\n');
  const script = `
    set -e
    ip link set lo up
    mount --bind ${folder.path}/sshguard.conf /etc/sshguard/sshguard.conf
    setsid /usr/sbin/sshguard >${folder.path}/out 2>&1 &
    for round in $(seq 50); do nft list ruleset | grep -q attackers && break; sleep 0.1; done
    ${meanwhile}
    ${process.execPath} ${inside}
  `;
  const shell = spawn('unshare', ['-n', '-m', '-p', '-f', '--mount-proc', 'bash', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(shell, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(shell.stdout)) lines.push(line);
  await ended;
  return JSON.parse(lines.at(-1) ?? '') as BruteForceFacts;
}

const files = (folder: string): string =>
  `BACKEND=/usr/libexec/sshguard/sshg-fw-nft-sets\nFILES=${folder}/auth.log\nTHRESHOLD=30\nBLOCK_TIME=120\n`;

function judge(facts: BruteForceFacts, service: 'ssh' | 'mail' = 'ssh'): string[] {
  const listening = read({ services: [{ service, port: service === 'ssh' ? 22 : 143 }], nameless: [] });
  const guards =
    facts.guards.state === 'read'
      ? read(facts.guards.value.filter(({ program }) => program === 'sshguard'))
      : facts.guards;
  return bruteForce
    .judge(read({ ...facts, listening, guards }), { protects: [service] }, new Date())
    .map(({ code }) => code.replace('brute-force.', ''));
}

describe.skipIf(!tool('sshguard') || !tool('nft') || !canMakeNamespaces())('sshguard', () => {
  it('passes for SSH with all of its programs, a log and its set in the kernel', async () => {
    const facts = await factsWith(files, 'true');
    expect(facts.guards).toMatchObject({ state: 'read' });
    const [guard] = facts.guards.state === 'read' ? facts.guards.value.filter((one) => one.program === 'sshguard') : [];
    expect(guard).toMatchObject({ missing: [], backend: 'sshg-fw-nft-sets', banSeconds: 120, hook: read('reached') });
    expect(judge(facts)).toEqual(['protected', 'sshguard-works']);
    expect(judge(facts, 'mail')).toEqual(['sshguard-unclear']);
  });

  it('fails where another firewall was loaded since, and where a ban ends at once', async () => {
    expect(judge(await factsWith(files, 'nft flush ruleset'))).toEqual(['unprotected', 'ban-ineffective']);
    const short = (folder: string): string => files(folder).replace('BLOCK_TIME=120', 'BLOCK_TIME=10');
    expect(judge(await factsWith(short, 'true'))).toEqual(['unprotected', 'ban-short']);
  });
});

describe('what is read of the journal', () => {
  it.each([
    [
      ['-afb', '-p', 'info', '-n1', '-t', 'sshd', '-o', 'cat'],
      ['-p', 'info', '-t', 'sshd'],
    ],
    [
      ['-afbp', 'info', '-n1', '-t', 'sshd', '-t', 'sendmail'],
      ['-p', 'info', '-t', 'sshd', '-t', 'sendmail'],
    ],
    [
      ['--identifier=sshd', '_SYSTEMD_UNIT=ssh.service', '+', '--follow'],
      ['--identifier=sshd', '_SYSTEMD_UNIT=ssh.service', '+'],
    ],
  ])('%j', (words, chosen) => {
    expect(chosenEntries(words)).toEqual(chosen);
  });
});
