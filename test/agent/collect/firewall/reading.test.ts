import { describe, expect, it } from 'vitest';
import { firewallCollector } from '../../../../agent/collect/firewall.ts';
import { parseIptablesSave } from '../../../../agent/collect/firewall/iptables-save.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { firewall } from '../../../../policies/checks/firewall.ts';
import type { FirewallFacts, Rule } from '../../../../policies/checks/firewall/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { worstVerdict } from '../../../../policies/verdict.ts';
import { collecting } from '../../../support/collecting.ts';

const files = {
  '/proc/net/dev': 'Inter-|   Receive\n face |bytes\n    lo: 0 0\n  eth0: 0 0\n veth1: 0 0\n',
  '/sys/class/net/veth1/master/ifindex': '3\n',
};
const ruleset = 'nft -j -s list ruleset';

/** `nft -j` as 1.0.6 prints it, of one base chain on input that denies. */
function nft(...expressions: unknown[]): string {
  const chain = {
    family: 'ip',
    table: 'filter',
    name: 'INPUT',
    handle: 1,
    type: 'filter',
    hook: 'input',
    prio: 0,
    policy: 'drop',
  };
  const rules = expressions.map((expr) => ({
    rule: { family: 'ip', table: 'filter', chain: 'INPUT', handle: 2, expr },
  }));
  return JSON.stringify({
    nftables: [{ metainfo: {} }, { table: { family: 'ip', name: 'filter', handle: 1 } }, { chain }, ...rules],
  });
}

async function collect(recording: Recording): Promise<FirewallFacts> {
  const host = new RecordedHost({ ...recording, files: { ...files, ...recording.files } });
  return (await firewallCollector.collect(collecting(host), {}, [])) as FirewallFacts;
}

function verdictOf(facts: FirewallFacts): string {
  return worstVerdict(firewall.judge(read(facts), { defaultDeny: true }, new Date()).map(({ verdict }) => verdict));
}

describe('the kernel’s rules', () => {
  it('are judged as they were recorded, members of bridges apart', async () => {
    const facts = await collect({ commands: { [ruleset]: { stdout: nft([{ accept: null }]) } } });
    expect(facts.interfaces).toEqual(read([{ name: 'eth0', ipv6: false }]));
    expect(verdictOf(facts)).toBe('fail');
    expect(verdictOf(await collect({ commands: { [ruleset]: { stdout: nft() } } }))).toBe('pass');
  });

  it.each<[string, Recording]>([
    ['nft is not installed', {}],
    [
      'they may not be read',
      { commands: { [ruleset]: { exitCode: 1, stderr: 'Operation not permitted (you must be root)' } } },
    ],
    ['nft fails', { commands: { [ruleset]: { exitCode: 1, stderr: 'netlink: Error' } } }],
    ['the answer is cut off', { commands: { [ruleset]: { stdout: nft().slice(0, -3) } } }],
    [
      'the answer is of another form',
      { commands: { [ruleset]: { stdout: '{"nftables":[{"rule":{"family":"ip"}}]}' } } },
    ],
    [
      'older rules may not be read',
      { commands: { [ruleset]: { stdout: nft() } }, files: { '/proc/net/ip_tables_names': 'filter\n' } },
    ],
    [
      'nothing says which interfaces there are',
      { commands: { [ruleset]: { stdout: nft() } }, files: { '/proc/net/dev': 'x\n' } },
    ],
    [
      'an extension is not told by its own tool',
      { commands: { [ruleset]: { stdout: nft([{ xt: { type: 'match', name: 'geoip' } }, { accept: null }]) } } },
    ],
    ['a statement is new', { commands: { [ruleset]: { stdout: nft([{ teleport: { to: 'x' } }]) } } }],
    [
      'a set is not there',
      {
        commands: {
          [ruleset]: {
            stdout: nft([
              { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '@gone' } },
              { accept: null },
            ]),
          },
        },
      },
    ],
    [
      'a map is not there',
      { commands: { [ruleset]: { stdout: nft([{ vmap: { key: { meta: { key: 'l4proto' } }, data: '@gone' } }]) } } },
    ],
    [
      'an expression is new',
      {
        commands: {
          [ruleset]: { stdout: nft([{ match: { op: '==', left: { aura: {} }, right: 1 } }, { accept: null }]) },
        },
      },
    ],
    [
      'tables have flags that cannot be read',
      {
        commands: {
          [ruleset]: {
            stdout: JSON.stringify({ nftables: [{ table: { family: 'ip', name: 'filter', flags: 'filter' } }] }),
          },
        },
      },
    ],
  ])('are unknown where %s', async (_, recording) => {
    expect(verdictOf(await collect(recording))).toBe('unknown');
  });

  it('are told by iptables where they are its extensions, and only if both count the same rules', async () => {
    const commands = { [ruleset]: { stdout: nft([{ xt: { type: 'match', name: 'multiport' } }, { accept: null }]) } };
    const saved = (...rules: string[]) => ({
      stdout: ['*filter', ':INPUT DROP [0:0]', ...rules, 'COMMIT', ''].join('\n'),
    });
    const one = '-A INPUT -p tcp -m multiport --dports 25,80 -j ACCEPT';
    const told = await collect({ commands: { ...commands, 'iptables-nft-save': saved(one) } });
    expect(verdictOf(told)).toBe('pass');
    expect(JSON.stringify(told.nftables)).toContain('"destination-port"');
    const other = await collect({ commands: { ...commands, 'iptables-nft-save': saved(one, one) } });
    expect(verdictOf(other)).toBe('unknown');
  });
});

describe('a line of iptables-save', () => {
  function ruleOf(line: string): Rule | undefined {
    const output = `*filter\n:INPUT DROP [0:0]\n:OWN - [0:0]\n-A INPUT ${line}\nCOMMIT\n`;
    const rules = parseIptablesSave(output, 'iptables-legacy', 'ip');
    return rules?.chains.find(({ name }) => name === 'INPUT')?.rules[0];
  }

  it.each([
    ['-j', '-m comment --comment -j -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['an option', '-m comment --comment "--dport 1" -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['a quote', '-m comment --comment "say \\"-j DROP\\"" -p tcp -m tcp --dport 22 -j ACCEPT'],
  ])('may have a comment that looks like %s', (_, line) => {
    expect(ruleOf(line)).toEqual({
      when: [
        { on: 'fields', fields: ['protocol'], any: [['tcp']] },
        { on: 'fields', fields: ['destination-port'], any: [['22']] },
      ],
      then: { do: 'accept' },
    });
  });

  it.each([
    ['a match that is not known', '-m geoip --source-country NL -j ACCEPT'],
    ['an option that is not known', '-p tcp -m tcp --frequency 5 -j ACCEPT'],
    ['a set of ipset', '-m set --match-set office src -j ACCEPT'],
    ['a target that is not known', '-j NFQUEUE --queue-num 1'],
    ['ports of either side', '-p tcp -m multiport --ports 22 -j ACCEPT'],
  ])('leaves %s unknown', (_, line) => {
    expect(JSON.stringify(ruleOf(line))).toMatch(/"on":"unknown"|"do":"unknown"/);
  });

  it('of a table that does not end is not understood', () => {
    expect(parseIptablesSave('*filter\n:INPUT DROP [0:0]\n', 'iptables-legacy', 'ip')).toBeUndefined();
    expect(
      parseIptablesSave('*filter\n:INPUT DROP [0:0]\n-X INPUT\nCOMMIT\n', 'iptables-legacy', 'ip'),
    ).toBeUndefined();
  });
});
