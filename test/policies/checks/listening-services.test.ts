import { describe, expect, it } from 'vitest';
import { listeningServices } from '../../../policies/checks/listening-services.ts';
import type { ListeningFacts, ListeningSocket } from '../../../policies/checks/listening-services/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { worstVerdict, type Verdict } from '../../../policies/verdict.ts';

const at = new Date('2026-11-22T12:00:00Z');

function socket(place: string, values: Partial<ListeningSocket> = {}): ListeningSocket {
  const [, protocol = 'tcp', address = '', port = ''] = /^(?:(udp) )?(.*):(\d+)$/.exec(place) ?? [];
  return {
    protocol: protocol as 'tcp' | 'udp',
    address,
    port: Number(port),
    programs: ['x'],
    owner: 'root',
    ...values,
  };
}

function host(sockets: ListeningSocket[], changes: Partial<ListeningFacts> = {}): ListeningFacts {
  return {
    sockets: read(sockets),
    programs: 'all',
    publicAddresses: read({ ipv4: true, ipv6: false }),
    declared: { services: null, managementPorts: null, exposure: 'internet' },
    ...changes,
  };
}

function declared(values: Partial<ListeningFacts['declared']>): Pick<ListeningFacts, 'declared'> {
  return { declared: { services: null, managementPorts: null, exposure: 'internet', ...values } };
}

function judge(facts: ListeningFacts, parameters: unknown): { verdict: Verdict; codes: string[] } {
  const reasons = listeningServices.judge(read(facts), parameters, at);
  return { verdict: worstVerdict(reasons.map(({ verdict }) => verdict)), codes: reasons.map(({ code }) => code) };
}

describe('only the services that are needed', () => {
  const asked = { onlyServices: 'declared' };
  const web = declared({ services: [{ ports: '443', protocol: 'tcp', processes: ['nginx'] }] });
  const nginx = { programs: ['nginx'] };

  it('may listen, and what listens on loopback is nobody else’s', () => {
    const facts = host(
      [socket('0.0.0.0:443', nginx), socket(':::443', nginx), socket('127.0.0.1:9999'), socket('::1:25')],
      web,
    );
    expect(judge(facts, asked)).toEqual({ verdict: 'pass', codes: ['listening.allowed', 'listening.allowed'] });
  });

  it.each<[string, ListeningSocket]>([
    ['another port', socket('0.0.0.0:8080', nginx)],
    ['another protocol', socket('udp 0.0.0.0:443', nginx)],
    ['another program', socket('0.0.0.0:443', { programs: ['backdoor'] })],
    ['another program beside it', socket('0.0.0.0:443', { programs: ['backdoor', 'nginx'] })],
    ['the kernel in its place', socket('0.0.0.0:443', { programs: [] })],
    ['a private address as well', socket('10.0.0.1:8080', nginx)],
  ])('fails: %s', (_, one) => {
    expect(judge(host([one], web), asked).verdict).toBe('fail');
  });

  it('is unknown where nobody said which', () => {
    expect(judge(host([socket('0.0.0.0:443')]), asked).verdict).toBe('unknown');
  });

  it('is unknown where programs count and may not be seen', () => {
    const facts = host([socket('0.0.0.0:443', { programs: [] })], { programs: 'own', ...web });
    expect(judge(facts, asked)).toEqual({ verdict: 'unknown', codes: ['listening.program-unknown'] });
  });

  it('is unknown where the sockets cannot be read', () => {
    expect(judge(host([], { sockets: unreadable('denied', '/proc/net/tcp') }), asked).verdict).toBe('unknown');
  });

  it('may come from the policy, for a role', () => {
    const parameters = { onlyServices: [{ ports: '400-450' }] };
    expect(judge(host([socket('0.0.0.0:443')]), parameters).verdict).toBe('pass');
    expect(judge(host([socket('0.0.0.0:451')]), parameters).verdict).toBe('fail');
  });
});

