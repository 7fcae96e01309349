import { basename } from 'node:path';
import { z } from 'zod';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { archivesOf } from '../collect/backup/archives.ts';
import { openPacked } from './packed-file.ts';
import { defineRestorer, type Copy, type RestoreContext } from './restorer.ts';
import { openTar } from './tar.ts';
import { openZip } from './zip.ts';

/** tar, zip, and single files that are packed with gzip or zstd, such as dumps. Of a dump it is the text that is restored. */
export const archives = defineRestorer({
  tool: 'archives',
  source: z.unknown(),
  async open(context, source, point) {
    const found = await archivesOf(context, source, context.timeZone);
    if (found.state === 'unreadable') return found;
    // A dump's own word may set its moment, so that the file tells better which one it is.
    const archive = found.value.find(
      ({ point: other }) => other.modifiedAt === point.modifiedAt && other.size === point.size && other.id === point.id,
    );
    return archive === undefined
      ? unreadable('missing', `the archive of ${point.time}`)
      : openArchive(context, archive.path);
  },
});

async function openArchive(context: RestoreContext, path: string): Promise<Reading<Copy>> {
  const name = basename(path).toLowerCase();
  if (name.endsWith('.zip')) return read(openZip(context, path));
  const checksum = await checksumOf(context, path, name);
  if (checksum.state === 'unreadable') return checksum;
  if (/\.(tar(\.(gz|bz2|xz|zst))?|tgz|tbz2?|txz|tzst)$/.test(name)) return read(openTar(context, path, checksum.value));
  if (name.endsWith('.gz')) return read(openPacked(context, path, 'gzip', true));
  if (name.endsWith('.zst')) return read(openPacked(context, path, 'zstd', checksum.value));
  return unreadable('unsupported', path, 'expected tar, zip, .gz or .zst: of others nothing can be restored here');
}

/**
 * Whether the packer recorded a checksum of the content: gzip and bzip2 always do, xz says in its stream's flags
 * (The .xz File Format 2.1.1.2) and zstd in its first frame's descriptor (RFC 8878 3.1.1.1.1.5); tar alone does not.
 */
async function checksumOf({ host }: RestoreContext, path: string, name: string): Promise<Reading<boolean>> {
  if (/(gz|bz2?)$/.test(name)) return read(true);
  const head = await host.readPart(path, { offset: 0, length: 8 });
  if (head.state === 'unreadable') return head;
  const byteAt = (index: number): number => head.value[index] ?? 0;
  if (name.endsWith('xz')) return read((byteAt(7) & 0x0f) !== 0);
  return read(name.endsWith('zst') && (byteAt(4) & 0x04) !== 0);
}
