import { z } from 'zod';
import { maximumPoints, type Point } from '../../../policies/checks/backup/facts.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';
import { ArchivePattern, matcherOf, momentOf, type NamedMoment } from './archive-names.ts';
import { isVerifiable, verifyArchive, type Archive, type Finding } from './archive-verification.ts';
import { dumpKinds } from './dumps.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { readThrough } from './unpacked.ts';

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

/** A packed file this small (bytes) may hold nothing: gzip packs an empty file into 20 bytes and its name. */
const suspiciousSize = 1024;

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/** A dump that was finished so much (seconds) before the moment of its name is an older one. */
const namedLate = 3600;

/** A folder of archives with their date in the name, such as the dumps that a cron job writes. */
export const archives = defineReader({
  tool: 'archives',
  source: Source,
  async read({ host, signal }, { timeZone }, source) {
    const extension = source.pattern.slice(source.pattern.lastIndexOf('.') + 1).toLowerCase();
    const namedEncrypted = ['gpg', 'pgp', 'asc', 'age', 'enc'].includes(extension);
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]);
    const found = await readFolder(host, source, timeZone, ended);
    return {
      location: await locatePath(host, source.folder),
      encrypted: namedEncrypted ? 'unseen' : 'no',
      minimumSize: Math.max(source.minimumSize ?? 1, smallestSizes[extension] ?? 1),
      points: found.state === 'unreadable' ? found : await verifyNewest(host, source, timeZone, found.value, ended),
    };
  },
});

interface Found extends Archive {
  readonly point: Point;
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

async function pointOf(
  host: Host,
  { path, status }: Archive,
  named: NamedMoment,
  timeZone: string,
  signal: AbortSignal,
): Promise<Reading<Point>> {
  const { size, modifiedAt } = status;
  const time = momentOf(named, timeZone, modifiedAt);
  if (time === undefined) {
    const detail =
      'it was last written to on another day than its name says, so it was copied or touched since it was made';
    return unreadable('unparsable', path, detail);
  }
  const content = await contentOf(host, path, status, signal);
  if (content.state === 'unreadable') return content;
  return read({
    time: time.toISOString(),
    // Its moment moves while it is written, and when it is touched; its name does not.
    ...('date' in named && named.time === undefined ? { id: named.date.toString() } : {}),
    size,
    modifiedAt: modifiedAt.toISOString(),
    ...(content.value === undefined ? {} : { content: content.value }),
  });
}

/** Unpacks files that are suspiciously small. A failed dump piped into gzip, or tar without files, leaves one. */
async function contentOf(
  host: Host,
  path: string,
  { size }: FileStatus,
  signal: AbortSignal,
): Promise<Reading<Point['content']>> {
  const packer = /\.t?gz$/.test(path) ? 'gzip' : /\.t?zst$/.test(path) ? 'zstd' : undefined;
  if (packer === undefined || size === 0 || size > suspiciousSize) return read(undefined);
  const extent = await readThrough(host, path, packer, signal);
  if (extent.state === 'unreadable') return extent;
  if (extent.value === 'damaged') return read('damaged');
  return read(extent.value.isAllZero ? 'nothing' : undefined);
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
