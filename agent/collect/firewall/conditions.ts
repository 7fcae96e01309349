import type { Comparison, Condition, Field } from '../../../policies/checks/firewall/facts.ts';
import type { Values } from './nft-values.ts';

export interface Compared {
  readonly fields: Field[];
  readonly not: boolean;
  readonly values: Exclude<Values, undefined>;
}

/**
 * What is compared, in the words of facts. Members that change by themselves are not facts, and who has been banned
 * is nobody's business: such a comparison is `unknown`, under a name by which rules that ban can be told.
 */
export function comparison({ fields, not, values }: Compared): Condition {
  if (values === 'changing') return { on: 'unknown', what: listedSenders(fields, not) };
  const rows = values.rows;
  if (rows.some((row) => row.length !== fields.length)) return { on: 'unknown', what: 'concatenation' };
  const any = rows.map((row) => row.map((value, index) => canonical(fields[index], value)));
  return { on: 'fields', fields, ...(not ? { not: true as const } : {}), any };
}

export const senderListed = 'listed sender';

export function listedSenders(fields: readonly Field[], not: boolean): string {
  return !not && fields.includes('source') ? senderListed : 'changing set';
}

/** @param rows of each the mask, and the flags that it must leave; no mask stands for all flags */
export function compareFlags(
  rows: readonly (readonly [readonly string[] | undefined, readonly string[]])[],
  not = false,
): Comparison {
  const any = rows.map(([mask, flags]) => [`${(mask ?? allFlags).join(',')}/${flags.join(',')}`]);
  return { on: 'fields', fields: ['tcp-flags'], ...(not ? { not: true as const } : {}), any };
}

const allFlags = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

const sameWord: Readonly<Partial<Record<Field, Readonly<Record<string, string>>>>> = {
  family: { ipv4: '4', ip: '4', ipv6: '6', ip6: '6' },
  protocol: { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', 'ipv6-icmp': 'icmpv6' },
  // The first packet of a connection goes in its original direction.
  state: { original: 'new', '0': 'new' },
};

function canonical(field: Field | undefined, value: string): string {
  return (field === undefined ? undefined : sameWord[field]?.[value]) ?? value;
}
