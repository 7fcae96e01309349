import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import type { FirstSeen, Gone } from './collect/collector.ts';

/** What is remembered of one topic. */
export interface Topic {
  /** The first look, and the last. */
  readonly since: string;
  readonly observedAt: string;
  readonly keys: ReadonlyMap<string, FirstSeen>;
  readonly gone: readonly GoneKey[];
}

export type GoneKey = Gone & Pick<FirstSeen, 'notBefore'>;

/** A look's place in the list of all looks. */
const Look = z.int().min(0);

/** Each moment stands in the file once: tens of thousands of keys are seen at some hundreds of looks. */
const Version2 = z.strictObject({
  v: z.literal(2),
  looks: z.array(Moment),
  topics: z.record(
    z.string(),
    z.strictObject({
      since: Look,
      observedAt: Look,
      /** `notBefore` and `firstSeen`. */
      keys: z.record(z.string(), z.tuple([Look.nullable(), Look])),
      /** `notBefore`, `firstSeen`, `lastSeen` and `goneBy`. */
      gone: z.record(z.string(), z.tuple([Look.nullable(), Look, Look, Look])),
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
  const looks = new Map<string, number>();
  const placeOf = (moment: string): number => {
    const place = looks.get(moment) ?? looks.size;
    looks.set(moment, place);
    return place;
  };
  const placeOrNull = (moment: string | null): number | null => (moment === null ? null : placeOf(moment));
  const encoded = [...topics].map(([name, { since, observedAt, keys, gone }]) => [
    name,
    {
      since: placeOf(since),
      observedAt: placeOf(observedAt),
      keys: Object.fromEntries(
        [...keys].map(([key, { notBefore, firstSeen }]) => [key, [placeOrNull(notBefore), placeOf(firstSeen)]]),
      ),
      gone: Object.fromEntries(
        gone.map(({ key, notBefore, firstSeen, lastSeen, goneBy }) => [
          key,
          [placeOrNull(notBefore), placeOf(firstSeen), placeOf(lastSeen), placeOf(goneBy)],
        ]),
      ),
    },
  ]);
  return JSON.stringify({ v: 2, looks: [...looks.keys()], topics: Object.fromEntries(encoded) as unknown });
}

/** Nobody noted when a topic of this version began: the earliest that is known of it. */
function topicsOfVersion1({ topics }: z.output<typeof Version1>): Map<string, Topic> {
  return new Map(
    Object.entries(topics).map(([name, { observedAt, keys }]) => {
      const moments = Object.values(keys).map(({ notBefore, firstSeen }) => notBefore ?? firstSeen);
      const since = [...moments, observedAt].sort()[0] ?? observedAt;
      return [name, { since, observedAt, keys: new Map(Object.entries(keys)), gone: [] }];
    }),
  );
}

/** @throws RangeError where a look has no moment */
function topicsOfVersion2({ looks, topics }: z.output<typeof Version2>): Map<string, Topic> {
  const momentOf = (place: number): string => {
    const moment = looks[place];
    if (moment === undefined) throw new RangeError(`no look ${place}`);
    return moment;
  };
  const momentOrNull = (place: number | null): string | null => (place === null ? null : momentOf(place));
  const firstSeenOf = ([notBefore, firstSeen]: readonly [number | null, number]): FirstSeen => ({
    notBefore: momentOrNull(notBefore),
    firstSeen: momentOf(firstSeen),
  });
  return new Map(
    Object.entries(topics).map(([name, { since, observedAt, keys, gone }]) => [
      name,
      {
        since: momentOf(since),
        observedAt: momentOf(observedAt),
        keys: new Map(Object.entries(keys).map(([key, places]) => [key, firstSeenOf(places)])),
        gone: Object.entries(gone).map(([key, [notBefore, firstSeen, lastSeen, goneBy]]) => ({
          key,
          ...firstSeenOf([notBefore, firstSeen]),
          lastSeen: momentOf(lastSeen),
          goneBy: momentOf(goneBy),
        })),
      },
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
