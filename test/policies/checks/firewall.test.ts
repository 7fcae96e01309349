import { describe, expect, it } from 'vitest';
import { firewall } from '../../../policies/checks/firewall.ts';
import type { FirewallFacts } from '../../../policies/checks/firewall/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { worstVerdict, type Verdict } from '../../../policies/verdict.ts';
import { declared, host, input, only, rule, tcp } from './firewall/facts.ts';

const at = new Date('2026-11-22T12:00:00Z');

function judge(facts: FirewallFacts, parameters: unknown): { verdict: Verdict; codes: string[] } {
  const reasons = firewall.judge(read(facts), parameters, at);
  const subjects = reasons.map(({ code, subject }) => `${code}${subject === undefined ? '' : ` (${subject})`}`);
  return { verdict: worstVerdict(reasons.map(({ verdict }) => verdict)), codes: subjects };
}

const web = [tcp('22', 'accept'), tcp('443', 'accept')];

describe('deny by default', () => {
  const asked = { defaultDeny: true };

  it('holds where what no rule lets in is dropped, for both families', () => {
    expect(judge(host([input('deny', web)]), asked)).toEqual({
      verdict: 'pass',
      codes: ['firewall.default-deny (IPv4)', 'firewall.default-deny (IPv6)'],
    });
  });

  it('holds where the last rule denies all', () => {
    expect(judge(host([input('accept', [...web, rule('deny')])]), asked).verdict).toBe('pass');
  });

  it.each<[string, FirewallFacts]>([
    ['no rules at all', host([])],
    ['an empty chain that accepts', host([input('accept', [])])],
    ['a policy that accepts, with one port denied', host([input('accept', [tcp('3306', 'deny')])])],
    ['everything accepted before it is denied', host([input('deny', [rule('accept'), rule('deny')])])],
    ['IPv6 forgotten', host([input('deny', web, 'ip')])],
    ['IPv4 forgotten', host([input('deny', web, 'ip6')])],
    ['UDP forgotten', host([input('accept', [rule('deny', only('protocol', 'tcp'))])])],
    ['rules for another interface only', host([input('accept', [rule('deny', only('interface', 'eth9'))])])],
    ['half of the world let in', host([input('deny', [rule('accept', only('source', '0.0.0.0/1'))])])],
    ['an eighth of the world let in', host([input('deny', [rule('accept', only('source', '64.0.0.0/3'))])])],
    [
      'half of the world let in, twice',
      host([input('deny', [rule('accept', only('source', '0.0.0.0/1', '128.0.0.0/1'))])]),
    ],
    ['all of IPv6 that is in use', host([input('deny', [rule('accept', only('source', '2000::/3'))])])],
    ['all ports above 1023', host([input('deny', [tcp('1024-65535', 'accept')])])],
    ['accepted at a rate', host([input('deny', [rule('accept', { on: 'chance', what: 'limit' })])])],
    ['denied at a rate', host([input('accept', [rule('deny', { on: 'chance', what: 'limit' })])])],
    ['a chain that nothing leads to', host([{ ...input('deny', []), base: null }])],
    [
      'a second interface without rules',
      host([input('accept', [rule('deny', only('interface', 'eth0'))])], {
        interfaces: read([
          { name: 'eth0', ipv6: true },
          { name: 'eth1', ipv6: false },
        ]),
      }),
    ],
  ])('fails: %s', (_, facts) => {
    expect(judge(facts, asked).verdict).toBe('fail');
  });

  it('says of a table that is switched off that its rules do nothing', () => {
    expect(judge(host([], {}, { dormant: ['inet filter'] }), asked).codes).toContain(
      'firewall.dormant (IPv4 inet filter)',
    );
  });

  it.each<[string, FirewallFacts]>([
    ['nft cannot be asked', host([], { nftables: unreadable('command-missing', 'nft') })],
    [
      'older rules cannot be read',
      host([input('deny', [])], { legacy: unreadable('denied', '/proc/net/ip_tables_names') }),
    ],
    ['interfaces cannot be read', host([input('deny', [])], { interfaces: unreadable('denied', '/sys/class/net') })],
    [
      'all depends on what is not understood',
      host([input('deny', [rule('accept', { on: 'unknown', what: 'xt geoip' })])]),
    ],
    ['a denial depends on it', host([input('accept', [rule('deny', { on: 'unknown', what: 'meta mark' })])])],
    ['another program decides', host([input('deny', [{ when: [], then: { do: 'unknown', what: 'queue' } }])])],
    ['a jump leads nowhere', host([input('deny', [{ when: [], then: { do: 'jump', to: 'gone' } }])])],
    ['chains lead in a circle', host([input('deny', [{ when: [], then: { do: 'jump', to: 'input' } }])])],
    ['every interface is trusted', host([input('deny', [])], declared({ trustedInterfaces: ['eth0'] }))],
    ['a value is not understood', host([input('deny', [rule('accept', only('source', 'office'))])])],
    ['a port is not understood', host([input('deny', [rule('accept', only('destination-port', 'http'))])])],
  ])('is unknown: %s', (_, facts) => {
    expect(judge(facts, asked).verdict).toBe('unknown');
  });

  it('names the right that is missing', () => {
    const facts = host([], { nftables: unreadable('denied', 'nft -j list ruleset') });
    expect(judge(facts, asked).codes).toEqual(['firewall.needs-net-admin']);
  });

  it('does not ask for IPv6 where no interface has it', () => {
    const facts = host([input('deny', web, 'ip')], { interfaces: read([{ name: 'eth0', ipv6: false }]) });
    expect(judge(facts, asked)).toEqual({
      verdict: 'pass',
      codes: ['firewall.default-deny (IPv4)', 'firewall.no-ipv6 (IPv6)'],
    });
  });

  it('tells of a network that everything is open to', () => {
    const facts = host([input('deny', [rule('accept', only('source', '10.0.0.0/8'))])]);
    expect(judge(facts, asked)).toMatchObject({ verdict: 'pass' });
    expect(judge(facts, asked).codes).toContain('firewall.whole-network (IPv4)');
  });

  it('leaves trusted interfaces out', () => {
    const facts = host([input('deny', [rule('accept', only('interface', 'wg0'))])], {
      interfaces: read([
        { name: 'eth0', ipv6: true },
        { name: 'wg0', ipv6: false },
      ]),
      ...declared({ trustedInterfaces: ['wg0'] }),
    });
    expect(judge(facts, asked).verdict).toBe('pass');
    expect(judge({ ...facts, ...declared({}) }, asked).verdict).toBe('fail');
  });

  it('is denied by either of two kinds of rules', () => {
    const { backend: _, ...chain } = input('deny', web, 'ip');
    const legacy = read({ chains: [{ backend: 'iptables-legacy' as const, ...chain }], dormant: [], notrack: false });
    const facts = host([input('accept', [])], { legacy, interfaces: read([{ name: 'eth0', ipv6: false }]) });
    expect(judge(facts, asked).verdict).toBe('pass');
  });

  it('gives up on rules beyond measure', () => {
    const rules = Array.from({ length: 3000 }, (_, index) => tcp(String(2 * index + 1), 'accept'));
    expect(judge(host([input('deny', rules)]), asked)).toEqual({
      verdict: 'unknown',
      codes: ['firewall.too-complex (IPv4)', 'firewall.too-complex (IPv6)'],
    });
  });
});

