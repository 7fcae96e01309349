import { createHash } from 'node:crypto';
import { clockOf } from '../../../policies/checks/backup/clock.ts';
import {
  maximumVanished,
  promptSeconds,
  type AccountPoints,
  type BackupSet,
  type Point,
  type Vanished,
} from '../../../policies/checks/backup/facts.ts';
import { isAbout, type Parameters } from '../../../policies/checks/backup/parameters.ts';
import { sortPoints } from '../../../policies/checks/backup/points.ts';
import { wentEarly } from '../../../policies/checks/backup/vanished.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import type { CollectContext, FirstSeen, Gone, Ledger } from '../collector.ts';

type Looking = Pick<CollectContext, 'ledger' | 'at'>;

/**
 * Notes in the ledger what lies there, and adds to a set's facts what the ledger knows: since when it watches, which
 * copies appeared late, and which that counted went early. A set that could not be read was not looked at.
 * @param source the set's source as agent.yaml has it: another repository is another memory
 * @param wanted what the run's controls ask: only what was promised can go early
 */
export function remember(
  { ledger, at }: Looking,
  set: BackupSet,
  source: unknown,
  wanted: readonly Parameters[],
): BackupSet {
  const { points } = set;
  const topic = `backup ${set.set} ${digestOf(source)}`;
  const promises = wanted.filter((asked) => isAbout(asked, set.purpose) && asked.keep !== undefined);
  const look = (name: string, found: readonly Point[]): Look => lookAt(ledger, name, set, found, promises, at);
  switch (points.state) {
    case 'read': {
      const { since, vanished, points: found } = look(topic, points.value);
      return withVanished({ ...set, points: { state: 'read', value: found }, watchedSince: since }, vanished);
    }
    case 'per-account': {
      const accounts = points.value.map(({ account }) => account);
      const { since, seen } = ledger.watch(`${topic} accounts`, accounts, () => false);
      const vanished: Vanished[] = [];
      const value = points.value.map((one): AccountPoints => {
        const came = seen.get(one.account);
        // By when it came as well: an account of the same name that comes back is another one.
        const found = look(`${topic} ${one.account} ${came?.firstSeen ?? ''}`, one.points);
        for (const gone of found.vanished) vanished.push({ ...gone, account: one.account });
        const { account } = one;
        return { account, ...(isNew(came) ? { firstSeen: came } : {}), points: [...found.points] };
      });
      return withVanished({ ...set, points: { state: 'per-account', value }, watchedSince: since }, vanished);
    }
    default:
      return set;
  }
}

interface Look {
  readonly since: string;
  readonly points: Point[];
  readonly vanished: readonly Vanished[];
}

function lookAt(
  ledger: Ledger,
  topic: string,
  set: BackupSet,
  points: readonly Point[],
  promises: readonly Parameters[],
  at: Date,
): Look {
  const clock = clockOf(set.timeZone);
  const keys = points.map(keyOf);
  // What does not count is nobody's loss when it goes.
  const excused = new Set(
    ledger.watch(`${topic} left out`, leftOut(set, points, at).map(keyOf), () => false).gone.map(({ key }) => key),
  );
  // A copy that is there under another moment did not go, nor did it come: a file's may be when it was last written to.
  const present = new Set(points.flatMap(({ id }) => id ?? []));
  const hasMoved = ({ key }: Gone): boolean => {
    const { id } = parseKey(key);
    return id !== undefined && present.has(id);
  };
  const isMissed = (gone: Gone): boolean => {
    if (excused.has(gone.key) || hasMoved(gone)) return false;
    const { time } = parseKey(gone.key);
    return promises.some((promise) => wentEarly({ time, goneBy: gone.goneBy }, promise, clock, at));
  };
  const { since, seen, gone } = ledger.watch(topic, keys, (one) => isMissed(one) || hasMoved(one));
  const moved = new Set(gone.filter(hasMoved).map(({ key }) => parseKey(key).id));
  return {
    since,
    points: points.map((point, index) =>
      point.id !== undefined && moved.has(point.id) ? point : withFirstSeen(point, seen.get(keys[index] ?? '')),
    ),
    vanished: gone
      .filter(isMissed)
      .map(({ key, firstSeen, goneBy }) => ({ time: parseKey(key).time, firstSeen, goneBy })),
  };
}

function leftOut(set: BackupSet, points: readonly Point[], at: Date): Point[] {
  const { counted } = sortPoints(set, points, at);
  if (counted.length === points.length) return [];
  const counting = new Set(counted);
  return points.filter((point) => !counting.has(point));
}

function isNew(came: FirstSeen | undefined): came is FirstSeen & { notBefore: string } {
  return came !== undefined && came.notBefore !== null;
}

function withFirstSeen(point: Point, first: FirstSeen | undefined): Point {
  const notBefore = first?.notBefore ?? null;
  // As text first: that one is later shows in most cases without reading both as moments.
  if (first === undefined || notBefore === null || notBefore < point.time) return point;
  if (secondsBetween(point.time, notBefore) <= promptSeconds) return point;
  return { ...point, firstSeen: { ...first } };
}

function withVanished(set: BackupSet, vanished: readonly Vanished[]): BackupSet {
  if (vanished.length === 0) return set;
  const orderOf = ({ time, account }: Vanished): string => JSON.stringify([time, account]);
  const sorted = vanished.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return { ...set, vanished: sorted.slice(-maximumVanished) };
}

/** Short, as there may be a hundred thousand: the moment in milliseconds, and the tool's own name where it gives one. */
function keyOf({ time, id }: Point): string {
  const moment = Date.parse(time).toString(36);
  return id === undefined ? moment : `${moment} ${id}`;
}

function parseKey(key: string): { time: string; id?: string } {
  const blank = key.indexOf(' ');
  const moment = blank < 0 ? key : key.slice(0, blank);
  const time = new Date(Number.parseInt(moment, 36)).toISOString();
  return { time, ...(blank < 0 ? {} : { id: key.slice(blank + 1) }) };
}

function digestOf(source: unknown): string {
  return createHash('sha256').update(JSON.stringify(source)).digest('base64url').slice(0, 12);
}
