import { z } from 'zod';
import { maximumPoints, type BackupSet, type Point } from '../../../policies/checks/backup/facts.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { readAccountFolder } from './account-archives.ts';
import { ArchivePattern, matcherOf } from './archive-names.ts';
import { pointOf } from './archive-point.ts';
import { isVerifiable, verifyArchive, type Archive, type Finding } from './archive-verification.ts';
import { dumpKinds } from './dumps.ts';
import { ExpectedAccounts } from './expected-accounts.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';

const Source = z
  .strictObject({
    folder: AbsolutePath,
    pattern: ArchivePattern,
    /** Bytes; smaller archives do not count. */
    minimumSize: z.int().min(1).optional(),
    /** How many of the newest archives are read to their end. */
    verify: z.union([z.literal('newest'), z.int().min(1).max(100)]).optional(),
    /** What database's dumps they are: then those that are read must be whole dumps. */
    dump: z.enum(dumpKinds).optional(),
    /** Which accounts are to have archives of their own, beside `{account}` in the pattern. */
    accounts: ExpectedAccounts.optional(),
  })
  .refine(({ pattern, accounts }) => pattern.includes('{account}') === (accounts !== undefined), {
    path: ['accounts'],
    error: 'expected accounts beside a pattern with {account}, and beside no other',
  })
  .refine(({ accounts, verify, dump }) => accounts === undefined || (verify === undefined && dump === undefined), {
    path: ['accounts'],
    error: 'expected no verify and no dump beside accounts: reading the archives of all would take too long',
  })
  .refine((source) => source.dump === undefined || isVerifiable(source.pattern, source.dump), {
    path: ['dump'],
    error: 'expected a pattern of plain files, .gz or .zst beside dump: others the agent cannot look into',
  })
  .refine((source) => source.verify === undefined || isVerifiable(source.pattern, source.dump), {
    path: ['verify'],
    error:
      'expected dump, or a pattern that ends in .gz, .zst, .xz, .bz2, .zip or .tar: of others nothing can be verified',
  });
type Source = z.output<typeof Source>;

/** One byte more than what packing nothing at all gives; measured with bzip2 1.0.8, xz 5.4, zstd 1.5, lz4 1.9 and zip 3.0. */
const smallestSizes: Readonly<Record<string, number>> = { bz2: 15, xz: 33, zst: 14, lz4: 16, zip: 23 };

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/** A dump that was finished so much (seconds) before the moment of its name is an older one. */
const namedLate = 3600;

/** A folder of archives with their date in the name, such as the dumps that a cron job writes. */
export const archives = defineReader({
  tool: 'archives',
  source: Source,
  async read(context, { timeZone }, source) {
    const { host } = context;
    const extension = source.pattern.slice(source.pattern.lastIndexOf('.') + 1).toLowerCase();
    const namedEncrypted = ['gpg', 'pgp', 'asc', 'age', 'enc'].includes(extension);
    const ended = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    return {
      location: await locatePath(host, source.folder),
      encrypted: namedEncrypted ? 'unseen' : 'no',
      minimumSize: Math.max(source.minimumSize ?? 1, smallestSizes[extension] ?? 1),
      points: await readPoints(context, source, timeZone, ended),
    };
  },
});

async function readPoints(
  context: CollectContext,
  { accounts, ...source }: Source,
  timeZone: string,
  signal: AbortSignal,
): Promise<BackupSet['points']> {
  if (accounts !== undefined) return readAccountFolder(context, { ...source, accounts }, timeZone, signal);
  const found = await readFolder(context.host, source, timeZone, signal);
  return found.state === 'unreadable' ? found : verifyNewest(context.host, source, timeZone, found.value, signal);
}

interface Found extends Archive {
  readonly point: Point;
}

/** The archives that lie there, as they are read; for those who restore from them. */
export async function archivesOf(
  { host, signal }: Pick<CollectContext, 'host' | 'signal'>,
  source: unknown,
  timeZone: string,
): Promise<Reading<Found[]>> {
  return readFolder(host, Source.parse(source), timeZone, signal);
}

/** The archives that lie there, sorted by moment. */
async function readFolder(
  host: Host,
  { folder, pattern }: Source,
  timeZone: string,
  signal: AbortSignal,
): Promise<Reading<Found[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const match = matcherOf(pattern);
  const dated = names.value.flatMap((name) => {
    const named = match(name);
    return named === undefined ? [] : [{ path: `${folder === '/' ? '' : folder}/${name}`, named }];
  });
  if (dated.length > maximumPoints) return unreadable('too-large', folder);
  const found: Found[] = [];
  for (const { path, named } of dated) {
    if (signal.aborted) return unreadable('timeout', folder);
    const status = await host.status(path);
    // Rotation may have deleted it since the folder was listed.
    if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
    if (status.state === 'unreadable') return status;
    if (status.value.kind !== 'file') continue;
    const point = await pointOf(host, { path, status: status.value }, named, timeZone, signal);
    if (point.state === 'unreadable') return point;
    found.push({ path, status: status.value, point: point.value });
  }
  return read(found.sort((a, b) => (a.point.time < b.point.time ? -1 : 1)));
}

/** Reads the newest archives that have anything in them; those of older date keep what their names and sizes say. */
async function verifyNewest(
  host: Host,
  { verify, dump }: Source,
  timeZone: string,
  found: readonly Found[],
  signal: AbortSignal,
): Promise<Reading<Point[]>> {
  const count = verify === 'newest' ? 1 : (verify ?? (dump === undefined ? 0 : 1));
  const points: Point[] = [];
  for (const [index, { path, status, point }] of found.entries()) {
    const isWanted = index >= found.length - count && status.size > 0 && point.content === undefined;
    const finding = isWanted ? await verifyArchive(host, { path, status }, { dump, timeZone }, signal) : read({});
    if (finding.state === 'unreadable') return finding;
    points.push(withFinding(point, finding.value));
  }
  return read(points.sort((a, b) => (a.time < b.time ? -1 : 1)));
}

/** A dump that says it was finished long before its name's moment shows no later one than that. */
function withFinding(point: Point, finding: Finding): Point {
  const { endedAt } = finding;
  const isOlder = endedAt !== undefined && secondsBetween(endedAt, point.time) > namedLate;
  return { ...point, ...finding, ...(isOlder ? { time: endedAt } : {}) };
}
