import type { BruteForceFacts, Jail } from '../../../policies/checks/brute-force/facts.ts';
import type { FirewallFacts } from '../../../policies/checks/firewall/facts.ts';
import type { ListeningFacts } from '../../../policies/checks/listening-services/facts.ts';
import type { UnreachableFacts } from '../../../policies/checks/unreachable/facts.ts';
import { read } from '../../../policies/reading.ts';
import { declared, host, input, only, tcp } from '../checks/firewall/facts.ts';
import { dayBefore, daysAgo, type Example } from './example.ts';

const https = { ports: '443', protocol: 'tcp', processes: ['nginx'] } as const;
const ssh = { ports: '22', protocol: 'tcp', from: ['10.8.0.0/24'] } as const;

/** All is denied but HTTPS, and SSH from the VPN; or all is let in. */
function firewallOf(policy: 'deny' | 'accept'): FirewallFacts {
  const rules = policy === 'accept' ? [] : [tcp('443', 'accept'), tcp('22', 'accept', only('source', '10.8.0.0/24'))];
  const said = declared({
    services: [
      { ...https, processes: [...https.processes] },
      { ...ssh, from: [...ssh.from] },
    ],
    managementAddresses: ['10.8.0.0/24'],
  });
  return host([input(policy, rules)], said);
}

const firewall: Example = {
  kind: 'firewall',
  kept: () => firewallOf('deny'),
  broken: () => firewallOf('accept'),
};

/** nginx for everybody, and SSH on the address of the VPN; or whatever people forget. */
function listeningOf(how: 'kept' | 'broken'): ListeningFacts {
  const socket = { protocol: 'tcp', owner: 'root' } as const;
  const web = { ...socket, address: '0.0.0.0', port: 443, programs: ['nginx'], tls: true };
  const forgotten = [
    { ...socket, address: '0.0.0.0', port: 22, programs: ['sshd'] },
    { ...socket, address: '0.0.0.0', port: 21, programs: ['vsftpd'], tls: false },
    { ...socket, address: '0.0.0.0', port: 23, programs: ['telnetd'] },
  ];
  const management = { ...socket, address: '10.8.0.1', port: 22, programs: ['sshd'] };
  const sshd = { ports: '22', protocol: 'tcp' as const, processes: ['sshd'] };
  return {
    sockets: read(how === 'kept' ? [management, web] : [...forgotten, web]),
    programs: 'all',
    publicAddresses: read({ ipv4: true, ipv6: false }),
    declared: {
      services: [{ ...https, processes: [...https.processes] }, ...(how === 'kept' ? [sshd] : [])],
      managementPorts: null,
      exposure: 'internet',
    },
  };
}

const listening: Example = {
  kind: 'listening-services',
  kept: () => listeningOf('kept'),
  broken: () => listeningOf('broken'),
};

/** Tried from outside, while something else answered. */
function triedFrom(outcome: 'silent' | 'connected'): UnreachableFacts {
  const answers = read([{ address: '198.51.100.1', outcome: 'connected' as const }]);
  const attempts = read([{ address: '203.0.113.5', outcome }]);
  const targets = (['management', 'backup'] as const).map((purpose) => {
    return { purpose, target: `${purpose}.example.nl:22`, attempts };
  });
  return { targets, controls: [{ target: '198.51.100.1:443', before: answers, after: answers }] };
}

const unreachable: Example = {
  kind: 'unreachable',
  kept: () => triedFrom('silent'),
  broken: () => triedFrom('connected'),
};

const services = [
  { service: 'ssh', port: 22, jail: 'sshd', log: '/var/log/auth.log', ports: 'ssh' },
  { service: 'mail', port: 143, jail: 'dovecot', log: '/var/log/mail.log', ports: 'imap2' },
  { service: 'ftp', port: 21, jail: 'vsftpd', log: '/var/log/vsftpd.log', ports: 'ftp' },
] as const;

/** A jail of fail2ban for each service, and Suricata; or neither. */
function guardedBy(how: 'kept' | 'broken'): BruteForceFacts {
  const jails = services.map(({ jail: name, log: path, ports }): Jail => {
    return {
      name,
      source: { kind: 'files', logs: [{ path, written: read({ on: dayBefore(0), isEmpty: false }) }] },
      ...{ bansNow: false, bansEver: true, banSeconds: 600, findSeconds: 600, attempts: 5, ignored: ['127.0.0.0/8'] },
      actions: [{ name: 'nftables-multiport', tool: 'nftables', ports, hook: read('reached') }],
    };
  });
  const suricata = {
    program: 'Suricata' as const,
    rules: read({ loaded: 40_000, failed: 0, loadedAt: daysAgo(0.5) }),
    rulesWrittenAt: read(daysAgo(1)),
    interfaces: read([{ name: 'eth0', state: 'up' as const }]),
    log: { path: '/var/log/suricata/eve.json', written: read({ on: dayBefore(0), isEmpty: false }) },
  };
  return {
    listening: read({ services: services.map(({ service, port }) => ({ service, port })), nameless: [] }),
    guards: read(how === 'kept' ? [{ program: 'fail2ban' as const, runs: true, jails: read(jails) }] : []),
    detectors: read(how === 'kept' ? [suricata] : []),
    jailServices: {},
  };
}

const bruteForce: Example = {
  kind: 'brute-force',
  kept: () => guardedBy('kept'),
  broken: () => guardedBy('broken'),
};

export const networkExamples: readonly Example[] = [bruteForce, firewall, listening, unreachable];
