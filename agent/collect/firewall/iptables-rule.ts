import type { Action, Condition, Field, Rule } from '../../../policies/checks/firewall/facts.ts';
import { compareFlags, senderListed } from './conditions.ts';

/** Null for a rule that only counts, logs or marks. */
export interface TranslatedIptablesRule {
  readonly rule: Rule | null;
  readonly notrack: boolean;
}

/** Targets after which a packet goes on as it was (iptables-extensions(8)); marks are not followed. */
const idleTargets: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'AUDIT',
  'MARK',
  'CONNMARK',
  'CLASSIFY',
  'TCPMSS',
  'TCPOPTSTRIP',
  'SET',
  'DSCP',
  'TOS',
  'TTL',
  'HL',
  'CHECKSUM',
  'SECMARK',
  'CONNSECMARK',
  'TRACE',
  'IDLETIMER',
  'RATEEST',
  'LED',
  'ACCOUNT',
  'TEE',
]);

/** Matches that hold at times, or as a sender likes, with all of their options. */
const chanceMatches: ReadonlySet<string> = new Set([
  'limit',
  'hashlimit',
  'connlimit',
  'statistic',
  'time',
  'quota',
  'length',
  'ttl',
  'hl',
  'dscp',
  'tos',
  'ecn',
  'tcpmss',
  'rpfilter',
  'rt',
  'frag',
  'hbh',
  'dst',
  'mh',
  'ipv6header',
  'ipv4options',
  'u32',
  'string',
  'connbytes',
]);

/** Matches with options that say nothing of who gets in. */
const idleMatches: ReadonlySet<string> = new Set(['comment']);

/** Matches whose options are read one by one. */
const readMatches: ReadonlySet<string> = new Set([
  'tcp',
  'udp',
  'multiport',
  'conntrack',
  'state',
  'addrtype',
  'iprange',
  'pkttype',
  'set',
  'icmp',
  'icmp6',
  'icmpv6',
]);

interface Option {
  readonly name: string;
  readonly not: boolean;
  readonly values: readonly string[];
}

/**
 * A rule as iptables-save(8) writes it, after `-A CHAIN`.
 * @param tokens split at spaces, quotes undone
 * @param chains the table's own chains, which a rule may jump to
 */
export function translateIptablesRule(tokens: readonly string[], chains: ReadonlySet<string>): TranslatedIptablesRule {
  const when: Condition[] = [];
  let match = '';
  for (const { name, not, values } of optionsOf(tokens)) {
    const [value = ''] = values;
    if (name === '-j' || name === '-g') return finish(when, name, value, tokens, chains);
    if (name === '-m') {
      match = value;
      // To write a sender down holds for every one.
      if (match === 'recent' && tokens.includes('--set')) continue;
      if (chanceMatches.has(match)) when.push({ on: 'chance', what: match });
      else if (!idleMatches.has(match) && !readMatches.has(match))
        when.push({ on: 'unknown', what: match.slice(0, 100) });
      continue;
    }
    if (match !== '' && !readMatches.has(match) && !isGeneral(name)) continue;
    when.push(...conditionsOf(name, not, values));
  }
  return { rule: null, notrack: false };
}

function isGeneral(name: string): boolean {
  return ['-s', '-d', '-i', '-p', '-f'].includes(name);
}

function finish(
  when: Condition[],
  how: string,
  target: string,
  tokens: readonly string[],
  chains: ReadonlySet<string>,
): TranslatedIptablesRule {
  const to = (then: Action): TranslatedIptablesRule => ({ rule: { when, then }, notrack: false });
  if (how === '-g') return to({ do: 'goto', to: target });
  if (chains.has(target)) return to({ do: 'jump', to: target });
  switch (target) {
    case 'ACCEPT':
      return to({ do: 'accept' });
    case 'DROP':
    case 'REJECT':
      return to({ do: 'deny' });
    case 'RETURN':
      return to({ do: 'return' });
    case 'DNAT':
    case 'REDIRECT':
    case 'NETMAP':
    case 'TPROXY':
      return to({ do: 'elsewhere' });
    case 'NOTRACK':
      return { rule: null, notrack: true };
    case 'CT':
      return { rule: null, notrack: tokens.includes('--notrack') };
    default:
      return idleTargets.has(target)
        ? { rule: null, notrack: false }
        : to({ do: 'unknown', what: target.slice(0, 100) });
  }
}

function* optionsOf(tokens: readonly string[]): Generator<Option> {
  for (let index = 0; index < tokens.length;) {
    const not = tokens[index] === '!';
    if (not) index++;
    const name = tokens[index++] ?? '';
    const values: string[] = [];
    // A comment is one word, and may look like an option.
    if (name === '--comment') index++;
    while (index < tokens.length && tokens[index] !== '!' && !/^-[-a-z]/i.test(tokens[index] ?? '')) {
      values.push(tokens[index++] ?? '');
    }
    yield { name, not, values };
  }
}

function conditionsOf(name: string, not: boolean, values: readonly string[]): Condition[] {
  const [value = '', second = ''] = values;
  const list = value.split(',');
  const compare = (field: Field, any: readonly string[]): Condition[] => [
    { on: 'fields', fields: [field], ...(not ? { not: true as const } : {}), any: any.map((one) => [one]) },
  ];
  switch (name) {
    case '-s':
      return compare('source', [value]);
    case '-d':
      return compare('destination', [value]);
    case '-i':
      return compare('interface', [value.replace(/\+$/, '*')]);
    case '-p':
      return value === 'all' ? [] : compare('protocol', [protocolNames[value] ?? value]);
    case '-f':
      return [{ on: 'chance', what: 'fragment' }];
    case '--dport':
    case '--dports':
      return compare('destination-port', list.map(portRange));
    case '--sport':
    case '--sports':
      return compare('source-port', list.map(portRange));
    case '--tcp-flags':
      return [compareFlags(flagRow(value, second), not)];
    case '--tcp-option':
      return [{ on: 'chance', what: 'tcp option' }];
    case '--ctstate':
    case '--state':
      return compare(
        'state',
        list.map((state) => state.toLowerCase()),
      );
    case '--dst-type':
      return compare(
        'destination-type',
        list.map((type) => type.toLowerCase()),
      );
    case '--src-range':
      return compare('source', [value]);
    case '--dst-range':
      return compare('destination', [value]);
    case '--pkt-type':
      return compare('packet-type', [value]);
    case '--match-set':
      return [{ on: 'unknown', what: second === 'src' && !not ? senderListed : 'ipset' }];
    // Destinations are looked at as the host's own on every interface.
    case '--limit-iface-in':
    case '--icmp-type':
    case '--icmpv6-type':
      return [];
    default:
      return [{ on: 'unknown', what: name.slice(0, 100) }];
  }
}

const protocolNames: Readonly<Record<string, string>> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
  'ipv6-icmp': 'icmpv6',
};

function portRange(text: string): string {
  return text.replace(':', '-');
}

function flagRow(mask: string, flags: string): (readonly [readonly string[], readonly string[]])[] {
  const words = (text: string): string[] =>
    text
      .toLowerCase()
      .split(',')
      .filter((word) => word !== 'none' && word !== '');
  const all = mask === 'ALL' ? ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'] : words(mask);
  return [[all, flags === 'ALL' ? all : words(flags)]];
}
