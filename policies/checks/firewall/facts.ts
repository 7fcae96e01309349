import { z } from 'zod';
import { readingOf } from '../../reading.ts';
import { AllowedServices } from '../network/services.ts';

/** What a condition looks at in a packet that would open a connection, or in where it came in. */
export const fields = [
  'source',
  'destination',
  'destination-type',
  'packet-type',
  'interface',
  'family',
  'protocol',
  'source-port',
  'destination-port',
  'state',
  'tcp-flags',
] as const;
const Field = z.enum(fields);
export type Field = z.output<typeof Field>;

const Word = z.string().max(128);

/**
 * Holds where every field has its value in one of the rows (`any`), or, with `not`, in none of them. Values: networks,
 * addresses or `from-to`; ports or `from-to`; names of interfaces, `*` at the end for any rest; `4` and `6`; names of
 * protocols; states of conntrack; for `tcp-flags` `mask/flags`, such as `syn,ack/syn`.
 */
const Comparison = z.strictObject({
  on: z.literal('fields'),
  fields: z.array(Field).min(1).max(8),
  not: z.literal(true).optional(),
  any: z.array(z.array(Word).min(1).max(8)).max(100_000),
});
export type Comparison = z.output<typeof Comparison>;

/**
 * `chance`: a rate, a quota, a moment, or what a sender is free to choose (a TTL, a header): at times it holds, at
 * times not. `unknown`: the agent does not know what it does.
 */
const Condition = z.discriminatedUnion('on', [
  Comparison,
  z.strictObject({ on: z.literal('chance'), what: Word }),
  z.strictObject({ on: z.literal('unknown'), what: Word }),
]);
export type Condition = z.output<typeof Condition>;

/** `elsewhere`: sent to another port or address (DNAT, redirect, TPROXY), where it is judged no further. */
const Action = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['accept', 'deny', 'return']) }),
  z.strictObject({ do: z.enum(['jump', 'goto']), to: Word }),
  z.strictObject({ do: z.literal('elsewhere') }),
  z.strictObject({ do: z.literal('unknown'), what: Word }),
]);
export type Action = z.output<typeof Action>;

const Rule = z.strictObject({ when: z.array(Condition).max(64), then: Action });
export type Rule = z.output<typeof Rule>;

export const backends = ['nftables', 'iptables-legacy', 'ip6tables-legacy'] as const;

const Chain = z.strictObject({
  backend: z.enum(backends),
  family: z.enum(['ip', 'ip6', 'inet', 'netdev']),
  table: Word,
  name: Word,
  /** Null for a chain that only other chains lead to. */
  base: z
    .strictObject({
      hook: z.enum(['ingress', 'prerouting', 'input']),
      priority: z.int(),
      policy: z.enum(['accept', 'deny']),
      /** Where it is bound to interfaces (ingress); empty where that could not be read. */
      devices: z.array(Word).max(1024).optional(),
    })
    .nullable(),
  rules: z.array(Rule).max(50_000),
});
export type Chain = z.output<typeof Chain>;

const Rules = z.strictObject({
  /** Those that incoming packets for this host can come through. */
  chains: z.array(Chain).max(10_000),
  /** Tables that are loaded and switched off, as `family name`. */
  dormant: z.array(Word).max(1000),
  /** Whether some rule takes packets out of connection tracking, which makes their state another. */
  notrack: z.boolean(),
});
export type Rules = z.output<typeof Rules>;

const Interface = z.strictObject({ name: Word, ipv6: z.boolean() });

export const FirewallFacts = z.strictObject({
  nftables: readingOf(Rules),
  /** Rules by iptables-legacy and ip6tables-legacy, which the kernel keeps apart from those of nftables. */
  legacy: readingOf(Rules),
  /** Network interfaces apart from loopback and from members of bridges and bonds. */
  interfaces: readingOf(z.array(Interface).max(1024)),
  /** What agent.yaml says; null for what it does not. */
  declared: z.strictObject({
    services: AllowedServices.nullable(),
    managementAddresses: z.array(z.string().max(64)).max(128).nullable(),
    managementPorts: z.array(z.int()).max(128).nullable(),
    trustedInterfaces: z.array(Word).max(64),
  }),
});
export type FirewallFacts = z.output<typeof FirewallFacts>;
