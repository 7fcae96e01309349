import { z } from 'zod';
import { clockOf } from '../../../policies/checks/backup/clock.ts';
import { maximumPoints, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { parseJobs, type Job } from './bareos-jobs.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { momentShown } from './shown-moment.ts';

const Source = z.strictObject({
  /** The name of the job. Nothing in it may end the command that it becomes a part of. */
  job: z.string().regex(/^[A-Za-z0-9][\w.: -]{0,127}$/, 'expected the name of a job'),
  /** bconsole's configuration, with the director's address and password. */
  config: AbsolutePath.default('/etc/bareos/bconsole.conf'),
  /** Whether copies count that were made with warnings: of files, say, that could not be read. */
  acceptWarnings: z.literal(true).optional(),
});
type Source = z.output<typeof Source>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

/** The runs of one backup job, from the catalogue of a Bareos director. Its volumes lie wherever its storage daemons put them. */
export const bareos = defineReader({
  tool: 'bareos',
  source: Source,
  async read(context, { timeZone }, source) {
    const points = await readPoints(context, source, timeZone);
    return { location: { kind: 'unseen', through: 'bareos' }, encrypted: 'unseen', points };
  },
});

async function readPoints(
  { host, signal }: CollectContext,
  source: Source,
  timeZone: string,
): Promise<Reading<Point[]>> {
  const { job, config } = source;
  const readable = await host.status(config);
  if (readable.state === 'unreadable') return readable;
  const input = `.api json\nllist job="${job}"\nquit\n`;
  const answer = await host.run({ file: 'bconsole', args: ['-c', config], input, timeout }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode !== 0) {
    return unreadable('command-failed', 'bconsole', stderr.trim() || lastLineOf(stdout) || `exit code ${exitCode}`);
  }
  const jobs = parseJobs(stdout);
  if (jobs.state === 'unreadable') return jobs;
  const backups = jobs.value.filter(({ name, type }) => name === job && type === 'B');
  return backups.length > maximumPoints
    ? unreadable('too-large', 'the list of jobs')
    : pointsOf(backups, source, timeZone);
}

function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function pointsOf(jobs: readonly Job[], source: Source, timeZone: string): Reading<Point[]> {
  const points: Point[] = [];
  /** The sets of files of which there is a full copy, for later ones to rest on. */
  const bases = new Set<string>();
  for (const job of jobs.toSorted((a, b) => a.jobid - b.jobid)) {
    // A run that waits for its turn has copied nothing, and says no moment.
    if (typeof job.starttime !== 'string') continue;
    const kind = kindOf(job);
    if (kind === undefined)
      return unreadable('unsupported', 'the output of bconsole', `a backup of level ${job.level}`);
    if (!isOnClock(job, timeZone)) {
      const detail = `the director’s clock is not that of ${timeZone}; set timeZone`;
      return unreadable('unsupported', 'the times of Bareos’ jobs', detail);
    }
    const flaw = flawOf(job, source) ?? (kind !== 'full' && !bases.has(job.fileset) ? 'broken-chain' : undefined);
    if (flaw === undefined && kind === 'full') bases.add(job.fileset);
    points.push({
      time: momentShown(job.starttime, timeZone),
      ...(hasEnded(job) ? { endedAt: endOf(job) } : {}),
      id: String(job.jobid),
      kind,
      size: job.jobbytes,
      ...(flaw === undefined ? {} : { flaw }),
    });
  }
  return read(points.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)));
}

function orderOf({ time, id = '' }: Point): string {
  return `${time} ${id.padStart(12, '0')}`;
}

function kindOf({ level }: Job): Point['kind'] {
  return new Map<string, Point['kind']>([
    ['F', 'full'],
    ['D', 'differential'],
    ['I', 'incremental'],
  ]).get(level);
}

/** JobStatus in the catalogue: ended well, ended with warnings; ended otherwise. All others go on, or may be taken up again. */
const good: readonly string[] = ['T', 'W'];
const failed: readonly string[] = ['E', 'e', 'f', 'A'];

/** Bacula, and Bareos before it had `W`, say `T` also where there were warnings, and count the errors. */
function flawOf({ jobstatus, joberrors }: Job, { acceptWarnings }: Source): Point['flaw'] {
  if (failed.includes(jobstatus)) return 'failed';
  if (!good.includes(jobstatus)) return 'unfinished';
  const hasWarnings = jobstatus === 'W' || joberrors > 0;
  return hasWarnings && acceptWarnings !== true ? 'failed' : undefined;
}

/** Of a run that goes on, the end is when it was put in line. */
function hasEnded({ jobstatus, endtime }: Job): boolean {
  return typeof endtime === 'string' && (good.includes(jobstatus) || failed.includes(jobstatus));
}

function endOf({ jobtdate }: Job): string {
  return new Date(jobtdate * 1000).toISOString();
}

/**
 * The catalogue says moments as the director's clock showed them, and of the end also its seconds since 1970. The one is
 * held against the other, so that a wrong zone does not make copies look younger than they are.
 */
function isOnClock(job: Job, timeZone: string): boolean {
  if (typeof job.endtime !== 'string' || !hasEnded(job)) return true;
  const asOnUtc = Date.parse(`${job.endtime.replace(' ', 'T')}Z`);
  return Math.abs(clockOf(timeZone).shows(job.jobtdate * 1000) - asOnUtc) <= 1000;
}
