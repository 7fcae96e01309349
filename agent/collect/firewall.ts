import { z } from 'zod';
import { firewall, FirewallParameters } from '../../policies/checks/firewall.ts';
import type { Chain, FirewallFacts, Rules } from '../../policies/checks/firewall/facts.ts';
import { read, type Reading } from '../../policies/reading.ts';
import { defineCollector } from './collector.ts';
import { readInterfaces } from './firewall/interfaces.ts';
import { readLegacy } from './firewall/legacy.ts';
import { readNftables } from './firewall/nft.ts';
import { withoutVisitors } from './firewall/visitors.ts';
import { networkSettings } from './network-settings.ts';

/** Reads the rules for incoming packets that the kernel holds, whatever tool made them. */
export const firewallCollector = defineCollector({
  kind: firewall.name,
  settings: z.object(networkSettings),
  parameters: FirewallParameters,
  async collect(context, settings): Promise<FirewallFacts> {
    const [nftables, legacy, interfaces] = await Promise.all([
      readNftables(context),
      readLegacy(context),
      readInterfaces(context.host),
    ]);
    const { services, managementAddresses, managementPorts, trustedInterfaces } = settings;
    return {
      nftables: tidied(nftables),
      legacy: tidied(legacy),
      interfaces,
      declared: {
        services: services ?? null,
        managementAddresses: managementAddresses ?? null,
        managementPorts: managementPorts ?? null,
        trustedInterfaces,
      },
    };
  },
});

/** Chains that packets can come to, in an order of their own, without whom they ban. */
function tidied(rules: Reading<Rules>): Reading<Rules> {
  if (rules.state === 'unreadable') return rules;
  const byKey = new Map(rules.value.chains.map((chain) => [keyOf(chain, chain.name), chain]));
  const reached = new Set<string>();
  const visit = (chain: Chain | undefined): void => {
    if (chain === undefined || reached.has(keyOf(chain, chain.name))) return;
    reached.add(keyOf(chain, chain.name));
    for (const { then } of chain.rules) {
      if (then.do === 'jump' || then.do === 'goto') visit(byKey.get(keyOf(chain, then.to)));
    }
  };
  for (const chain of byKey.values()) if (chain.base !== null) visit(chain);
  const kept = [...byKey].filter(([key]) => reached.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return read({ ...rules.value, chains: withoutVisitors(kept.map(([, chain]) => chain)) });
}

function keyOf({ backend, family, table }: Chain, name: string): string {
  return JSON.stringify([backend, family, table, name]);
}
