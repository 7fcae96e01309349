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
  /** Those that lie there, whether they count or not. */
  readonly present: readonly Point[];
  /** What there is to say of those that do not count: notes, and `unknown` for a wrong clock or for what cannot be seen. */
  readonly remarks: readonly Reason[];
}

/** Tells which points count at `at`, and says why the others do not. */
export function sortPoints(set: BackupSet, points: readonly Point[], at: Date): SortedPoints {
  const ordered = [...points].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const future = ordered.filter((point) => isInFuture(point, at));
  const present = ordered.filter((point) => !isInFuture(point, at));
  const counted: Point[] = [];
  const flaws: Reason[] = [];
  for (const point of present) {
    const flaw = flawOf(point, set);
    if (flaw === undefined) counted.push(point);
    else flaws.push(flaw);
  }
  return { counted, present, remarks: [...wrongClock(set, future), ...unseenPaths(set, present), ...together(flaws)] };
}

function isInFuture(point: Point, at: Date): boolean {
  return [point.time, point.modifiedAt, point.startedAt].some((moment) => moment !== undefined && isFuture(moment, at));
}

function wrongClock(set: BackupSet, future: readonly Point[]): Reason[] {
  const moments = future.flatMap((point) => [point.time, point.modifiedAt ?? '', point.startedAt ?? '']);
  const latest = moments.sort().at(-1);
  return latest === undefined ? [] : [because('backup.future', { points: future.length, latest }, set.set)];
}

function unseenPaths(set: BackupSet, points: readonly Point[]): Reason[] {
  const [path] = set.requiredPaths;
  if (path === undefined || points.every((point) => point.paths !== undefined)) return [];
  return [because('backup.paths-unseen', { tool: set.tool, path }, set.set)];
}

/** Why a point does not count: a note about this one point. */
function flawOf(point: Point, set: BackupSet): Reason | undefined {
  const note = { points: 1, newest: point.time };
  if (point.flaw !== undefined) return because(`backup.left-out.${point.flaw}`, note, set.set);
  const path = set.requiredPaths.find((required) => point.paths !== undefined && !holds(point.paths, required));
  if (path !== undefined) return because('backup.left-out.path', { ...note, path }, set.set);
  if (point.size === 0 || point.content === 'nothing') return because('backup.left-out.empty', note, set.set);
  if (point.content === 'damaged') return because('backup.left-out.damaged', note, set.set);
  const minimum = set.minimumSize;
  if (minimum !== undefined && point.size !== undefined && point.size < minimum) {
    return because('backup.left-out.small', { ...note, minimum }, set.set);
  }
  if (isPostDated(point)) return because('backup.left-out.post-dated', note, set.set);
  if (isBackDated(point)) return because('backup.left-out.back-dated', note, set.set);
  return undefined;
}

/** One note for all points with the same flaw, in the words of the newest. */
function together(flaws: readonly Reason[]): Reason[] {
  const notes = new Map<string, Reason>();
  const counts = new Map<string, number>();
  for (const flaw of flaws) {
    const key = JSON.stringify([flaw.code, flaw.values.path]);
    const points = (counts.get(key) ?? 0) + 1;
    counts.set(key, points);
    notes.set(key, { ...flaw, values: { ...flaw.values, points } });
  }
  return [...notes.values()];
}

/** An old copy under a newer date. The other way round a file is honest: copying it resets when it was modified. */
function isPostDated(point: Point): boolean {
  if (point.modifiedAt !== undefined && secondsBetween(point.modifiedAt, point.time) > namedLateSeconds) return true;
  return point.startedAt !== undefined && secondsBetween(point.startedAt, point.time) > clockToleranceSeconds;
}

/** Only the tool's own record shows this; without one a snapshot made with another date cannot be told from a real one. */
function isBackDated(point: Point): boolean {
  return point.startedAt !== undefined && secondsBetween(point.time, point.startedAt) > backDatedSeconds;
}

/** Whether one of `paths` is `required` or lies above it. */
export function holds(paths: readonly string[], required: string): boolean {
  return paths.some((path) => required === path || required.startsWith(path.endsWith('/') ? path : `${path}/`));
}
