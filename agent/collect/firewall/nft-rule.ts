import type { Action, Condition, Field, Rule } from '../../../policies/checks/firewall/facts.ts';
import { listOf, member, single, type Expression } from './nft-form.ts';
import { comparison, compareFlags, type Compared } from './conditions.ts';
import { rowOf, valuesOf, type Sets } from './nft-values.ts';

/** What a rule of nftables comes to; several rules where it looks its verdict up in a map. */
export interface TranslatedRule {
  readonly rules: Rule[];
  readonly notrack: boolean;
}

/** Statements that change nothing of whether a packet comes in (nft(8), "STATEMENTS"). */
const idle: ReadonlySet<string> = new Set([
  'counter',
  'log',
  'continue',
  'secmark',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'flow',
  'last',
  'dup',
  'snat',
  'masquerade',
]);

/** Statements and matches that hold at times: rates, quotas, numbers of connections, sets that rules add to. */
const chances: ReadonlySet<string> = new Set(['limit', 'quota', 'ct count', 'meter', 'set']);

/** nft(8): the statements of a rule are worked through from the left; the first verdict ends it. */
export function translateNftRule(expressions: readonly Expression[], sets: Sets): TranslatedRule {
  const when: Condition[] = [];
  const rules: Rule[] = [];
  let notrack = false;
  const end = (then: Action): void => void rules.push({ when: [...when], then });
  for (const expression of expressions) {
    const [kind = '', content] = single(expression) ?? [];
    if (idle.has(kind)) continue;
    if (chances.has(kind)) {
      when.push({ on: 'chance', what: kind });
      continue;
    }
    switch (kind) {
      case 'match': {
        when.push(...translateMatch(content, sets));
        break;
      }
      case 'notrack':
        notrack = true;
        break;
      case 'mangle': {
        // Marks are not followed: a condition on one is unknown in any case.
        if (member(member(content, 'key'), 'payload') === undefined) break;
        end({ do: 'unknown', what: 'mangle' });
        break;
      }
      case 'vmap': {
        rules.push(...translateMap(content, sets, when));
        break;
      }
      case 'accept':
      case 'return':
        end({ do: kind });
        return { rules, notrack };
      case 'drop':
      case 'reject':
        end({ do: 'deny' });
        return { rules, notrack };
      case 'jump':
      case 'goto':
        end({ do: kind, to: String(member(content, 'target')) });
        return { rules, notrack };
      case 'dnat':
      case 'redirect':
      case 'tproxy':
        when.push(...keysOfMap(content, sets));
        end({ do: 'elsewhere' });
        return { rules, notrack };
      default:
        // It may be a match, or end the rule: nobody knows which.
        end({ do: 'unknown', what: kind === 'xt' ? `xt ${String(member(content, 'name'))}` : kind.slice(0, 100) });
        when.push({ on: 'unknown', what: kind.slice(0, 100) });
    }
  }
  return { rules, notrack };
}

/** A map from keys to verdicts, as one rule for each: keys of a map exclude each other. */
function translateMap(content: unknown, sets: Sets, when: readonly Condition[]): Rule[] {
  const unknown: Rule[] = [{ when: [...when], then: { do: 'unknown', what: 'vmap' } }];
  const data = member(content, 'data');
  const isNamed = typeof data === 'string';
  const map = isNamed ? sets.get(data.replace(/^@/, '')) : undefined;
  // Members that come and go may hold any verdict.
  if (isNamed && (map === undefined || listOf(map.flags).some((flag) => flag === 'timeout'))) return unknown;
  const entries = isNamed ? (map?.elem ?? []) : listOf(member(data, 'set'));
  const rules = entries.map((entry): Rule | undefined => {
    const [key, verdict] = listOf(entry);
    const row = rowOf(key);
    const then = actionOf(verdict);
    if (row === undefined || then === undefined) return undefined;
    return { when: [...when, ...compare(member(content, 'key'), { rows: [row] }, false)], then };
  });
  return rules.every((rule) => rule !== undefined) ? rules : unknown;
}

