import { secondsBetween } from '../policies/quantities.ts';
import type { FirstSeen, Gone, Ledger, Watched } from './collect/collector.ts';
import { readIfThere, writeDurably } from './durable.ts';
import { formatLedger, parseLedger, type Topic } from './ledger-file.ts';

/** Seconds after its last look at which a topic is forgotten: what asked for it is there no more. */
const forgottenAfter = 400 * 86_400;

/** The agent's memory between runs. Nothing is kept until `save`. */
export class RunLedger implements Ledger {
  readonly isKept: boolean;
  readonly #topics: Map<string, Topic>;
  readonly #at: string;

  /** @param kept what earlier runs remember; left out where nothing is remembered, and nothing will be */
  constructor(at: Date, kept?: ReadonlyMap<string, Topic>) {
    const topics = kept ?? new Map<string, Topic>();
    this.isKept = kept !== undefined;
    this.#at = at.toISOString();
    this.#topics = new Map([...topics].filter(([, topic]) => secondsBetween(topic.observedAt, at) < forgottenAfter));
  }

  observe(topic: string, keys: readonly string[]): ReadonlyMap<string, FirstSeen> {
    return this.watch(topic, keys, () => false).seen;
  }

  watch(topic: string, keys: readonly string[], isRemembered: (gone: Gone) => boolean): Watched {
    const before = this.#topics.get(topic);
    const known = new Map(before?.gone.map(({ key, notBefore, firstSeen }) => [key, { notBefore, firstSeen }]));
    for (const [key, first] of keysOf(before)) known.set(key, first);
    const unseen: FirstSeen = { notBefore: before?.observedAt ?? null, firstSeen: this.#at };
    const seen = new Map<string, FirstSeen>();
    for (const key of keys) seen.set(key, known.get(key) ?? unseen);
    const gone = before === undefined ? [] : goneFrom(before, seen, this.#at);
    const since = before?.since ?? this.#at;
    const lists = { keys: [...seen.keys()], came: [...seen.values()] };
    this.#topics.set(topic, { since, observedAt: this.#at, ...lists, gone: gone.filter(isRemembered) });
    return { since, seen, gone };
  }

  save(path: string): void {
    writeDurably(path, formatLedger(this.#topics));
  }
}

function* keysOf(topic: Pick<Topic, 'keys' | 'came'> | undefined): Generator<[key: string, first: FirstSeen]> {
  for (const [index, key] of (topic?.keys ?? []).entries()) {
    const first = topic?.came[index];
    if (first !== undefined) yield [key, first];
  }
}

function goneFrom(before: Topic, seen: ReadonlyMap<string, FirstSeen>, at: string): Gone[] {
  const gone = before.gone.filter(({ key }) => !seen.has(key));
  for (const [key, first] of keysOf(before)) {
    if (!seen.has(key)) gone.push({ key, ...first, lastSeen: before.observedAt, goneBy: at });
  }
  return gone;
}

/** A ledger that cannot be read counts as none: every key is then first seen now, with nothing known before. */
export function openLedger(path: string, at: Date): RunLedger {
  const text = readIfThere(path);
  return new RunLedger(at, (text === undefined ? undefined : parseLedger(text)) ?? new Map());
}
