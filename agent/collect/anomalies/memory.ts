import type { z } from 'zod';
import type { Ledger } from '../collector.ts';

/** What a series keeps from one run to the next: one value under a topic of the ledger. */
export interface Memory<T> {
  /** Undefined at the first look, and where what is kept has another form. */
  readonly before: T | undefined;
  keep(value: T): void;
}

export function openMemory<Schema extends z.ZodType>(
  ledger: Ledger,
  topic: string,
  schema: Schema,
): Memory<z.output<Schema>> {
  // A look at nothing tells what is remembered, and leaves it there.
  const known = ledger.watch(topic, [], () => true).gone.toSorted((a, b) => (a.goneBy > b.goneBy ? -1 : 1));
  const parsed = schema.safeParse(parseJson(known[0]?.key ?? ''));
  return {
    before: parsed.success ? parsed.data : undefined,
    keep: (value) => void ledger.observe(topic, [JSON.stringify(value)]),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