describe('open ports', () => {
  const chains = [input('deny', [tcp('443', 'accept'), tcp('22', 'accept', only('source', '10.8.0.0/24'))])];
  const listed = (...services: NonNullable<FirewallFacts['declared']['services']>) =>
    host(chains, declared({ services }));
  const https = { ports: '443', protocol: 'tcp' as const };
  const ssh = { ports: '22', protocol: 'tcp' as const, from: ['10.8.0.0/24'] };

  it('may be those of the list', () => {
    expect(judge(listed(https, ssh), { openPorts: 'declared' })).toEqual({
      verdict: 'pass',
      codes: [
        'firewall.port-allowed (IPv4 tcp 22)',
        'firewall.port-allowed (IPv4 tcp 443)',
        'firewall.port-allowed (IPv6 tcp 443)',
      ],
    });
  });

  it('may be those of the policy', () => {
    const openPorts = [{ ports: 443 }, { ports: '20-30', from: ['10.0.0.0/8'] }];
    expect(judge(host(chains), { openPorts }).verdict).toBe('pass');
  });

  it.each([
    ['a port that is not listed', [ssh], 'firewall.port-open (IPv4 tcp 443)'],
    ['a port that is listed for fewer', [https, { ...ssh, from: ['10.8.0.0/25'] }], 'firewall.port-open (IPv4 tcp 22)'],
    [
      'a port that is listed for another protocol',
      [{ ...https, protocol: 'udp' as const }, ssh],
      'firewall.port-open (IPv6 tcp 443)',
    ],
    ['nothing listed', [], 'firewall.port-open (IPv4 tcp 443)'],
  ])('fails: %s', (_, services, code) => {
    const { verdict, codes } = judge(listed(...services), { openPorts: 'declared' });
    expect(verdict).toBe('fail');
    expect(codes).toContain(code);
  });

  it('are unknown where nobody said which may be', () => {
    expect(judge(host(chains), { openPorts: 'declared' }).verdict).toBe('unknown');
  });

  it('are unknown where they are sent elsewhere, and not listed', () => {
    const nat = input(
      'accept',
      [{ when: [only('protocol', 'tcp'), only('destination-port', '3306')], then: { do: 'elsewhere' } }],
      'ip',
    );
    const facts = {
      ...listed(https, ssh),
      nftables: read({
        chains: [
          ...chains,
          {
            ...nat,
            table: 'nat',
            name: 'pre',
            base: { hook: 'prerouting' as const, priority: -100, policy: 'accept' as const },
          },
        ],
        dormant: [],
        notrack: false,
      }),
    };
    expect(judge(facts, { openPorts: 'declared' }).codes).toContain('firewall.port-unclear (IPv4 tcp 3306)');
    expect(judge(facts, { openPorts: 'declared' }).verdict).toBe('unknown');
  });

  it('are none where nothing is let in', () => {
    const facts = host([input('deny', [])], declared({ services: [https] }));
    expect(judge(facts, { openPorts: 'declared' }).codes).toEqual([
      'firewall.nothing-open (IPv4)',
      'firewall.nothing-open (IPv6)',
    ]);
  });
});

