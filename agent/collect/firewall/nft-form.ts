import { z } from 'zod';

const Name = z.string().max(128);

const Expression = z.record(z.string(), z.unknown());
export type Expression = z.output<typeof Expression>;

const chain = z.object({
  family: z.string(),
  table: Name,
  name: Name,
  hook: z.string().optional(),
  prio: z.int().optional(),
  policy: z.string().optional(),
});
const elements = z.array(z.unknown()).optional();
const flags = z.union([z.string(), z.array(z.string())]).optional();
const set = z.object({ family: z.string(), table: Name, name: Name, flags, elem: elements });

/** One object of `nft -j list ruleset` (libnftables-json(5)); kinds that no rule for packets refers to are left out. */
const Item = z.union([
  z.object({ table: z.object({ family: z.string(), name: Name, flags }) }),
  z.object({ chain }),
  z.object({ set }),
  z.object({ map: set }),
  z.object({ rule: z.object({ family: z.string(), table: Name, chain: Name, expr: z.array(Expression) }) }),
  z.record(z.string(), z.unknown()).transform((other) => ({ other: Object.keys(other)[0] ?? '' })),
]);

export const NftOutput = z.object({ nftables: z.array(Item) });
export type NftChain = z.output<typeof chain>;
export type NftSet = z.output<typeof set>;

/** An object with exactly one member, as all expressions are: its name and its value. */
export function single(json: unknown): readonly [name: string, value: unknown] | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const entries = Object.entries(json);
  return entries.length === 1 ? entries[0] : undefined;
}

/** A member of an object; undefined where there is none. */
export function member(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
}

export function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : json === undefined || json === null ? [] : [json];
}
