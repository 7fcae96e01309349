import { z } from 'zod';
import { clockOf, type Clock } from '../../../policies/checks/backup/clock.ts';
import { maximumPoints, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader, type SetRequest } from './reader.ts';
import { readConfig, type RsnapshotConfig } from './rsnapshot-config.ts';
import { readRuns, type Run } from './rsnapshot-log.ts';

const Source = z.strictObject({
  config: AbsolutePath.default('/etc/rsnapshot.conf'),
  /** The name after `retain`. */
  interval: z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'expected the name of an interval such as daily'),
  /** The folder inside each copy below which the paths of a host lie: what `backup` lines name last. */
  folder: z
    .string()
    .max(255)
    .regex(/^(?!\.{1,2}$)[^/]+$/, 'expected the name of a folder such as localhost')
    .optional(),
});
type Source = z.output<typeof Source>;

/**
 * rsnapshot's folders of one interval. When such a folder was last written to proves nothing: rsnapshot renews that
 * also after it put the copy before in the place of one that failed. So each must go back to a run that its log says
 * went well. No program is run.
 */
export const rsnapshot = defineReader({
  tool: 'rsnapshot',
  source: Source,
  async read(context, request, source) {
    const config = await readConfig(context.host, source.config);
    if (config.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'rsnapshot' }, encrypted: 'no', points: config };
    }
    const location = await locatePath(context.host, config.value.root);
    return { location, encrypted: 'no', points: await readPoints(context, request, source, config.value) };
  },
});

async function readPoints(
  { host, signal }: CollectContext,
  request: SetRequest,
  { config: path, interval, folder }: Source,
  { root, logfile, intervals }: RsnapshotConfig,
): Promise<Reading<Point[]>> {
  if (!intervals.includes(interval)) return unreadable('missing', `${path}: retain ${interval}`);
  const names = await host.list(root);
  if (names.state === 'unreadable') return names;
  const runs = await readRuns(host, logfile);
  if (runs.state === 'unreadable') return runs;
  const clock = clockOf(request.timeZone);
  const copies = names.value.filter((name) => name.startsWith(`${interval}.`) && /\.\d+$/.test(name));
  if (copies.length > maximumPoints) return unreadable('too-large', root);
  const points: Point[] = [];
  for (const name of copies) {
    if (signal.aborted) return unreadable('timeout', root);
    const status = await host.status(`${root}/${name}`);
    // Rotation may have renamed it since the folder was listed.
    if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
    if (status.state === 'unreadable') return status;
    const made = madeBy(runs.value, status.value.modifiedAt, clock);
    if (made === undefined) {
      return unreadable(
        'unsupported',
        logfile,
        `it tells nothing of the run that made ${name}; keep it as long as copies`,
      );
    }
    const paths = folder === undefined ? undefined : await pathsIn(host, `${root}/${name}/${folder}`, request);
    if (paths?.state === 'unreadable') return paths;
    points.push({ ...made, ...(paths === undefined ? {} : { paths: paths.value }) });
  }
  return read(points.sort((a, b) => (a.time < b.time ? -1 : 1)));
}

/** Of the runs in whose time a folder was last written to, the last: an hour of the clock may come twice. */
function madeBy(runs: readonly Run[], modifiedAt: Date, clock: Clock): Point | undefined {
  const shown = Math.floor(clock.shows(modifiedAt.getTime()) / 1000) * 1000;
  const run = runs.findLast(({ begin, end }) => begin <= shown && shown <= end);
  if (run === undefined) return undefined;
  return {
    // Counted back from the folder's own time, which is certain also in an hour that comes twice.
    time: new Date(modifiedAt.getTime() - (shown - run.begin)).toISOString(),
    endedAt: modifiedAt.toISOString(),
    ...(run.outcome === 'good' ? {} : { flaw: run.outcome }),
  };
}

async function pathsIn(host: Host, folder: string, { requiredPaths }: SetRequest): Promise<Reading<string[]>> {
  const paths: string[] = [];
  for (const path of requiredPaths) {
    const status = await host.status(folder + path);
    if (status.state === 'read') paths.push(path);
    else if (status.obstacle.code !== 'missing') return status;
  }
  return read(paths);
}
