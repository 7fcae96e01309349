import { z } from 'zod';
import { holds } from '../../../policies/checks/backup/points.ts';
import { maximumPoints, type BackupSet, type Location, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import { parseAnswer } from './answer.ts';
import { readEnvironment, variables } from './environment.ts';
import { AbsolutePath, defineReader, type SetRequest } from './reader.ts';
import { holdsPassword, isRepository, locateRepository, withoutPasswords } from './restic-repository.ts';

const Source = z
  .strictObject({
    repository: z
      .string()
      .max(1024)
      .refine(isRepository, { error: 'expected an absolute path or an address such as sftp:user@host:/srv/restic' })
      .refine((name) => !holdsPassword(name), { error: 'expected no password here: write it to a repositoryFile' })
      .optional(),
    /** A file that holds the repository's name, for names with a password in them. */
    repositoryFile: AbsolutePath.optional(),
    passwordFile: AbsolutePath.optional(),
    environmentFile: AbsolutePath.optional(),
    /** Whose snapshots are meant; this host's own name unless given. */
    host: z.string().min(1).max(255).optional(),
    /** A snapshot must carry all of them. */
    tags: z.array(z.string().min(1).max(255)).max(20).default([]),
  })
  .refine((source) => (source.repository === undefined) !== (source.repositoryFile === undefined), {
    error: 'expected either repository or repositoryFile',
  })
  .refine((source) => source.passwordFile !== undefined || source.environmentFile !== undefined, {
    error: 'expected passwordFile, or an environmentFile with RESTIC_PASSWORD',
  });
type Source = z.output<typeof Source>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

/**
 * restic repositories, listed with `restic snapshots --json --no-lock --no-cache`: without `--no-lock` it would
 * write a lock into the repository. The repository and its password reach restic through its environment only.
 */
export const restic = defineReader({
  tool: 'restic',
  source: Source,
  async read({ host, signal }, request, source) {
    const ofHost = source.host ?? host.hostname;
    const repository = await repositoryOf(host, source);
    if (repository.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'repositoryFile' }, encrypted: 'yes', ofHost, points: repository };
    }
    const location = await locateRepository(host, repository.value);
    const listing = await listSnapshots(host, source, repository.value, location, signal);
    if (listing.state !== 'read') return { location, encrypted: 'yes', ofHost, points: listing };
    const others = new Set(listing.value.map(({ hostname }) => hostname).filter((name) => name !== ofHost));
    return {
      location,
      encrypted: 'yes',
      ofHost,
      otherHosts: [...others].sort().slice(0, 10),
      points: pointsOf(listing.value, ofHost, source.tags, request),
    };
  },
});

async function repositoryOf(host: Host, source: Source): Promise<Reading<string>> {
  if (source.repository !== undefined) return read(source.repository);
  const path = source.repositoryFile ?? '';
  const text = await host.readText(path, { maximumSize: 4096 });
  if (text.state === 'unreadable') return text;
  const name = text.value.trim();
  return isRepository(name) ? read(name) : unreadable('unparsable', path, 'it does not name a restic repository');
}

/** A snapshot's name; what tells it from another of the same moment. */
const SnapshotId = z.string().regex(/^[0-9a-f]{64}$/);

/** What is read of a snapshot; `summary` since restic 0.17. */
const Snapshot = z.object({
  id: SnapshotId,
  /** What it was called before its tags or paths were rewritten. */
  original: SnapshotId.nullish(),
  time: z.iso.datetime({ offset: true }),
  hostname: z.string().max(255).default(''),
  paths: z.array(z.string()).nullable(),
  tags: z.array(z.string()).nullish(),
  summary: z
    .object({
      backup_start: z.iso.datetime({ offset: true }),
      backup_end: z.iso.datetime({ offset: true }),
      total_bytes_processed: z.int().min(0),
    })
    .nullish(),
});
type Snapshot = z.output<typeof Snapshot>;

type Listing = Reading<Snapshot[]> | Extract<BackupSet['points'], { state: 'wrong-password' }>;

async function listSnapshots(
  host: Host,
  source: Source,
  repository: string,
  location: Location,
  signal: AbortSignal,
): Promise<Listing> {
  const env = await environmentOf(host, source, repository);
  if (env.state === 'unreadable') return env;
  const args = ['snapshots', '--json', '--no-lock', '--no-cache'];
  const answer = await host.run({ file: 'restic', args, env: env.value, timeout }, signal);
  if (answer.state === 'unreadable') return answer;
  const failure = failureOf(answer.value, source, location);
  return failure ?? parseSnapshots(answer.value.stdout);
}