function actionOf(verdict: unknown): Action | undefined {
  const [kind, content] = single(verdict) ?? [];
  switch (kind) {
    case 'accept':
    case 'return':
      return { do: kind };
    case 'drop':
      return { do: 'deny' };
    case 'jump':
    case 'goto':
      return { do: kind, to: String(member(content, 'target')) };
    default:
      return undefined;
  }
}

/** `dnat to tcp dport map { 80 : ... }` holds for the keys of the map alone. */
function keysOfMap(content: unknown, sets: Sets): Condition[] {
  const map = member(member(content, 'addr'), 'map') ?? member(member(content, 'port'), 'map');
  const data = member(map, 'data');
  const entries = typeof data === 'string' ? sets.get(data.replace(/^@/, ''))?.elem : listOf(member(data, 'set'));
  const rows = (entries ?? []).map((entry) => rowOf(listOf(entry)[0]));
  if (map === undefined || entries === undefined || rows.some((row) => row === undefined)) return [];
  return compare(member(map, 'key'), { rows: rows.flatMap((row) => (row === undefined ? [] : [row])) }, false);
}

function translateMatch(content: unknown, sets: Sets): Condition[] {
  const left = member(content, 'left');
  const operator = member(content, 'op');
  const right = member(content, 'right');
  const isFlags = member(member(left, 'payload'), 'field') === 'flags' || member(left, '&') !== undefined;
  if (isFlags) return translateFlags(left, operator, right, sets);
  if (operator === '==' || operator === 'in') return compare(left, valuesOf(right, sets), false);
  if (operator === '!=') return compare(left, valuesOf(right, sets), true);
  if (typeof right !== 'number') return [{ on: 'unknown', what: 'match' }];
  const ranges: Readonly<Record<string, string>> = {
    '<': `0-${right - 1}`,
    '<=': `0-${right}`,
    '>': `${right + 1}-65535`,
    '>=': `${right}-65535`,
  };
  const range = ranges[String(operator)];
  return range === undefined ? [{ on: 'unknown', what: 'match' }] : compare(left, { rows: [[range]] }, false);
}

/** Flags of TCP, alone or under a mask; of other masked fields only what a sender chooses is known. */
function translateFlags(left: unknown, operator: unknown, right: unknown, sets: Sets): Condition[] {
  const [field, mask] = listOf(member(left, '&') ?? left);
  const side = sideOf(field);
  if (side === undefined) return [{ on: 'unknown', what: 'masked match' }];
  if (side === 'chance') return [{ on: 'chance', what: 'masked match' }];
  if (side.field !== 'tcp-flags') return [{ on: 'unknown', what: 'masked match' }];
  const masked = mask === undefined ? undefined : flagNames(mask);
  const values = flagNames(right) ?? valuesOf(right, sets);
  if (mask !== undefined && masked === undefined) return [{ on: 'unknown', what: 'tcp flags' }];
  if (values === undefined || values === 'changing') return [{ on: 'unknown', what: 'tcp flags' }];
  const flags = Array.isArray(values) ? [values] : values.rows;
  // `in` and a plain list ask for any of the flags; the others compare all that the mask leaves.
  if (operator === 'in') return [...side.implied, compareFlags(flags.flat().map((flag) => [[flag], [flag]]))];
  return [
    ...side.implied,
    compareFlags(
      flags.map((one) => [masked, one]),
      operator === '!=',
    ),
  ];
}

function flagNames(json: unknown): string[] | undefined {
  const list = listOf(member(json, '|') ?? json);
  return list.every((flag) => typeof flag === 'string' && !flag.startsWith('@')) ? (list as string[]) : undefined;
}

/** What the left side of a comparison looks at, and what it implies of the packet. */
type Side = { readonly field: Field; readonly implied: Condition[] } | 'chance' | undefined;

