import type { Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';
import { momentOf, type NamedMoment } from './archive-names.ts';
import type { Archive } from './archive-verification.ts';
import { readThrough } from './unpacked.ts';

/** A packed file this small (bytes) may hold nothing: gzip packs an empty file into 20 bytes and its name. */
const suspiciousSize = 1024;

/**
 * What an archive's name, its file and, where it is very small, its content say.
 * @param named the moment in its name; `written` where the name tells none, and only the file can
 */
export async function pointOf(
  host: Host,
  { path, status }: Archive,
  named: NamedMoment | 'written',
  timeZone: string,
  signal: AbortSignal,
): Promise<Reading<Point>> {
  const { size, modifiedAt } = status;
  const time = named === 'written' ? modifiedAt : momentOf(named, timeZone, modifiedAt);
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
    ...(named !== 'written' && 'date' in named && named.time === undefined ? { id: named.date.toString() } : {}),
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