describe('plain text', () => {
  const asked = { noPlainText: true };

  it.each<[string, ListeningSocket, Verdict]>([
    ['telnet', socket('0.0.0.0:23'), 'fail'],
    ['telnet on another port', socket('0.0.0.0:2323', { programs: ['in.telnetd'] }), 'fail'],
    ['rsync on a private address', socket('10.0.0.1:873'), 'fail'],
    ['X11', socket(':::6001'), 'fail'],
    ['VNC', socket('0.0.0.0:5901'), 'fail'],
    ['memcached over UDP', socket('udp 0.0.0.0:11211'), 'fail'],
    ['Redis', socket('0.0.0.0:6379', { tls: false }), 'fail'],
    ['Redis that nobody asked', socket('0.0.0.0:6379'), 'fail'],
    ['Redis on another port', socket('0.0.0.0:7000', { programs: ['redis-server'] }), 'fail'],
    ['Redis with TLS', socket('0.0.0.0:6379', { tls: true }), 'pass'],
    ['telnet that is said to have TLS', socket('0.0.0.0:23', { tls: true }), 'fail'],
    ['SNMP', socket('udp 0.0.0.0:161'), 'unknown'],
    ['Redis on loopback', socket('127.0.0.1:6379'), 'pass'],
    ['a web server', socket('0.0.0.0:443'), 'pass'],
  ])('%s', (_, one, verdict) => {
    expect(judge(host([one]), asked).verdict).toBe(verdict);
  });

  it('is unknown on a port of its own where programs may not be seen', () => {
    const facts = host([socket('0.0.0.0:4444', { programs: [] })], { programs: 'own' });
    expect(judge(facts, asked).verdict).toBe('unknown');
  });
});

describe('management', () => {
  const asked = { managementNotPublic: true };

  it.each<[string, ListeningFacts, Verdict]>([
    ['SSH on a public address', host([socket('203.0.113.5:22')]), 'fail'],
    ['SSH on a public address of IPv6', host([socket('2001:db8::5:22')]), 'fail'],
    ['SSH everywhere', host([socket('0.0.0.0:22')]), 'fail'],
    ['SSH on all of both families', host([socket(':::22')]), 'fail'],
    ['SSH on another port', host([socket('0.0.0.0:2200', { programs: ['sshd'] })]), 'fail'],
    ['an exporter', host([socket('0.0.0.0:9999', { programs: ['apache_exporter'] })]), 'fail'],
    ['a database', host([socket('0.0.0.0:3306')]), 'fail'],
    ['a port that agent.yaml names', host([socket('0.0.0.0:7777')], declared({ managementPorts: [7777] })), 'fail'],
    [
      'a port that agent.yaml does not name',
      host([socket('0.0.0.0:22')], declared({ managementPorts: [7777] })),
      'pass',
    ],
    ['SSH on the management network', host([socket('10.8.0.1:22')]), 'pass'],
    ['SSH on loopback', host([socket('127.0.0.1:22')]), 'pass'],
    ['a web server everywhere', host([socket('0.0.0.0:443')]), 'pass'],
    [
      'SSH everywhere on a host without a public address',
      host([socket('0.0.0.0:22')], { publicAddresses: read({ ipv4: false, ipv6: false }) }),
      'unknown',
    ],
    [
      'SSH everywhere on a host that nothing is mapped to',
      host([socket('0.0.0.0:22')], {
        publicAddresses: read({ ipv4: false, ipv6: false }),
        ...declared({ exposure: 'private' }),
      }),
      'pass',
    ],
    [
      'SSH everywhere on a host that is said to be private and has a public address',
      host([socket('0.0.0.0:22')], declared({ exposure: 'private' })),
      'fail',
    ],
    [
      'SSH everywhere on a host whose addresses cannot be read',
      host([socket('0.0.0.0:22')], { publicAddresses: unreadable('denied', '/proc/net/fib_trie') }),
      'unknown',
    ],
    [
      'SSH on IPv6 alone, with a public address',
      host([socket(':::22')], { publicAddresses: read({ ipv4: false, ipv6: true }) }),
      'fail',
    ],
  ])('%s', (_, facts, verdict) => {
    expect(judge(facts, asked).verdict).toBe(verdict);
  });
});

it('wants at least one thing asked', () => {
  expect(listeningServices.parameters.safeParse({}).success).toBe(false);
});
