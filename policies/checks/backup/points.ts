import { clockToleranceSeconds, isFuture, secondsBetween } from '../../quantities.ts';
import type { Reason } from '../../reasons.ts';
import type { BackupSet, Point } from './facts.ts';
import { because } from './reasons.ts';

/** A file may be given its name after it was written (packed, then moved): so much later is still honest. */
const namedLateSeconds = 3600;
/** A snapshot dated further back than this before it was made does not show what it says. */
const backDatedSeconds = 86_400;

/** A set's points, told apart. All are sorted by time. */
export interface SortedPoints {
  /** Those that are a copy of the whole set, as the set asks. */
  readonly counted: readonly Point[];
  /** Their moments, in milliseconds since 1970. */
  readonly times: readonly number[];
  /** Those that lie there, whether they count or not. */
  readonly present: readonly Point[];
  /** What there is to say of those that do not count: notes, and `unknown` for a wrong clock or for what cannot be seen. */
  readonly remarks: readonly Reason[];
}

/**
 * Tells which points count at `at`, and says why the others do not.
 * @param subject whose they are, in what is said
 */
export function sortPoints(set: BackupSet, points: readonly Point[], at: Date, subject = set.set): SortedPoints {
  const { latest, ordered, sorted } = orderOf(set, points, subject);
  if (latest === undefined || !isFuture(latest, at)) return sorted();
  const future = ordered.filter((point) => isInFuture(point, at));
  const present = ordered.filter((point) => !isInFuture(point, at));
  const rest = tellApart(set, present, subject);
  return { ...rest, remarks: [...wrongClock(subject, future), ...rest.remarks] };
}

interface Ordered {
  readonly ordered: readonly Point[];
  /** The latest moment that any of them names. */
  readonly latest: Date | undefined;
  /** As they are where none lies in the future. */
  readonly sorted: () => SortedPoints;
}

/** Several controls judge the same facts, at many moments, and there may be tens of thousands of points. */
const orders = new WeakMap<BackupSet, WeakMap<readonly Point[], Ordered>>();

function orderOf(set: BackupSet, points: readonly Point[], subject: string): Ordered {
  const ofSet = orders.get(set) ?? new WeakMap<readonly Point[], Ordered>();
  orders.set(set, ofSet);
  const order = ofSet.get(points) ?? makeOrder(set, points, subject);
  ofSet.set(points, order);
  return order;
}

function makeOrder(set: BackupSet, points: readonly Point[], subject: string): Ordered {
  let latest = -Infinity;
  let before = -Infinity;
  let isSorted = true;
  for (const point of points) {
    const time = Date.parse(point.time);
    isSorted &&= before <= time;
    before = time;
    latest = Math.max(latest, time);
    for (const moment of furtherMoments(point)) {
      if (moment !== undefined) latest = Math.max(latest, Date.parse(moment));
    }
  }
  const ordered = isSorted ? points : points.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  let sorted: SortedPoints | undefined;
  return {
    ordered,
    latest: points.length === 0 ? undefined : new Date(latest),
    sorted: () => (sorted ??= tellApart(set, ordered, subject)),
  };
}

/** @param present sorted by time, none in the future */
function tellApart(set: BackupSet, present: readonly Point[], subject: string): SortedPoints {
  const flaws: Reason[] = [];
  const counted: Point[] = [];
  for (const point of present) {
    const flaw = flawOf(point, set, subject);
    if (flaw === undefined) counted.push(point);
    else flaws.push(flaw);
  }
  const times = counted.map(({ time }) => Date.parse(time));
  return { counted, times, present, remarks: [...unseenPaths(set, present, subject), ...together(flaws)] };
}

function furtherMoments({ modifiedAt, startedAt, endedAt, verifiedAt }: Point): (string | undefined)[] {
  return [modifiedAt, startedAt, endedAt, verifiedAt];
}

function isInFuture(point: Point, at: Date): boolean {
  return (
    isFuture(point.time, at) || furtherMoments(point).some((moment) => moment !== undefined && isFuture(moment, at))
  );
}

function wrongClock(subject: string, future: readonly Point[]): Reason[] {
  const latest = future
    .flatMap((point) => [point.time, ...furtherMoments(point)].flatMap((moment) => moment ?? []))
    .sort()
    .at(-1);
  return latest === undefined ? [] : [because('backup.future', { points: future.length, latest }, subject)];
}

function unseenPaths(set: BackupSet, points: readonly Point[], subject: string): Reason[] {
  const [path] = set.requiredPaths;
  if (path === undefined || points.every((point) => point.paths !== undefined)) return [];
  return [because('backup.paths-unseen', { tool: set.tool, path }, subject)];
}

/** Why a point does not count: a note about this one point. */
function flawOf(point: Point, set: BackupSet, subject: string): Reason | undefined {
  const note = { points: 1, newest: point.time };
  if (point.flaw !== undefined) return because(`backup.left-out.${point.flaw}`, note, subject);
  const path = set.requiredPaths.find((required) => point.paths !== undefined && !holds(point.paths, required));
  if (path !== undefined) return because('backup.left-out.path', { ...note, path }, subject);
  if (point.size === 0 || point.content === 'nothing') return because('backup.left-out.empty', note, subject);
  if (point.content === 'damaged') return because('backup.left-out.damaged', note, subject);
  const minimum = set.minimumSize;
  if (minimum !== undefined && point.size !== undefined && point.size < minimum) {
    return because('backup.left-out.small', { ...note, minimum }, subject);
  }
  if (isPostDated(point)) return because('backup.left-out.post-dated', note, subject);
  if (isBackDated(point, set)) return because('backup.left-out.back-dated', note, subject);
  return undefined;
}

/** One note for all points with the same flaw, in the words of the newest. */
export function together(flaws: readonly Reason[]): Reason[] {
  const notes = new Map<string, Reason>();
  for (const flaw of flaws) {
    const key = JSON.stringify([flaw.code, flaw.values.path]);
    const before = notes.get(key);
    const points = Number(before?.values.points ?? 0) + Number(flaw.values.points);
    const newer = String(before?.values.newest ?? '') > String(flaw.values.newest) ? before : flaw;
    notes.set(key, { ...flaw, values: { ...newer?.values, points } });
  }
  return [...notes.values()];
}

/** An old copy under a newer date. The other way round a file is honest: copying it resets when it was modified. */
function isPostDated(point: Point): boolean {
  if (point.modifiedAt !== undefined && secondsBetween(point.modifiedAt, point.time) > namedLateSeconds) return true;
  return point.startedAt !== undefined && secondsBetween(point.startedAt, point.time) > clockToleranceSeconds;
}

/**
 * Its date lies long before it was made: by the tool's own record, or because the agent looked in between and did not
 * see it. Without either a copy made with another date cannot be told from a real one.
 */
function isBackDated({ time, startedAt, endedAt, firstSeen }: Point, { delay }: BackupSet): boolean {
  if (startedAt !== undefined && secondsBetween(time, startedAt) > backDatedSeconds) return true;
  const notBefore = firstSeen?.notBefore;
  if (notBefore === undefined || notBefore === null) return false;
  // What takes long to make appears late; a whole day of it would be a date of another day.
  const took = endedAt === undefined ? 0 : secondsBetween(time, endedAt);
  const made = took > 0 && took <= backDatedSeconds ? took : 0;
  return secondsBetween(time, notBefore) - made > (delay ?? backDatedSeconds);
}

/** Whether one of `paths` is `required` or lies above it. */
export function holds(paths: readonly string[], required: string): boolean {
  return paths.some((path) => required === path || required.startsWith(path.endsWith('/') ? path : `${path}/`));
}
