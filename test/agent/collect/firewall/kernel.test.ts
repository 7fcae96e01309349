import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canMakeNamespaces, makeNetwork, type Network } from '../../../support/namespaces.ts';
import { tool } from '../../../support/tools.ts';
import { rulesets, type Ruleset } from './rulesets.ts';
import { clientAddresses, compareWithKernel, hostAddresses, ports } from './truth.ts';

const canRun = ['nft', 'iptables-nft', 'iptables-legacy', 'ip'].every((name) => tool(name)) && canMakeNamespaces();

/** What the rules say is held against what the kernel does with real connections. */
describe.skipIf(!canRun)('what is let in', () => {
  let network: Network;

  beforeAll(async () => {
    network = await makeNetwork({ hostAddresses, clientAddresses, ports });
  });
  afterAll(async () => network[Symbol.asyncDispose]());

  it.each(rulesets.map((ruleset) => [ruleset.name, ruleset] as const))('%s', async (_, ruleset) => {
    using _loaded = load(network, ruleset);
    const { wrong, unclear } = await compareWithKernel(network);
    expect(wrong).toEqual([]);
    expect(unclear).toEqual(ruleset.unclear ?? []);
  });
});

function load(network: Network, { nft, commands }: Ruleset): Disposable {
  if (nft !== undefined) network.run(['nft', '-f', '-'], nft);
  if (commands !== undefined) network.run(['sh', '-e'], commands);
  const clean = ['iptables-legacy', 'ip6tables-legacy'].flatMap((tool) => [
    `${tool} -P INPUT ACCEPT`,
    ...['filter', 'mangle', 'raw', 'nat'].flatMap((table) => [`${tool} -t ${table} -F`, `${tool} -t ${table} -X`]),
  ]);
  return {
    [Symbol.dispose]() {
      network.run(['nft', 'flush', 'ruleset']);
      network.run(['sh'], clean.join('\n'));
    },
  };
}
