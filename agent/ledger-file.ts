import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import type { FirstSeen, Gone } from './collect/collector.ts';

/** What is remembered of one topic. */
export interface Topic {
  /** The first look, and the last. */
  readonly since: string;
  readonly observedAt: string;
  /** In one order: the keys, and how each came. Lists take a third of the memory of a map. */
  readonly keys: readonly string[];
  readonly came: readonly FirstSeen[];
  readonly gone: readonly Gone[];
}

/** Its place in the list of all looks, or of all pairs of looks. */
const Place = z.int().min(0);

/**
 * Each moment stands in the file once, and so does each pair of looks between which something came: tens of thousands
 * of keys came at some hundreds of looks. A topic's keys, and how each came, stand in two lists of one order.
 */
const Version2 = z.strictObject({
  v: z.literal(2),
  looks: z.array(Moment),
  /** `notBefore` and `firstSeen`. */
  came: z.array(z.tuple([Place.nullable(), Place])),
  topics: z.record(
    z.string(),
    z.strictObject({
      since: Place,
      observedAt: Place,
      keys: z.array(z.string()),
      came: z.array(Place),
      gone: z.array(z.strictObject({ key: z.string(), came: Place, lastSeen: Place, goneBy: Place })),
    }),
  ),
});

/** As the first agents wrote it. */
const Version1 = z.strictObject({
  v: z.literal(1),
  topics: z.record(
    z.string(),
    z.strictObject({
      observedAt: Moment,
      keys: z.record(z.string(), z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment })),
    }),
  ),
});

const Contents = z.discriminatedUnion('v', [Version1, Version2]);

/** The topics that a ledger's text holds; undefined where it is none. */
export function parseLedger(text: string): Map<string, Topic> | undefined {
  const parsed = Contents.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  try {
    return parsed.data.v === 1 ? topicsOfVersion1(parsed.data) : topicsOfVersion2(parsed.data);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function formatLedger(topics: ReadonlyMap<string, Topic>): string {
  const looks = numbering();
  const pairs = numbering();
  const came: [number | null, number][] = [];
  const placeOf = ({ notBefore, firstSeen }: FirstSeen): number => {
    const place = pairs.placeOf(`${notBefore ?? ''} ${firstSeen}`);
    came[place] ??= [notBefore === null ? null : looks.placeOf(notBefore), looks.placeOf(firstSeen)];
    return place;
  };
  const encoded = [...topics].map(([name, { since, observedAt, keys, came: cameAt, gone }]) => [
    name,
    {
      since: looks.placeOf(since),
      observedAt: looks.placeOf(observedAt),
      keys,
      came: cameAt.map(placeOf),
      gone: gone.map((one) => ({
        key: one.key,
        came: placeOf(one),
        lastSeen: looks.placeOf(one.lastSeen),
        goneBy: looks.placeOf(one.goneBy),
      })),
    },
  ]);
  return JSON.stringify({ v: 2, looks: looks.all(), came, topics: Object.fromEntries(encoded) as unknown });
}

/** Numbers texts in the order in which they come up. */
function numbering(): { placeOf(text: string): number; all(): string[] } {
  const places = new Map<string, number>();
  return {
    placeOf(text) {
      const place = places.get(text) ?? places.size;
      places.set(text, place);
      return place;
    },
    all: () => [...places.keys()],
  };
}

/** Nobody noted when a topic of this version began: the earliest that is known of it. */
function topicsOfVersion1({ topics }: z.output<typeof Version1>): Map<string, Topic> {
  return new Map(
    Object.entries(topics).map(([name, { observedAt, keys }]) => {
      const moments = Object.values(keys).map(({ notBefore, firstSeen }) => notBefore ?? firstSeen);
      const since = [...moments, observedAt].sort()[0] ?? observedAt;
      return [name, { since, observedAt, keys: Object.keys(keys), came: Object.values(keys), gone: [] }];
    }),
  );
}

/** @throws RangeError where a place is none */
function topicsOfVersion2({ looks, came, topics }: z.output<typeof Version2>): Map<string, Topic> {
  const lookAt = (place: number): string => entryOf(looks, place);
  const pairs = came.map(([notBefore, firstSeen]): FirstSeen => ({
    notBefore: notBefore === null ? null : lookAt(notBefore),
    firstSeen: lookAt(firstSeen),
  }));
  return new Map(
    Object.entries(topics).map(([name, topic]) => {
      if (topic.keys.length !== topic.came.length) throw new RangeError(`keys of ${name} that came at no look`);
      const came = topic.came.map((place) => entryOf(pairs, place));
      const gone = topic.gone.map((one) => ({
        key: one.key,
        ...entryOf(pairs, one.came),
        lastSeen: lookAt(one.lastSeen),
        goneBy: lookAt(one.goneBy),
      }));
      return [name, { since: lookAt(topic.since), observedAt: lookAt(topic.observedAt), keys: topic.keys, came, gone }];
    }),
  );
}

/** @throws RangeError */
function entryOf<T extends object | string | number>(list: readonly T[], place: number): T {
  const entry = list[place];
  if (entry === undefined) throw new RangeError(`no entry ${place}`);
  return entry;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
