import { parseAddress, parseNetwork } from '../../networks.ts';
import { parsePorts } from '../network/services.ts';
import type { Comparison, Condition, Field } from './facts.ts';
import { intersect, nothing, subtract, toSpans, union, type Span, type Spans } from './spans.ts';

export type Family = 4 | 6;
export type Protocol = 'tcp' | 'udp';

/** A packet that would open a connection to this host from outside, but for who sends it. */
export interface Packet {
  readonly family: Family;
  readonly protocol: Protocol;
  readonly interface: string;
  readonly destination: bigint;
  readonly destinationPort: number;
  readonly sourcePort: number;
  /** Whether some rule takes packets out of connection tracking. */
  readonly notrack: boolean;
}

/**
 * The senders for whom a condition certainly holds, and those for whom it may. `chance`: it holds at times, or as a
 * sender likes, so that nobody is kept out by it and anybody gets in.
 */
export interface Match {
  readonly sure: Spans;
  readonly maybe: Spans;
  readonly chance: boolean;
}

const bits = { 4: 32n, 6: 128n } as const;

/** Who can send to a host from outside: everybody but what never is a sender (RFC 6890 2.2.2, 2.2.3). */
export const anySender: Readonly<Record<Family, Spans>> = {
  4: subtract(
    [{ first: 0n, last: (1n << bits[4]) - 1n }],
    toSpans(['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3'].flatMap((text) => toSpan(text) ?? [])),
  ),
  6: subtract(
    [{ first: 0n, last: (1n << bits[6]) - 1n }],
    toSpans(['::', '::1', 'ff00::/8'].flatMap((text) => toSpan(text) ?? [])),
  ),
};

/** `10.0.0.0/8`, `10.0.0.1` or `10.0.0.1-10.0.0.9`; undefined for anything else. */
export function toSpan(text: string): (Span & { family: Family }) | undefined {
  const [first = '', last] = text.split('-');
  if (last === undefined) return parseNetwork(text);
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (from === undefined || from.family !== to?.family || from.value > to.value) return undefined;
  return { family: from.family, first: from.value, last: to.value };
}

/** Undefined where it cannot be told. */
type Answer = boolean | undefined;

/** The fields of a packet that are not its sender. */
function holds(field: Exclude<Field, 'source'>, value: string, packet: Packet): Answer {
  switch (field) {
    case 'destination': {
      const span = toSpan(value);
      if (span === undefined) return undefined;
      return span.family === packet.family && span.first <= packet.destination && packet.destination <= span.last;
    }
    case 'destination-type':
      return value === 'local';
    case 'packet-type':
      return value === 'host' || value === 'unicast';
    case 'interface':
      return isInterface(value, packet.interface);
    case 'family':
      return value === String(packet.family);
    case 'protocol':
      return value === packet.protocol;
    case 'source-port':
      return isPort(value, packet.sourcePort);
    case 'destination-port':
      return isPort(value, packet.destinationPort);
    case 'state':
      return packet.notrack && (value === 'new' || value === 'untracked') ? undefined : value === 'new';
    case 'tcp-flags':
      return packet.protocol === 'tcp' && isFirstPacket(value);
  }
}

