import type { Recorded, SetPassword } from '../../../policies/checks/password-age/facts.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import type { CollectContext, FirstSeen, Watched } from '../collector.ts';

/** Seconds for which a hash that went is remembered: one that comes back is the old password. */
const rememberedFor = 2 * 366 * 86_400;

export interface StoredSecret {
  readonly account: string;
  /** Whatever another password would make different: a hash, or several. */
  readonly hash: string;
  /** What the store itself says of the last change. */
  readonly recorded: Recorded;
}

export interface Remembering {
  /** The store and where it lies: another server under the same name is another memory. */
  readonly topic: string;
  /**
   * Whether a login alone makes another hash of the same password, when the store has gone over to another algorithm:
   * then a hash that came with one proves nothing.
   */
  readonly rehashes?: boolean;
  /** Whether every account is looked at, also those that are closed: only then is one that appears a new one. */
  readonly isComplete: boolean;
}

export interface Remembered {
  /** The first look; left out where nothing is remembered. */
  readonly watchedSince?: string;
  /** What is known of each secret's last change, in the order in which they were given. */
  readonly passwords: readonly SetPassword[];
}

/**
 * Notes in the ledger which hashes are there, under marks of which nobody can make passwords, and says which of them
 * the agent saw come. Called once a run and store, with all that it holds.
 */
export function rememberHashes(
  context: Pick<CollectContext, 'ledger' | 'mark' | 'at'>,
  remembering: Remembering,
  secrets: readonly StoredSecret[],
): Remembered {
  const { ledger, at } = context;
  // Under another key every mark is another one: that would look as if every password had been changed.
  const topic = `password-age ${context.mark('').slice(0, 8)} ${remembering.topic}`;
  const marked = secrets.map((secret) => markOf(context, remembering.topic, secret));
  const watched = ledger.watch(
    topic,
    marked.map(({ key }) => key),
    ({ goneBy }) => secondsBetween(goneBy, at) < rememberedFor,
  );
  const came = arrivals(watched, remembering);
  const first = firstRecords(context, topic, marked);
  return {
    ...(ledger.isKept ? { watchedSince: watched.since } : {}),
    passwords: marked.map((one): SetPassword => {
      const seen = came(one.key);
      const recordedFirst = first(one);
      return {
        state: 'set',
        changed: one.recorded,
        ...(recordedFirst === one.recorded ? {} : { recordedFirst }),
        ...(seen === undefined ? {} : { seen }),
      };
    }),
  };
}

interface Marked {
  /** `account scheme hash`, the first and the last as marks. */
  readonly key: string;
  readonly recorded: Recorded;
}

function markOf({ mark }: Pick<CollectContext, 'mark'>, topic: string, secret: StoredSecret): Marked {
  const account = mark(`account\0${topic}\0${secret.account}`).slice(0, 12);
  return { key: `${account} ${schemeOf(secret.hash)} ${mark(`hash\0${secret.hash}`)}`, recorded: secret.recorded };
}

/** The algorithm and its costs (crypt(5)), without salt and hash: `$2y$10`, `$argon2id$v=19$m=65536,t=16,p=1`, `$P$B`. */
function schemeOf(hash: string): string {
  const known =
    /^\$(?:P|H)\$.|^\$wp\$2[a-z]\$\d+|^\$2[a-z]\$\d+|^\$argon2\w*(?:\$[vmtp]=[\w,=]+)*|^\$\w+(?:\$rounds=\d+)?/;
  return known.exec(hash)?.[0] ?? '-';
}

interface Arrival extends FirstSeen {
  readonly key: string;
}

/** When the password behind a key came, where the agent saw that. */
function arrivals(
  { seen, gone }: Watched,
  { rehashes = false, isComplete }: Remembering,
): (key: string) => SetPassword['seen'] {
  const all: Arrival[] = [...[...seen].map(([key, first]) => ({ key, ...first })), ...gone];
  const earliest = new Map<string, Arrival>();
  for (const one of all) {
    const before = earliest.get(hashIn(one.key));
    if (before === undefined || one.firstSeen < before.firstSeen) earliest.set(hashIn(one.key), one);
  }
  const replaced = Map.groupBy(gone, ({ key, goneBy }) => `${accountIn(key)} ${goneBy}`);
  return (key) => {
    let arrival = earliest.get(hashIn(key));
    while (arrival !== undefined && arrival.notBefore !== null) {
      const [before] = replaced.get(`${accountIn(arrival.key)} ${arrival.firstSeen}`) ?? [];
      if (before === undefined && !isComplete) return undefined;
      if (before === undefined || !rehashes || schemeIn(before.key) === schemeIn(arrival.key)) {
        return { notBefore: arrival.notBefore, firstSeen: arrival.firstSeen };
      }
      const earlier: Arrival | undefined = earliest.get(hashIn(before.key));
      arrival = earlier !== undefined && earlier.firstSeen < arrival.firstSeen ? earlier : undefined;
    }
    return undefined;
  };
}

function accountIn(key: string): string {
  return key.split(' ')[0] ?? '';
}

function schemeIn(key: string): string {
  return key.split(' ')[1] ?? '';
}

function hashIn(key: string): string {
  return key.split(' ')[2] ?? '';
}

/** What was recorded when a password was first seen: a record that moves while the hash stays was set by hand. */
function firstRecords(
  { ledger }: Pick<CollectContext, 'ledger'>,
  topic: string,
  marked: readonly Marked[],
): (one: Marked) => Recorded {
  const present = new Set(marked.map(({ key }) => key));
  const keyOf = ({ key, recorded }: Marked): string => `${key} ${recorded ?? ''}`;
  const isPresent = (key: string): boolean => present.has(key.slice(0, key.lastIndexOf(' ')));
  const { seen, gone } = ledger.watch(`${topic} recorded`, marked.map(keyOf), ({ key }) => isPresent(key));
  const first = new Map<string, { recorded: Recorded; firstSeen: string }>();
  const all = [...[...seen].map(([key, { firstSeen }]) => ({ key, firstSeen })), ...gone];
  for (const { key, firstSeen } of all) {
    const end = key.lastIndexOf(' ');
    const password = key.slice(0, end);
    const before = first.get(password);
    if (before === undefined || firstSeen < before.firstSeen) {
      first.set(password, { recorded: key.slice(end + 1) || null, firstSeen });
    }
  }
  return ({ key, recorded }) => first.get(key)?.recorded ?? (first.has(key) ? null : recorded);
}
