import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { maximumPoints, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';
import { ArchivePattern, matcherOf, momentOf } from './archive-names.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';

const Source = z.strictObject({
  folder: AbsolutePath,
  pattern: ArchivePattern,
  /** Bytes; smaller archives do not count. */
  minimumSize: z.int().min(1).optional(),
});

/** One byte more than what packing nothing at all gives; measured with bzip2 1.0.8, xz 5.4, zstd 1.5, lz4 1.9 and zip 3.0. */
const smallestSizes: Readonly<Record<string, number>> = { bz2: 15, xz: 33, zst: 14, lz4: 16, zip: 23 };

/** A gzip file this small (bytes) may hold nothing: packing an empty file gives 20 bytes and its name. */
const suspiciousSize = 1024;

/** A folder of archives with their date in the name, such as the dumps that a cron job writes. */
export const archives = defineReader({
  tool: 'archives',
  source: Source,
  async read({ host, signal }, { timeZone }, source) {
    const extension = source.pattern.slice(source.pattern.lastIndexOf('.') + 1).toLowerCase();
    const namedEncrypted = ['gpg', 'pgp', 'asc', 'age', 'enc'].includes(extension);
    return {
      location: await locatePath(host, source.folder),
      encrypted: namedEncrypted ? 'unseen' : 'no',
      minimumSize: Math.max(source.minimumSize ?? 1, smallestSizes[extension] ?? 1),
      points: await readFolder(host, source, timeZone, signal),
    };
  },
});

async function readFolder(
  host: Host,
  { folder, pattern }: z.output<typeof Source>,
  timeZone: string,
  signal: AbortSignal,
): Promise<Reading<Point[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const match = matcherOf(pattern);
  const dated = names.value.flatMap((name) => {
    const named = match(name);
    return named === undefined ? [] : [{ path: `${folder === '/' ? '' : folder}/${name}`, named }];
  });
  if (dated.length > maximumPoints) return unreadable('too-large', folder);
  const points: Point[] = [];
  for (const { path, named } of dated) {
    if (signal.aborted) return unreadable('timeout', folder);
    const status = await host.status(path);
    // Rotation may have deleted it since the folder was listed.
    if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
    if (status.state === 'unreadable') return status;
    if (status.value.kind !== 'file') continue;
    const content = await contentOf(host, path, status.value);
    if (content.state === 'unreadable') return content;
    points.push({
      time: momentOf(named, timeZone, status.value.modifiedAt).toISOString(),
      // Its moment moves while it is written, and when it is touched; its name does not.
      ...(named.time === undefined ? { id: named.date.toString() } : {}),
      size: status.value.size,
      modifiedAt: status.value.modifiedAt.toISOString(),
      ...(content.value === undefined ? {} : { content: content.value }),
    });
  }
  return read(points.sort((a, b) => (a.time < b.time ? -1 : 1)));
}

/** Unpacks gzip files that are suspiciously small. A failed dump piped into gzip, or tar without files, leaves one. */
async function contentOf(host: Host, path: string, status: FileStatus): Promise<Reading<Point['content']>> {
  if (!/\.t?gz$/.test(path) || status.size === 0 || status.size > suspiciousSize) return read(undefined);
  const packed = await host.readBytes(path, { maximumSize: suspiciousSize });
  if (packed.state === 'unreadable') return packed;
  try {
    // 1 KiB unpacks to 1 MiB at most: deflate packs a thousandfold at best.
    const content = gunzipSync(packed.value, { maxOutputLength: 2 ** 21 });
    return read(content.every((byte) => byte === 0) ? 'nothing' : undefined);
  } catch {
    return read('damaged');
  }
}