/** An asterisk at the end stands for any rest. */
export function isInterface(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function isPort(value: string, port: number): Answer {
  const { first, last } = parsePorts(value);
  if (Number.isNaN(first) || Number.isNaN(last)) return undefined;
  return first <= port && port <= last;
}

/** `mask/flags`: what opens a connection has SYN alone (RFC 9293 3.5). */
function isFirstPacket(value: string): Answer {
  const [mask, flags] = value.split('/').map((words) => words.split(',').filter((word) => word !== ''));
  if (mask === undefined || flags === undefined) return undefined;
  const expected = mask.filter((flag) => flag === 'syn');
  return flags.length === expected.length && expected.every((flag) => flags.includes(flag));
}

/** For whom a condition holds, of those who send this packet. */
export function matchCondition(condition: Condition, packet: Packet): Match {
  const everybody = anySender[packet.family];
  switch (condition.on) {
    case 'chance':
      return { sure: everybody, maybe: everybody, chance: true };
    case 'unknown':
      return { sure: nothing, maybe: everybody, chance: false };
    case 'fields': {
      if (condition.fields.length === 1 && condition.fields[0] === 'source') return sendersOf(condition)[packet.family];
      const { sure, maybe } = matchRows(condition, packet);
      if (condition.not !== true) return { sure, maybe, chance: false };
      return { sure: subtract(everybody, maybe), maybe: subtract(everybody, sure), chance: false };
    }
  }
}

function matchRows(comparison: Comparison, packet: Packet): Omit<Match, 'chance'> {
  let [sure, maybe] = [nothing, nothing];
  for (const row of comparison.any) {
    const match = matchRow(comparison.fields, row, packet);
    if (match.sure === anySender[packet.family]) return match;
    sure = union(sure, match.sure);
    maybe = union(maybe, match.maybe);
  }
  return { sure, maybe };
}

function matchRow(fields: readonly Field[], row: readonly string[], packet: Packet): Omit<Match, 'chance'> {
  let [sure, maybe] = [anySender[packet.family], anySender[packet.family]];
  for (const [index, field] of fields.entries()) {
    const value = row[index] ?? '';
    if (field === 'source') {
      const span = toSpan(value);
      const senders = span?.family !== packet.family ? nothing : intersect(sure, [span]);
      sure = sure.length === 0 ? nothing : senders;
      maybe = span === undefined ? maybe : span.family !== packet.family ? nothing : intersect(maybe, [span]);
      continue;
    }
    const answer = holds(field, value, packet);
    if (answer === false) return { sure: nothing, maybe: nothing };
    if (answer === undefined) sure = nothing;
  }
  return { sure, maybe };
}

const known = new WeakMap<Comparison, Readonly<Record<Family, Match>>>();

/** Read once for each comparison: lists of networks are long, and asked for each port. */
function sendersOf(comparison: Comparison): Readonly<Record<Family, Match>> {
  const before = known.get(comparison);
  if (before !== undefined) return before;
  const spans = comparison.any.map(([value = '']) => toSpan(value));
  const isWhole = spans.every((span) => span !== undefined);
  const of = (family: Family): Match => {
    const everybody = anySender[family];
    const listed = toSpans(spans.flatMap((span) => (span?.family === family ? [span] : [])));
    const among = intersect(listed, everybody);
    if (comparison.not !== true) return { sure: among, maybe: isWhole ? among : everybody, chance: false };
    const others = subtract(everybody, among);
    return { sure: isWhole ? others : nothing, maybe: others, chance: false };
  };
  const senders = { 4: of(4), 6: of(6) };
  known.set(comparison, senders);
  return senders;
}

/** For whom all conditions hold. */
export function matchAll(conditions: readonly Condition[], packet: Packet): Match {
  let match: Match = { sure: anySender[packet.family], maybe: anySender[packet.family], chance: false };
  for (const condition of conditions) {
    const next = matchCondition(condition, packet);
    if (next.maybe.length === 0) return next;
    match = { ...narrow(match, next, packet.family), chance: match.chance || next.chance };
  }
  return match;
}

/** Senders who are in both; everybody and an equal list need no work, which most rules come down to. */
export function narrow(a: Pair, b: Pair, family: Family): Pair {
  const everybody = anySender[family];
  const common = (one: Spans, other: Spans): Spans => {
    if (one === other || other === everybody) return one;
    return one === everybody ? other : intersect(one, other);
  };
  const sure = common(a.sure, b.sure);
  return { sure, maybe: a.sure === a.maybe && b.sure === b.maybe ? sure : common(a.maybe, b.maybe) };
}

type Pair = Pick<Match, 'sure' | 'maybe'>;