describe('management', () => {
  const asked = { managementFrom: 'declared' };
  const vpn = declared({ managementAddresses: ['10.8.0.0/24'] });
  const from = (...networks: string[]) =>
    host([input('deny', [tcp('443', 'accept'), tcp('22', 'accept', only('source', ...networks))])], vpn);

  it('is open to its networks only', () => {
    expect(judge(from('10.8.0.0/25'), asked)).toEqual({
      verdict: 'pass',
      codes: ['firewall.management-limited (IPv4 tcp 22)', 'firewall.management-closed (IPv6)'],
    });
  });

  it.each([
    ['open to all', host([input('deny', [tcp('22', 'accept')])], vpn)],
    ['open to more', from('10.8.0.0/16')],
    ['open to one more', from('10.8.0.0/24', '192.0.2.7')],
    ['open over IPv6', from('10.8.0.0/24', '2001:db8::/64')],
    ['among a range of ports', host([input('deny', [tcp('1-1023', 'accept')])], vpn)],
    ['a database', host([input('deny', [tcp('3306', 'accept')])], vpn)],
    [
      'kept from one network only',
      host([input('deny', [tcp('22', 'deny', only('source', '198.51.100.0/24')), tcp('22', 'accept')])], vpn),
    ],
  ])('fails: %s', (_, facts) => {
    expect(judge(facts, asked).verdict).toBe('fail');
  });

  it('is unknown where nobody said from where', () => {
    expect(judge(host([input('deny', web)]), asked).verdict).toBe('unknown');
  });

  it('has the ports that agent.yaml gives in place of those that are known', () => {
    const facts = host(
      [input('deny', web)],
      declared({ managementAddresses: ['10.8.0.0/24'], managementPorts: [2200] }),
    );
    expect(judge(facts, asked).verdict).toBe('pass');
  });
});

it('wants at least one thing asked', () => {
  expect(firewall.parameters.safeParse({}).success).toBe(false);
  expect(firewall.parameters.safeParse({ openPorts: [{ ports: '90-80' }] }).success).toBe(false);
  expect(firewall.parameters.safeParse({ managementFrom: ['10.8.0.1/24'] }).success).toBe(false);
});