function compare(left: unknown, values: ReturnType<typeof valuesOf>, not: boolean): Condition[] {
  const parts = listOf(member(left, 'concat') ?? left).map(sideOf);
  if (parts.includes('chance')) return [{ on: 'chance', what: 'header' }];
  const known = parts.flatMap((part) => (part === undefined || part === 'chance' ? [] : [part]));
  const implied = known.flatMap((part) => part.implied);
  if (known.length !== parts.length || values === undefined) return [...implied, { on: 'unknown', what: what(left) }];
  const compared: Compared = { fields: known.map(({ field }) => field), not, values };
  return [...implied, comparison(compared)];
}

function what(left: unknown): string {
  const [kind = 'match', content] = single(left) ?? [];
  const key = member(content, 'key') ?? member(content, 'field');
  return typeof key === 'string' ? `${kind} ${key}`.slice(0, 100) : kind.slice(0, 100);
}

const familyIs = (family: '4' | '6'): Condition => ({ on: 'fields', fields: ['family'], any: [[family]] });
const protocolIs = (...names: string[]): Condition => ({
  on: 'fields',
  fields: ['protocol'],
  any: names.map((name) => [name]),
});

function sideOf(left: unknown): Side {
  const [kind, content] = single(left) ?? [];
  switch (kind) {
    case 'payload':
      return payloadSide(String(member(content, 'protocol')), String(member(content, 'field')));
    case 'meta':
      return metaSide(String(member(content, 'key')));
    case 'ct': {
      const key = member(content, 'key');
      return key === 'state' || key === 'status' || key === 'direction' ? { field: 'state', implied: [] } : undefined;
    }
    case 'fib': {
      const looksUp = listOf(member(content, 'flags'));
      if (member(content, 'result') === 'type' && looksUp.includes('daddr')) {
        return { field: 'destination-type', implied: [] };
      }
      // Whether a way back leads to the sender: a sender has one who wants a connection.
      return looksUp.includes('saddr') ? 'chance' : undefined;
    }
    case 'exthdr':
    case 'tcp option':
    case 'ip option':
    case 'numgen':
      return 'chance';
    default:
      return undefined;
  }
}

function payloadSide(protocol: string, field: string): Side {
  switch (protocol) {
    case 'ip':
    case 'ip6': {
      const implied = [familyIs(protocol === 'ip' ? '4' : '6')];
      if (field === 'saddr') return { field: 'source', implied };
      if (field === 'daddr') return { field: 'destination', implied };
      if (field === 'protocol' || field === 'nexthdr') return { field: 'protocol', implied };
      return field === 'version' ? undefined : 'chance';
    }
    case 'tcp':
    case 'udp':
    case 'th': {
      const implied = [protocol === 'th' ? protocolIs('tcp', 'udp') : protocolIs(protocol)];
      if (field === 'dport') return { field: 'destination-port', implied };
      if (field === 'sport') return { field: 'source-port', implied };
      if (field === 'flags') return { field: 'tcp-flags', implied };
      return 'chance';
    }
    case 'ether':
    case 'vlan':
    case 'arp':
      return undefined;
    default:
      // A header of another protocol, which no connection of TCP or UDP has.
      return { field: 'protocol', implied: [protocolIs(protocol.slice(0, 32))] };
  }
}

function metaSide(key: string): Side {
  switch (key) {
    case 'iif':
    case 'iifname':
      return { field: 'interface', implied: [] };
    case 'l4proto':
      return { field: 'protocol', implied: [] };
    case 'nfproto':
    case 'protocol':
      return { field: 'family', implied: [] };
    case 'pkttype':
      return { field: 'packet-type', implied: [] };
    case 'length':
    case 'time':
    case 'day':
    case 'hour':
    case 'random':
      return 'chance';
    default:
      return undefined;
  }
}
