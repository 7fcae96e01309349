import type { Reason } from '../../reasons.ts';
import { privateNetworks } from '../network/reach.ts';
import type { FirewallFacts } from './facts.ts';
import type { Opening } from './openings.ts';
import { anySender, toSpan, type Family } from './packet.ts';
import { because } from './reasons.ts';
import { intersect, sizeOf, subtract, toSpans, type Spans } from './spans.ts';
import { unknownsIn } from './walk.ts';
import { describeRules, familyName, interfaceNames, senderNames } from './words.ts';

/** Facts of one family, and what follows from them. */
export interface Found {
  readonly facts: FirewallFacts;
  readonly family: Family;
  readonly openings: readonly Opening[];
}

/** A default is what happens to most: to more than half of the ports, for more than a part of the world. */
const most = 65_535 / 2;

/** Addresses that packets from the Internet can have: all but those for use at home (RFC 1918, RFC 6598), and 2000::/3 (RFC 4291 2.4). */
const world: Readonly<Record<Family, Spans>> = {
  4: subtract(anySender[4], toSpans(privateNetworks.filter(({ family }) => family === 4))),
  6: toSpans(['2000::/3'].flatMap((text) => toSpan(text) ?? [])),
};

/** More of the world than one network has: 1 in 256, as a /8 is of IPv4. */
function isBroad(senders: Spans, family: Family): boolean {
  return sizeOf(intersect(senders, world[family])) * 256n > sizeOf(world[family]);
}

/** Whether what no rule lets in is denied. */
export function judgeDefault({ facts, family, openings }: Found): Reason[] {
  const subject = familyName(family);
  const groups = Map.groupBy(openings, ({ protocol, interfaces }) => `${protocol} ${interfaces.join()}`);
  const reasons = [...groups.values()].flatMap((group) => judgeGroup(facts, family, group));
  if (reasons.some(({ verdict }) => verdict === 'fail')) return [...explainNothing(facts, family), ...reasons];
  if (reasons.some(({ verdict }) => verdict === 'unknown')) return reasons;
  return [because('firewall.default-deny', { by: describeRules(facts) }, subject), ...reasons];
}

/** What one protocol does on one group of interfaces. */
function judgeGroup(facts: FirewallFacts, family: Family, group: readonly Opening[]): Reason[] {
  const [first] = group;
  if (first === undefined) return [];
  const subject = familyName(family);
  const where = { protocol: first.protocol, interface: interfaceNames(first.interfaces) };
  const broad = group.filter(({ sure }) => isBroad(sure, family));
  const named = (openings: readonly Opening[]) => ({
    open: portCount(openings),
    senders: senderNames(widest(openings), family),
  });
  if (portCount(broad) > most) return [because('firewall.default-accept', { ...where, ...named(broad) }, subject)];
  if (portCount(group.filter(({ maybe }) => isBroad(maybe, family))) > most) {
    return [because('firewall.default-unclear', { ...where, what: unknownsOf(facts) }, subject)];
  }
  const narrow = group.filter(({ sure }) => sure.length > 0);
  return portCount(narrow) > most ? [because('firewall.whole-network', { ...where, ...named(narrow) }, subject)] : [];
}

function portCount(openings: readonly Opening[]): number {
  return openings.reduce((sum, { ports: { first, last } }) => sum + last - first + 1, 0);
}

/** The senders of the longest range of ports. */
function widest(openings: readonly Opening[]): Spans {
  const [longest] = [...openings].sort((a, b) => b.ports.last - b.ports.first - (a.ports.last - a.ports.first));
  return longest?.sure ?? [];
}

/** Why nothing is denied, where the rules show it at a glance. */
function explainNothing({ nftables, legacy }: FirewallFacts, family: Family): Reason[] {
  const rules = [nftables, legacy].flatMap((reading) => (reading.state === 'read' ? [reading.value] : []));
  const other = family === 4 ? 'ip6' : 'ip';
  const denies = rules.some(({ chains }) =>
    chains.some(
      (chain) =>
        chain.family !== other &&
        (chain.base?.policy === 'deny' || chain.rules.some(({ then }) => then.do !== 'accept')),
    ),
  );
  const dormant = rules.flatMap((one) => one.dormant).filter((table) => !table.startsWith(`${other} `));
  return [
    ...(denies ? [] : [because('firewall.no-rules', {}, familyName(family))]),
    ...dormant.map((table) => because('firewall.dormant', {}, `${familyName(family)} ${table}`)),
  ];
}

/** In words, for a reason. */
export function unknownsOf({ nftables, legacy }: FirewallFacts): string {
  const chains = [nftables, legacy].flatMap((reading) => (reading.state === 'read' ? reading.value.chains : []));
  const found = unknownsIn(chains);
  return found.length > 5 ? `${found.slice(0, 5).join(', ')}, …` : found.join(', ');
}
