import fc from 'fast-check';

/** What could stand where something else is expected. */
const odd: readonly unknown[] = [
  null, true, 0, -0, -1, 1.5, 1e300, '', 'pass', 'PASS', 'x.y', 'x', 'x'.repeat(65), 'x'.repeat(1025), 'x'.repeat(4097), [], {}, [{}], { v: 1 },
  'a'.repeat(64), 'A'.repeat(64), 'aaaa', 'aaa=', '2026-02-29T00:00:00Z', '2026-02-28T00:00:00Z', '2026-02-28T00:00:00+01:00', 'Web1', 'facts/tls',
]; // prettier-ignore

type Json = Record<string, unknown>;

/** Every object and array in a value. */
function* nodesOf(value: unknown): Iterable<Json> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Json;
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

export interface Damage {
  readonly place: number;
  readonly kind: number;
  readonly what: unknown;
}

export const anyDamage: fc.Arbitrary<Damage> = fc.record({
  place: fc.nat(200),
  kind: fc.nat(3),
  what: fc.constantFrom(...odd),
});

/** A copy of a value of JSON of which one thing is another: a member's value, name, order or presence. */
export function damaged(value: unknown, { place, kind, what }: Damage): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as unknown;
  const nodes = [...nodesOf(copy)];
  const node = nodes[place % nodes.length] ?? {};
  const keys = Object.keys(node);
  const key = keys[place % Math.max(keys.length, 1)] ?? 'more';
  switch (kind) {
    case 0:
      node[key] = what;
      break;
    case 1:
      if (Array.isArray(node)) node.push(what);
      else node.more = what;
      break;
    case 2:
      if (Array.isArray(node)) node.pop();
      else Reflect.deleteProperty(node, key);
      break;
    case 3: {
      const moved = node[key];
      if (Array.isArray(node)) break;
      Reflect.deleteProperty(node, key);
      node[key] = moved;
      break;
    }
  }
  return copy;
}
