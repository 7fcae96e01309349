import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firewallCollector } from '../../../../agent/collect/firewall.ts';
import type { FirewallFacts } from '../../../../policies/checks/firewall/facts.ts';
import { describeRules } from '../../../../policies/checks/firewall/words.ts';
import { collecting } from '../../../support/collecting.ts';
import { canMakeNamespaces, makeNetwork, type Network } from '../../../support/namespaces.ts';
import { tool } from '../../../support/tools.ts';
import { clientAddresses, compareWithKernel, hostAddresses, ports } from './truth.ts';

const canRun = ['nft', 'iptables-nft', 'ip'].every((name) => tool(name)) && canMakeNamespaces();

/** `ip netns exec` gives each command mounts of its own: what stands on them here, the machine never sees. */
const ownFolders = `
  mount -t tmpfs none /mnt
  cp -a /etc/ufw /mnt/ 2>/dev/null || true
  cp /etc/default/ufw /mnt/default-ufw 2>/dev/null || true
  mount -t tmpfs none /run
`;

const ufw = `set -e
  ${ownFolders}
  mount --bind /mnt/ufw /etc/ufw
  mount --bind /mnt/default-ufw /etc/default/ufw
  ufw allow 443/tcp
  ufw allow from 10.8.0.0/24 to any port 22 proto tcp
  ufw deny 80
  ufw --force enable
`;

/** Stays until its input ends. */
const firewalld = `set -e
  ${ownFolders}
  mkdir -p /run/dbus /run/firewalld
  mount -t tmpfs none /etc/firewalld
  mount -t tmpfs none /var/log
  dbus-daemon --system --nofork & bus=$!
  trap 'kill $bus' EXIT
  until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
  firewalld --nofork --nopid & wall=$!
  trap 'kill $wall; wait $wall; kill $bus' EXIT
  until firewall-cmd --state >/dev/null 2>&1; do sleep 0.2; done
  firewall-cmd -q --zone=public --change-interface=eth0
  firewall-cmd -q --zone=public --remove-service=ssh
  firewall-cmd -q --zone=public --add-service=https
  firewall-cmd -q --zone=public --add-rich-rule='rule family=ipv4 source address=10.8.0.0/24 port port=22 protocol=tcp accept'
  echo ready
  cat >/dev/null
`;

describe.skipIf(!canRun)('rules by', () => {
  let network: Network;

  beforeEach(async () => {
    network = await makeNetwork({ hostAddresses, clientAddresses, ports });
  });
  afterEach(async () => network[Symbol.asyncDispose]());

  const expected = [
    'tcp 443 from 192.0.2.2',
    'tcp 443 from 192.0.2.3',
    'tcp 22 from 10.8.0.2',
    'tcp 443 from 10.8.0.2',
    'tcp 443 from 2001:db8::2',
    'tcp 443 from fd00:8::2',
  ];

  async function madeBy(): Promise<string> {
    return describeRules((await firewallCollector.collect(collecting(network.host), {}, [])) as FirewallFacts);
  }

  it.skipIf(!tool('ufw'))('ufw', async () => {
    network.run(['sh'], ufw);
    const { wrong, unclear, open } = await compareWithKernel(network);
    expect({ wrong, unclear }).toEqual({ wrong: [], unclear: [] });
    expect([...open].sort()).toEqual([...expected].sort());
    expect(await madeBy()).toMatch(/\(ufw\)$/);
  });

  it.skipIf(!tool('firewalld') || !tool('dbus-daemon'))('firewalld', async () => {
    const command = ['netns', 'exec', network.hostNamespace, 'sh', '-c', firewalld];
    const running = spawn('ip', command, { stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(running, 'exit');
    try {
      for await (const line of createInterface(running.stdout)) if (line === 'ready') break;
      const { wrong, unclear, open } = await compareWithKernel(network);
      expect({ wrong, unclear }).toEqual({ wrong: [], unclear: [] });
      expect([...open].sort()).toEqual([...expected].sort());
      expect(await madeBy()).toBe('nftables (firewalld)');
    } finally {
      running.stdin.end();
      await ended;
    }
  });
});

describe.skipIf(!canRun)('facts', () => {
  it('are the same whatever happened in between, and do not tell who was banned', async () => {
    await using network = await makeNetwork({ hostAddresses, clientAddresses, ports });
    const rules = `table inet filter {
      set banned { type ipv4_addr; flags timeout; }
      set f2b { type ipv4_addr; elements = { 198.51.100.7 } ; }
      chain input {
        type filter hook input priority 0; policy drop;
        ip saddr @banned drop
        ip saddr @f2b reject
        tcp dport { 22, 443 } counter accept
      }
    }`;
    network.run(['nft', '-f', '-'], rules);
    network.run(
      ['sh', '-e'],
      'iptables-nft -N f2b-sshd\niptables-nft -A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd',
    );
    const before = JSON.stringify(await firewallCollector.collect(collecting(network.host), {}, []));
    await network.attempt([{ protocol: 'tcp', source: '10.8.0.2', destination: '10.8.0.1', port: 443 }]);
    network.run(['nft', 'add', 'element', 'inet', 'filter', 'banned', '{ 198.51.100.8 timeout 1h }']);
    network.run(['nft', 'add', 'element', 'inet', 'filter', 'f2b', '{ 198.51.100.9 }']);
    network.run(['iptables-nft', '-I', 'f2b-sshd', '-s', '198.51.100.10', '-j', 'REJECT']);
    const after = JSON.stringify(await firewallCollector.collect(collecting(network.host), {}, []));
    expect(after).toBe(before);
    expect(after).not.toContain('198.51.100');
    expect(after).toContain('"443"');
  });
});
