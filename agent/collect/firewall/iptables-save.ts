import type { Chain, Rules } from '../../../policies/checks/firewall/facts.ts';
import { translateIptablesRule, type TranslatedIptablesRule } from './iptables-rule.ts';

/** Where the built-in chains are hooked: priorities of linux/netfilter_ipv4.h. Chains for other ways are left out. */
const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };
const hooks: Readonly<Record<string, 'prerouting' | 'input'>> = { PREROUTING: 'prerouting', INPUT: 'input' };

type Backend = Chain['backend'];

interface Table {
  readonly name: string;
  readonly chains: Map<string, { policy: string; rules: string[][] }>;
}

/** The output of iptables-save; undefined where a line of it is not understood. */
export function parseIptablesSave(output: string, backend: Backend, family: 'ip' | 'ip6'): Rules | undefined {
  const tables = tablesOf(output);
  if (tables === undefined) return undefined;
  const chains: Chain[] = [];
  let notrack = false;
  for (const table of tables) {
    const names = new Set(table.chains.keys());
    for (const [name, { policy, rules }] of table.chains) {
      const translated = rules.map((tokens) => translateIptablesRule(tokens, names));
      notrack ||= translated.some((one) => one.notrack);
      const base = baseOf(table.name, name, policy);
      if (base === undefined) continue;
      const kept = translated.flatMap(({ rule }) => (rule === null ? [] : [rule]));
      chains.push({ backend, family, table: table.name, name, base, rules: kept });
    }
  }
  return { chains, dormant: [], notrack };
}

/** @returns undefined for a chain that incoming packets do not come through */
function baseOf(table: string, name: string, policy: string): Chain['base'] | undefined {
  if (policy === '-') return null;
  const hook = hooks[name];
  const priority = priorities[table];
  if (hook === undefined || priority === undefined) return undefined;
  return { hook, priority, policy: policy === 'DROP' ? 'deny' : 'accept' };
}

function tablesOf(output: string): Table[] | undefined {
  const tables: Table[] = [];
  let isOpen = false;
  for (const line of output.split('\n')) {
    const table = tables.at(-1);
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('*')) {
      tables.push({ name: line.slice(1), chains: new Map() });
      isOpen = true;
    } else if (!isOpen || table === undefined) return undefined;
    else if (line === 'COMMIT') isOpen = false;
    else if (line.startsWith(':')) {
      const [name = '', policy = ''] = line.slice(1).split(' ');
      table.chains.set(name, { policy, rules: [] });
    } else {
      const [command, chain = '', ...rest] = tokensOf(line.replace(/^\[\d+:\d+\] /, ''));
      const rules = table.chains.get(chain)?.rules;
      if (command !== '-A' || rules === undefined) return undefined;
      rules.push(rest);
    }
  }
  return isOpen ? undefined : tables;
}

/** Words apart by spaces; iptables-save quotes with `"` and escapes `"`, `\` and `'` by a backslash. */
export function tokensOf(line: string): string[] {
  const found = line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...found].map(([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
}

/** All rules of one chain as they stand in the output, those without effect (null) as well: to find one by its place. */
export function rulesByPlace(output: string): Map<string, Map<string, readonly TranslatedIptablesRule[]>> | undefined {
  const tables = tablesOf(output);
  return (
    tables &&
    new Map(
      tables.map(({ name, chains }) => [
        name,
        new Map(
          [...chains].map(([chain, { rules }]) => [
            chain,
            rules.map((tokens) => translateIptablesRule(tokens, new Set(chains.keys()))),
          ]),
        ),
      ]),
    )
  );
}
