import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firewallCollector } from '../../../../agent/collect/firewall.ts';
import type { FirewallFacts } from '../../../../policies/checks/firewall/facts.ts';
import { collecting } from '../../../support/collecting.ts';
import { canMakeNamespaces, makeNetwork, type Network } from '../../../support/namespaces.ts';
import type { Attempt } from '../../../support/namespaces/peer.ts';
import { tool } from '../../../support/tools.ts';
import { rulesets, type Ruleset } from './rulesets.ts';
import { attempts, clientAddresses, hostAddresses, ports, predict } from './truth.ts';

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
    const facts = (await firewallCollector.collect(collecting(network.host), {}, [])) as FirewallFacts;
    const answered = await network.attempt(attempts);
    const predicted = predict(facts);
    const lines = attempts.map(({ protocol, source, port }, index) => ({
      attempt: `${protocol} ${port} from ${source}`,
      port,
      predicted: predicted[index],
      found: attempts.some((other, at) => isSameSender(other, attempts[index]) && answered[at]) ? 'open' : 'closed',
    }));
    const wrong = lines.filter(({ predicted, found }) => predicted !== 'unclear' && predicted !== found);
    expect(wrong).toEqual([]);
    const unclear = new Set(lines.filter(({ predicted }) => predicted === 'unclear').map(({ port }) => port));
    expect([...unclear].sort((a, b) => a - b)).toEqual(ruleset.unclear ?? []);
  });
});

function isSameSender(one: Attempt, other: Attempt | undefined): boolean {
  return one.protocol === other?.protocol && one.source === other.source && one.port === other.port;
}

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
