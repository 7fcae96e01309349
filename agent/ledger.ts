import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import type { FirstSeen, Ledger } from './collect/collector.ts';
import { readIfThere, writeDurably } from './durable.ts';

const Topic = z.strictObject({
  observedAt: Moment,
  keys: z.record(z.string(), z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment })),
});
const Contents = z.strictObject({ v: z.literal(1), topics: z.record(z.string(), Topic) });
type Contents = z.output<typeof Contents>;

/** The agent's memory between runs. Nothing is kept until `save`. */
export class RunLedger implements Ledger {
  readonly #contents: Contents;
  readonly #at: string;

  constructor(at: Date, contents: Contents = { v: 1, topics: {} }) {
    this.#contents = contents;
    this.#at = at.toISOString();
  }

  observe(topic: string, keys: readonly string[]): ReadonlyMap<string, FirstSeen> {
    const before = this.#contents.topics[topic];
    const seen = new Map<string, FirstSeen>();
    for (const key of keys) {
      seen.set(key, before?.keys[key] ?? { notBefore: before?.observedAt ?? null, firstSeen: this.#at });
    }
    this.#contents.topics[topic] = { observedAt: this.#at, keys: Object.fromEntries(seen) };
    return seen;
  }

  save(path: string): void {
    writeDurably(path, JSON.stringify(this.#contents));
  }
}

/** A ledger that cannot be read counts as none: every key is then first seen now, with nothing known before. */
export function openLedger(path: string, at: Date): RunLedger {
  const text = readIfThere(path);
  if (text === undefined) return new RunLedger(at);
  const parsed = Contents.safeParse(parseJson(text));
  return parsed.success ? new RunLedger(at, parsed.data) : new RunLedger(at);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
