import type { Chain, Condition, FirewallFacts, Rule, Rules } from '../../../../policies/checks/firewall/facts.ts';
import { read } from '../../../../policies/reading.ts';

type Then = 'accept' | 'deny';

export function only(field: 'source' | 'destination-port' | 'protocol' | 'interface', ...values: string[]): Condition {
  return { on: 'fields', fields: [field], any: values.map((value) => [value]) };
}

/** A rule for TCP. */
export function tcp(port: string, then: Then, ...more: Condition[]): Rule {
  return { when: [only('protocol', 'tcp'), only('destination-port', port), ...more], then: { do: then } };
}

export function rule(then: Then, ...when: Condition[]): Rule {
  return { when, then: { do: then } };
}

/** A base chain on input of nftables, of both families unless said. */
export function input(policy: Then, rules: Rule[], family: Chain['family'] = 'inet'): Chain {
  const base = { hook: 'input', priority: 0, policy } as const;
  return { backend: 'nftables', family, table: 'filter', name: 'input', base, rules };
}

/** A host with eth0, with addresses of both families. */
export function host(chains: Chain[], changes: Partial<FirewallFacts> = {}, rules: Partial<Rules> = {}): FirewallFacts {
  return {
    nftables: read({ chains, dormant: [], notrack: false, ...rules }),
    legacy: read({ chains: [], dormant: [], notrack: false }),
    interfaces: read([{ name: 'eth0', ipv6: true }]),
    declared: { services: null, managementAddresses: null, managementPorts: null, trustedInterfaces: [] },
    ...changes,
  };
}

export function declared(values: Partial<FirewallFacts['declared']>): Pick<FirewallFacts, 'declared'> {
  const none = { services: null, managementAddresses: null, managementPorts: null, trustedInterfaces: [] };
  return { declared: { ...none, ...values } };
}