/** The environment that opens a repository; its password is in no argument. */
async function environmentOf(
  host: Host,
  source: Source,
  repository: string,
): Promise<Reading<Readonly<Record<string, string>>>> {
  const fromFile =
    source.environmentFile === undefined
      ? read({})
      : await readEnvironment(host, source.environmentFile, variables.restic);
  if (fromFile.state === 'unreadable') return fromFile;
  return read({
    ...fromFile.value,
    ...(source.passwordFile === undefined ? {} : { RESTIC_PASSWORD_FILE: source.passwordFile }),
    // Last, so that no environment file makes restic read another repository than the one whose place is judged.
    RESTIC_REPOSITORY: repository,
  });
}

/** As the reader opens it, for those who restore from it. */
export async function openingOf(host: Host, source: unknown): Promise<Reading<Readonly<Record<string, string>>>> {
  const parsed = Source.parse(source);
  const repository = await repositoryOf(host, parsed);
  return repository.state === 'unreadable' ? repository : environmentOf(host, parsed, repository.value);
}

/**
 * What an answer says went wrong. Versions before 0.17 exit with 1 for everything and with 0 when they left out a
 * snapshot, or all of them, that they could not read; so standard error is looked at even after a success.
 * Exit codes: restic's manual, "Scripting" (10: no repository, since 0.17.0; 12: wrong password, since 0.17.1).
 */
function failureOf(
  { exitCode, stderr }: CommandResult,
  source: Source,
  location: Location,
): Exclude<Listing, { state: 'read' }> | undefined {
  const message = messageIn(stderr);
  if (exitCode === 0 && !/could not load|ignoring|error|denied|failed/i.test(message)) return undefined;
  const what = location.kind === 'path' ? location.path : 'the restic repository';
  if (exitCode === 12 || /wrong password/i.test(message)) {
    return { state: 'wrong-password', passwordFrom: source.passwordFile ?? source.environmentFile ?? '' };
  }
  if (/resolving password failed/i.test(message)) {
    const file = source.passwordFile ?? source.environmentFile ?? '';
    return unreadableFile(message, file) ?? unreadable('command-failed', 'restic snapshots', message);
  }
  if (/permission denied/i.test(message)) return unreadable('denied', what);
  const noRepository = exitCode === 10 || /no such file or directory|repository does not exist/i.test(message);
  if (noRepository && location.kind === 'path') return unreadable('missing', what);
  return unreadable('command-failed', 'restic snapshots', message === '' ? `exit code ${exitCode}` : message);
}

function unreadableFile(message: string, file: string): Exclude<Reading<never>, { state: 'read' }> | undefined {
  if (/permission denied/i.test(message)) return unreadable('denied', file);
  return /does not exist|no such file/i.test(message) ? unreadable('missing', file) : undefined;
}

/** Standard error as one line, without passwords. Newer versions write some messages as JSON. */
export function messageIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => {
    const message = /^\{.*"message":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
    return (message ?? line).replaceAll(String.raw`\n`, ' ').trim();
  });
  return withoutPasswords(lines.filter((line) => line !== '').join(' '));
}

function parseSnapshots(stdout: string): Reading<Snapshot[]> {
  const what = 'the output of restic snapshots';
  // Without a single snapshot some versions print null.
  const answer = parseAnswer(stdout, what, z.array(Snapshot).nullable());
  return answer.state === 'read' ? read(answer.value ?? []) : answer;
}

function pointsOf(
  snapshots: readonly Snapshot[],
  ofHost: string,
  tags: readonly string[],
  { requiredPaths }: SetRequest,
): Reading<Point[]> {
  const own = snapshots.filter(
    (snapshot) => snapshot.hostname === ofHost && tags.every((tag) => snapshot.tags?.includes(tag)),
  );
  if (own.length > maximumPoints) return unreadable('too-large', 'the list of restic snapshots');
  const points = own.map(({ id, original, time, paths, summary }) => ({
    time: new Date(time).toISOString(),
    id: (original ?? id).slice(0, 16),
    paths: (paths ?? []).filter((path) => requiredPaths.some((required) => holds([path], required))).sort(),
    ...(summary === null || summary === undefined
      ? {}
      : {
          size: summary.total_bytes_processed,
          startedAt: new Date(summary.backup_start).toISOString(),
          endedAt: new Date(summary.backup_end).toISOString(),
        }),
  }));
  return read(points.sort(comparePoints));
}

/** Moments in one form sort as text; the rest only settles which of two equals comes first. */
function comparePoints(a: Point, b: Point): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  const restOf = ({ id, paths, size, startedAt }: Point): string => JSON.stringify([id, paths, size, startedAt]);
  return restOf(a) < restOf(b) ? -1 : 1;
}
