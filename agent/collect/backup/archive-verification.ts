import type { Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Command, FileStatus, Host } from '../../host/host.ts';
import { endOfDump, isCustomDump, type DumpKind } from './dumps.ts';
import { readEnds, readThrough, type Extent, type Packer } from './unpacked.ts';
import { isEmptyZip, isWholeZip, zipEnd } from './zip-end.ts';

/** What reading an archive shows: nothing where it is whole. */
export type Finding = Pick<Point, 'content' | 'flaw' | 'endedAt'>;

export interface Archive {
  readonly path: string;
  readonly status: FileStatus;
}

export interface Wanted {
  readonly dump?: DumpKind | undefined;
  readonly timeZone: string;
}

/** Seconds for one command; the whole of a reader's time is bounded by its signal. */
const timeout = 40;

/** Whether `verifyArchive` knows the form of files with such a name. */
export function isVerifiable(name: string, dump: DumpKind | undefined): boolean {
  const form = formOf(name);
  if (dump !== undefined) return form.reader === 'stream';
  return form.reader !== 'stream' || form.packer !== 'none' || form.isTar;
}

/**
 * Reads an archive to its end: whether it unpacks, whether a tar or zip file has its end, and whether a dump was written to
 * its end. A file that changes meanwhile is still being made.
 */
export async function verifyArchive(
  host: Host,
  { path, status }: Archive,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Reading<Finding>> {
  const finding = await inspect(host, path, status.size, wanted, signal);
  const after = await host.status(path);
  if (after.state === 'unreadable') return after;
  const hasChanged =
    after.value.size !== status.size || after.value.modifiedAt.getTime() !== status.modifiedAt.getTime();
  return hasChanged ? read({ flaw: 'unfinished' }) : finding;
}

type Form =
  | { readonly reader: 'stream'; readonly packer: Packer; readonly isTar: boolean }
  | { readonly reader: 'zip' }
  | { readonly reader: 'command'; readonly file: 'xz' | 'bzip2' };

function formOf(path: string): Form {
  const [, tar, extension] = /(\.tar)?\.([a-z0-9]+)$/i.exec(path.toLowerCase()) ?? [];
  const stream = (packer: Packer, isTar = tar !== undefined): Form => ({ reader: 'stream', packer, isTar });
  switch (extension) {
    case 'gz':
      return stream('gzip');
    case 'tgz':
      return stream('gzip', true);
    case 'zst':
      return stream('zstd');
    case 'tzst':
      return stream('zstd', true);
    case 'tar':
      return stream('none', true);
    case 'zip':
      return { reader: 'zip' };
    case 'xz':
    case 'txz':
      return { reader: 'command', file: 'xz' };
    case 'bz2':
    case 'tbz2':
      return { reader: 'command', file: 'bzip2' };
    default:
      return stream('none');
  }
}

async function inspect(
  host: Host,
  path: string,
  size: number,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Reading<Finding>> {
  if (signal.aborted) return unreadable('timeout', `reading ${path}`);
  const form = formOf(path);
  switch (form.reader) {
    case 'zip':
      return inspectZip(host, path, size);
    case 'command':
      return inspectByCommand(host, { file: form.file, args: ['--test', '--', path], timeout }, signal);
    case 'stream': {
      const isPacked = form.packer !== 'none';
      const extent = isPacked ? await readThrough(host, path, form.packer, signal) : await readEnds(host, path, size);
      if (extent.state === 'unreadable') return extent;
      if (extent.value === 'damaged') return read({ content: 'damaged' });
      if (extent.value.isAllZero) return read({ content: 'nothing' });
      if (form.isTar) return read(hasTarEnd(extent.value) ? {} : { content: 'damaged' });
      return inspectDump(host, path, extent.value, { ...wanted, isPacked }, signal);
    }
  }
}

/** A tar file is whole blocks of 512 bytes, and ends with at least two of zeros (tar(5); POSIX pax, "ustar"). */
function hasTarEnd({ size, tail }: Extent): boolean {
  return size % 512 === 0 && tail.length >= 1024 && tail.subarray(-1024).every((byte) => byte === 0);
}

async function inspectDump(
  host: Host,
  path: string,
  extent: Extent,
  { dump, timeZone, isPacked }: Wanted & { isPacked: boolean },
  signal: AbortSignal,
): Promise<Reading<Finding>> {
  if (dump === undefined) return read({});
  if (dump === 'mariadb' || !isCustomDump(extent)) return read(endOfDump(dump, extent, timeZone));
  if (isPacked) return unreadable('unsupported', path, 'pg_restore reads this format, but not packed once more');
  // Writes the dump as text to nowhere, which reads and unpacks all of it: --list would read its first pages only.
  return inspectByCommand(host, { file: 'pg_restore', args: ['--file=/dev/null', path], timeout }, signal);
}

/** What programs say of a file that is broken or ends too early. Anything else went wrong with the reading. */
const damage =
  /corrupt|unexpected end|end of file|not recognized|CRC error|bad magic|not a bzip2 file|data integrity|file ends/i;

async function inspectByCommand(host: Host, command: Command, signal: AbortSignal): Promise<Reading<Finding>> {
  const answer = await host.run(command, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stderr } = answer.value;
  if (exitCode === 0) return read({});
  if (damage.test(stderr)) return read({ content: 'damaged' });
  return unreadable(
    'command-failed',
    [command.file, ...command.args].join(' '),
    stderr.trim() || `exit code ${exitCode}`,
  );
}

async function inspectZip(host: Host, path: string, size: number): Promise<Reading<Finding>> {
  const length = Math.min(size, zipEnd);
  const tail = await host.readPart(path, { offset: size - length, length });
  if (tail.state === 'unreadable') return tail;
  if (!isWholeZip(tail.value, size)) return read({ content: 'damaged' });
  return read(isEmptyZip(tail.value) ? { content: 'nothing' } : {});
}
