import { formatAddress } from '../../networks.ts';
import { formatPorts } from '../network/services.ts';
import type { FirewallFacts } from './facts.ts';
import type { Opening } from './openings.ts';
import { anySender, type Family } from './packet.ts';
import { sizeOf, subtract, type Span, type Spans } from './spans.ts';

const maximumShown = 8;

export function familyName(family: Family): string {
  return family === 4 ? 'IPv4' : 'IPv6';
}

/** `IPv4 tcp 443`. */
export function portSubject({ family, protocol, ports }: Pick<Opening, 'family' | 'protocol' | 'ports'>): string {
  return `${familyName(family)} ${protocol} ${formatPorts(ports)}`;
}

export function interfaceNames(interfaces: readonly string[]): string {
  return shown([...interfaces]);
}

/** Networks as short as they can be written; what is nearly everybody is told by what it leaves out. */
export function senderNames(senders: Spans, family: Family): string {
  const everybody = anySender[family];
  const any = family === 4 ? '0.0.0.0/0' : '::/0';
  const missing = subtract(everybody, senders);
  if (missing.length === 0) return any;
  const names = senders.flatMap((span) => networksOf(span, family));
  const others = missing.flatMap((span) => networksOf(span, family));
  if (sizeOf(missing) < sizeOf(senders) && others.length < names.length) return `${any} - (${shown(others)})`;
  return shown(names);
}

function shown(names: readonly string[]): string {
  const rest = names.length - maximumShown;
  return rest > 0 ? `${names.slice(0, maximumShown).join(', ')}, … (+${rest})` : names.join(', ');
}

/** `10.0.0.0/8`, or `10.0.0.1-10.0.0.9` where one network does not say it. */
function networksOf({ first, last }: Span, family: Family): string[] {
  const text = (value: bigint): string => formatAddress({ family, value });
  if (first === last) return [text(first)];
  const size = last - first + 1n;
  const isNetwork = (size & (size - 1n)) === 0n && first % size === 0n;
  const prefix = (family === 4 ? 32 : 128) - (size.toString(2).length - 1);
  return [isNetwork ? `${text(first)}/${prefix}` : `${text(first)}-${text(last)}`];
}

/** Which rules are in force, and which tool made them, by the names that it gives: `iptables-legacy, nftables (ufw)`. */
export function describeRules({ nftables, legacy }: FirewallFacts): string {
  const chains = [nftables, legacy].flatMap((reading) => (reading.state === 'read' ? reading.value.chains : []));
  const backends = [...new Set(chains.map(({ backend }) => backend))].sort();
  const makers = [
    ...(chains.some(({ name }) => /^ufw6?-/.test(name)) ? ['ufw'] : []),
    ...(chains.some(({ table }) => table === 'firewalld') ? ['firewalld'] : []),
  ];
  return `${backends.join(', ')}${makers.length > 0 ? ` (${makers.join(', ')})` : ''}`;
}
