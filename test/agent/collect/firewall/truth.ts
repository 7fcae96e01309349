import { firewallCollector } from '../../../../agent/collect/firewall.ts';
import { openingsOf } from '../../../../policies/checks/firewall/openings.ts';
import type { FirewallFacts } from '../../../../policies/checks/firewall/facts.ts';
import { parseAddress } from '../../../../policies/networks.ts';
import { collecting } from '../../../support/collecting.ts';
import type { Network } from '../../../support/namespaces.ts';
import type { Attempt } from '../../../support/namespaces/peer.ts';

export const hostAddresses = ['192.0.2.1/24', '10.8.0.1/24', '2001:db8::1/64', 'fd00:8::1/64'];
export const clientAddresses = ['192.0.2.2/24', '192.0.2.3/24', '10.8.0.2/24', '2001:db8::2/64', 'fd00:8::2/64'];
export const ports = [22, 25, 80, 443, 3306, 8080, 30_005, 60_000];

/** From every address of the client to every port of the host, with TCP and UDP. */
export const attempts: readonly Attempt[] = (['tcp', 'udp'] as const).flatMap((protocol) =>
  [
    // A sender chooses which address of the host it sends to.
    ['192.0.2.2', '192.0.2.1'],
    ['192.0.2.2', '10.8.0.1'],
    ['192.0.2.3', '192.0.2.1'],
    ['192.0.2.3', '10.8.0.1'],
    ['10.8.0.2', '10.8.0.1'],
    ['10.8.0.2', '192.0.2.1'],
    ['2001:db8::2', '2001:db8::1'],
    ['fd00:8::2', 'fd00:8::1'],
  ].flatMap(([source = '', destination = '']) =>
    ports.map((port): Attempt => ({ protocol, source, destination, port })),
  ),
);

/** What follows from facts for each attempt. */
function predict(facts: FirewallFacts): ('open' | 'unclear' | 'closed')[] {
  const { nftables, legacy, interfaces } = facts;
  if (nftables.state === 'unreadable' || legacy.state === 'unreadable' || interfaces.state === 'unreadable') {
    throw new Error(`the rules could not be read: ${JSON.stringify(facts).slice(0, 500)}`);
  }
  const rules = [nftables.value, legacy.value];
  const names = interfaces.value.map(({ name }) => name);
  const openings = ([4, 6] as const).flatMap((family) => openingsOf(rules, family, names));
  return attempts.map(({ protocol, source, port }) => {
    const sender = parseAddress(source);
    const on = openings.filter(
      (one) =>
        one.family === sender?.family && one.protocol === protocol && one.ports.first <= port && port <= one.ports.last,
    );
    const isAmong = (which: 'sure' | 'maybe'): boolean =>
      on.some((one) =>
        one[which].some(({ first, last }) => sender !== undefined && first <= sender.value && sender.value <= last),
      );
    return isAmong('sure') ? 'open' : isAmong('maybe') ? 'unclear' : 'closed';
  });
}

/** What the rules were said to let in, against what the kernel does. */
export interface Compared {
  /** Attempts that came out otherwise than was said. */
  readonly wrong: readonly unknown[];
  /** Ports of which it was not said for some sender. */
  readonly unclear: readonly number[];
  /** Attempts that got through, as `tcp 22 from 10.8.0.2`. */
  readonly open: readonly string[];
}

export async function compareWithKernel(network: Network): Promise<Compared> {
  const facts = (await firewallCollector.collect(collecting(network.host), {}, [])) as FirewallFacts;
  const answered = await network.attempt(attempts);
  const predicted = predict(facts);
  const lines = attempts.map(({ protocol, source, port }, index) => ({
    attempt: `${protocol} ${port} from ${source}`,
    port,
    predicted: predicted[index],
    found: attempts.some((other, at) => isSameSender(other, attempts[index]) && answered[at]) ? 'open' : 'closed',
  }));
  const unclear = lines.filter((line) => line.predicted === 'unclear').map(({ port }) => port);
  return {
    wrong: lines.filter((line) => line.predicted !== 'unclear' && line.predicted !== line.found),
    unclear: [...new Set(unclear)].sort((a, b) => a - b),
    open: [...new Set(lines.filter(({ found }) => found === 'open').map(({ attempt }) => attempt))],
  };
}

function isSameSender(one: Attempt, other: Attempt | undefined): boolean {
  return one.protocol === other?.protocol && one.source === other.source && one.port === other.port;
}
