import { parsePorts, type Ports } from '../network/services.ts';
import type { Chain, Field, Rules } from './facts.ts';
import { isInterface, toSpan, type Family, type Packet, type Protocol } from './packet.ts';
import { nothing, union, type Spans } from './spans.ts';
import { isFor, Walk, type Senders } from './walk.ts';

/** Ports that are open to the same senders on the same interfaces. */
export interface Opening extends Senders {
  readonly family: Family;
  readonly protocol: Protocol;
  readonly interfaces: readonly string[];
  readonly ports: Ports;
}

/**
 * What of one family can be reached from outside: every kind of packet is followed through the rules, each by one
 * that stands for all that no rule tells apart. What nobody reaches is left out.
 * @throws TooComplexError
 */
export function openingsOf(rulesets: readonly Rules[], family: Family, interfaces: readonly string[]): Opening[] {
  const chains = rulesets.flatMap((rules) => rules.chains).filter((chain) => isOfFamily(chain, family));
  const notrack = rulesets.some((rules) => rules.notrack);
  const walk = new Walk(chains);
  const values = valuesOf(chains);
  const ports = portClasses(values.get('destination-port'));
  const sourcePorts = portClasses(values.get('source-port'));
  const destinations = destinationClasses(values.get('destination'), family);
  const openings: Opening[] = [];
  for (const alike of alikeInterfaces(interfaces, chains, values.get('interface'), family)) {
    for (const protocol of ['tcp', 'udp'] as const) {
      const found = ports.map((range): Opening => {
        const packet = { family, protocol, interface: alike[0] ?? '', destinationPort: range.first, notrack };
        const packets = sourcePorts.flatMap(({ first: sourcePort }) =>
          destinations.map((destination): Packet => ({ ...packet, sourcePort, destination })),
        );
        return { family, protocol, interfaces: alike, ports: range, ...followAll(walk, packets) };
      });
      openings.push(...joined(found).filter(({ maybe, sure }) => maybe.length > 0 || sure.length > 0));
    }
  }
  return openings;
}

function isOfFamily({ family }: Chain, wanted: Family): boolean {
  return family === 'inet' || family === 'netdev' || family === (wanted === 4 ? 'ip' : 'ip6');
}

/** A sender chooses the source port and the address of the host. */
function followAll(walk: Walk, packets: readonly Packet[]): Senders {
  let [sure, maybe]: [Spans, Spans] = [nothing, nothing];
  for (const packet of packets) {
    const senders = walk.follow(packet);
    const isOne = sure === maybe && senders.sure === senders.maybe;
    sure = union(sure, senders.sure);
    maybe = isOne ? sure : union(maybe, senders.maybe);
  }
  return { sure, maybe };
}

/** Every value that rules compare a field with. */
function valuesOf(chains: readonly Chain[]): Map<Field, Set<string>> {
  const values = new Map<Field, Set<string>>();
  for (const condition of chains.flatMap(({ rules }) => rules.flatMap(({ when }) => when))) {
    if (condition.on !== 'fields') continue;
    for (const [index, field] of condition.fields.entries()) {
      if (field === 'source') continue;
      const found = values.get(field) ?? new Set();
      for (const row of condition.any) found.add(row[index] ?? '');
      values.set(field, found);
    }
  }
  return values;
}

/** Ports that no rule tells apart, from 1 to 65535. */
function portClasses(values: ReadonlySet<string> = new Set()): Ports[] {
  const starts = new Set([1]);
  for (const { first, last } of [...values].map(parsePorts)) {
    for (const start of [first, last + 1]) if (start >= 1 && start <= 65_535) starts.add(start);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((first, index) => ({ first, last: (sorted[index + 1] ?? 65_536) - 1 }));
}

/** One address of the host for each way in which rules name them; groups and broadcast are not what a service has. */
function destinationClasses(values: ReadonlySet<string> = new Set(), family: Family): bigint[] {
  const spans = [...values].flatMap((value) => toSpan(value) ?? []).filter((span) => span.family === family);
  const unicast =
    family === 4 ? toSpan('1.0.0.0-223.255.255.255') : toSpan('::2-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
  const [low, high] = [unicast?.first ?? 0n, unicast?.last ?? 0n];
  const starts = new Set([low, ...spans.flatMap(({ first, last }) => [first, last + 1n])]);
  return [...starts].filter((start) => low <= start && start <= high);
}

/** Interfaces in groups that no rule tells apart. */
function alikeInterfaces(
  interfaces: readonly string[],
  chains: readonly Chain[],
  values: ReadonlySet<string> = new Set(),
  family: Family,
): string[][] {
  const patterns = [...values];
  const bound = chains.filter(({ base }) => base?.devices !== undefined);
  const signature = (name: string): string =>
    JSON.stringify([
      patterns.map((pattern) => isInterface(pattern, name)),
      bound.map((chain) => isFor(chain, { family, interface: name })),
    ]);
  return [...Map.groupBy(interfaces, signature).values()];
}

function joined(openings: readonly Opening[]): Opening[] {
  const result: Opening[] = [];
  for (const opening of openings) {
    const before = result.at(-1);
    if (before !== undefined && isSame(before.sure, opening.sure) && isSame(before.maybe, opening.maybe)) {
      result[result.length - 1] = { ...before, ports: { first: before.ports.first, last: opening.ports.last } };
    } else result.push(opening);
  }
  return result;
}

function isSame(a: Spans, b: Spans): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every(({ first, last }, index) => first === b[index]?.first && last === b[index].last);
}
