import { z } from 'zod';
import { maximumPoints, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { ArchivePattern, matcherOf, momentOf, type NamedMoment } from './archive-names.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader, type SetRequest } from './reader.ts';

const Source = z.strictObject({
  /** Holds one tree a copy. */
  folder: AbsolutePath,
  /** The form of a tree's name. */
  pattern: ArchivePattern.refine((pattern) => pattern.includes('{date}'), { error: 'expected {date}' }),
  /** A file in each tree that something renews at the source shortly before each copy. */
  stamp: z
    .string()
    .max(1024)
    .regex(
      /^(?!.*\/\/)(?!(.*\/)?\.{1,2}(\/|$))[^/].*[^/]$/,
      'expected a path within each tree, such as var/lib/backup-stamp',
    ),
  /** The name of the link that the job sets to each tree that it finished. */
  latest: z
    .string()
    .max(255)
    .regex(/^(?!\.{1,2}$)[^/]+$/, 'expected the name of a link in the folder, such as latest')
    .optional(),
});
type Source = z.output<typeof Source>;

/**
 * Trees that rsync writes, one a copy, in which files that did not change are hard links into the tree before
 * (`rsync --link-dest`). A tree's own times are those of its source, and an empty or failed run leaves a tree that
 * looks like the one before it: so a stamp in each must be of the tree's own time.
 */
export const rsync = defineReader({
  tool: 'rsync',
  source: Source,
  async read(context, request, source) {
    return {
      location: await locatePath(context.host, source.folder),
      encrypted: 'no',
      points: await readTrees(context, request, source),
    };
  },
});

async function readTrees(
  { host, signal }: Pick<CollectContext, 'host' | 'signal'>,
  request: SetRequest,
  source: Source,
): Promise<Reading<Point[]>> {
  const { folder, pattern, stamp } = source;
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const finished = await newestFinished(host, source, signal);
  if (finished.state === 'unreadable') return finished;
  const match = matcherOf(pattern);
  const trees = names.value.flatMap((name): Tree[] => {
    const named = match(name);
    return named === undefined ? [] : [{ path: `${folder}/${name}`, named }];
  });
  if (trees.length > maximumPoints) return unreadable('too-large', folder);
  const inside = await findInside(host, trees, [`/${stamp}`, ...request.requiredPaths], signal);
  if (inside.state === 'unreadable') return inside;
  const points: Point[] = [];
  for (const tree of trees) {
    if (signal.aborted) return unreadable('timeout', folder);
    const point = await readTree(host, tree, request, source, inside.value);
    if (point.state === 'unreadable') return point;
    if (point.value === undefined) continue;
    const isFinished = finished.value === undefined || !isAfter(tree.named, finished.value);
    points.push(isFinished ? point.value : { ...point.value, flaw: 'unfinished' });
  }
  return read(points.sort((a, b) => (a.time < b.time ? -1 : 1)));
}

interface Tree {
  readonly path: string;
  readonly named: NamedMoment;
}

/** What the name of the tree says that the link leads to; undefined where there is to be no link. */
async function newestFinished(
  host: Host,
  { folder, latest, pattern }: Source,
  signal: AbortSignal,
): Promise<Reading<NamedMoment | undefined>> {
  if (latest === undefined) return read(undefined);
  const link = `${folder}/${latest}`;
  const status = await host.status(link);
  if (status.state === 'unreadable') return status;
  const answer = await host.run({ file: 'readlink', args: ['--no-newline', '--', link] }, signal);
  if (answer.state === 'unreadable') return answer;
  const target = answer.value.stdout.replace(/\/$/, '').split('/').at(-1) ?? '';
  const named = matcherOf(pattern)(target);
  if (named !== undefined) return read(named);
  return unreadable('unparsable', link, 'it leads to no tree whose name has the form of the pattern');
}

function isAfter(one: NamedMoment, other: NamedMoment): boolean {
  // Of names alone, in any zone: the clock's changes leave their order as it is.
  return leastOf(one, 'UTC', new Date(0)) > leastOf(other, 'UTC', new Date(0));
}

function leastOf(named: NamedMoment, timeZone: string, stampedAt: Date): string {
  return momentOf(named, timeZone, stampedAt)?.toISOString() ?? '';
}

/** Paths that one command is asked about at most. */
const together = 1000;

/**
 * Which of the paths in each tree lie in it: a link that was copied with the tree may lead out of it, to the live system
 * that is always fresh and complete.
 * @param wanted with / in front
 * @returns whole paths
 */
async function findInside(
  host: Host,
  trees: readonly Tree[],
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<Reading<ReadonlySet<string>>> {
  const asked = trees.flatMap(({ path: tree }) => wanted.map((path) => ({ tree, path: `${tree}${path}` })));
  const inside = new Set<string>();
  for (let start = 0; start < asked.length; start += together) {
    const part = asked.slice(start, start + together);
    const paths = part.flatMap(({ tree, path }) => [tree, path]);
    const args = ['--canonicalize-missing', '--zero', '--', ...paths];
    const answer = await host.run({ file: 'realpath', args, timeout: 20 }, signal);
    if (answer.state === 'unreadable') return answer;
    const { exitCode, stdout, stderr } = answer.value;
    const found = stdout.split('\0').slice(0, -1);
    if (exitCode !== 0 || found.length !== paths.length) return unreadable('command-failed', 'realpath', stderr.trim());
    for (const [index, { path }] of part.entries()) {
      const [tree = '', real = ''] = found.slice(2 * index, 2 * index + 2);
      if (real.startsWith(`${tree}/`)) inside.add(path);
    }
  }
  return read(inside);
}

/** @returns undefined for what is no tree, or went since the folder was listed */
async function readTree(
  host: Host,
  { path: tree, named }: Tree,
  { requiredPaths, timeZone }: SetRequest,
  { stamp }: Source,
  inside: ReadonlySet<string>,
): Promise<Reading<Point | undefined>> {
  const status = await host.status(tree);
  if (status.state === 'unreadable') return status.obstacle.code === 'missing' ? read(undefined) : status;
  if (status.value.kind !== 'directory') return read(undefined);
  const stampedAt = await stampOf(host, `${tree}/${stamp}`, inside);
  if (stampedAt.state === 'unreadable') return stampedAt;
  const paths = await pathsIn(host, tree, requiredPaths, inside);
  if (paths.state === 'unreadable') return paths;
  return read({
    time: leastOf(named, timeZone, stampedAt.value ?? new Date(0)),
    paths: paths.value,
    // A tree without its stamp was not written to its end, or is no copy of what it should be.
    ...(stampedAt.value === undefined ? { flaw: 'unfinished' } : { modifiedAt: stampedAt.value.toISOString() }),
  });
}

async function stampOf(host: Host, path: string, inside: ReadonlySet<string>): Promise<Reading<Date | undefined>> {
  if (!inside.has(path)) return read(undefined);
  const status = await host.status(path);
  if (status.state === 'unreadable') return status.obstacle.code === 'missing' ? read(undefined) : status;
  return read(status.value.kind === 'file' ? status.value.modifiedAt : undefined);
}

/** Those of the required paths that are in the tree; a folder with nothing in it is not. */
async function pathsIn(
  host: Host,
  tree: string,
  requiredPaths: readonly string[],
  inside: ReadonlySet<string>,
): Promise<Reading<string[]>> {
  const found: string[] = [];
  for (const path of requiredPaths) {
    const whole = `${tree}${path}`;
    const status = inside.has(whole) ? await host.status(whole) : unreadable('missing', whole);
    if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
    if (status.state === 'unreadable') return status;
    const content = status.value.kind === 'directory' ? await host.list(whole) : read(['']);
    if (content.state === 'unreadable') return content;
    if (content.value.length > 0) found.push(path);
  }
  return read(found);
}
