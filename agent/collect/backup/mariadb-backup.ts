import { z } from 'zod';
import type { BackupSet, Point } from '../../../policies/checks/backup/facts.ts';
import { clockToleranceSeconds, secondsBetween } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { foldersIn, type CopyFolder } from './copy-folders.ts';
import { readInfo, type CopyInfo } from './mariadb-backup-info.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { momentShown } from './shown-moment.ts';

const FileName = z
  .string()
  .max(255)
  .regex(/^[\w-][\w.-]*$/, 'expected the name of a file inside each copy such as backup.log');

const Source = z.strictObject({
  /** What holds a folder for each copy. */
  folder: AbsolutePath,
  /** What the tool printed, inside each copy: it ends with the tool's own word that all went well. */
  log: FileName.optional(),
  /** The stream inside each copy, where `--stream` is used. */
  stream: FileName.optional(),
  /** Whether copies of some databases or tables only are meant. */
  partial: z.literal(true).optional(),
});
type Source = z.output<typeof Source>;

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/** Copies by mariadb-backup or Percona XtraBackup, by what each says of itself. */
export const mariadbBackup = defineReader({
  tool: 'mariadb-backup',
  source: Source,
  async read(context, { timeZone }, source) {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const location = await locatePath(context.host, source.folder);
    const copies = await readCopies({ ...context, signal }, source, timeZone);
    if (copies.state === 'unreadable') return { location, encrypted: 'unseen', points: copies };
    return { location, encrypted: encryptionOf(copies.value), points: read(withChains(copies.value)) };
  },
});

interface Copy {
  readonly point: Point;
  /** Left out where it does not say. */
  readonly info?: CopyInfo;
}

function encryptionOf(copies: readonly Copy[]): BackupSet['encrypted'] {
  if (copies.length === 0) return 'unseen';
  return copies.every(({ info }) => info?.encrypted === 'Y') ? 'yes' : 'no';
}

async function readCopies(
  { host, signal }: CollectContext,
  source: Source,
  timeZone: string,
): Promise<Reading<Copy[]>> {
  const folders = await foldersIn(host, source.folder, signal);
  if (folders.state === 'unreadable') return folders;
  const copies: Copy[] = [];
  for (const folder of folders.value) {
    if (signal.aborted) return unreadable('timeout', source.folder);
    if (!isCopy(folder.names, source)) continue;
    const copy = await readCopy(host, folder, source, timeZone);
    if (copy.state === 'unreadable') return copy;
    copies.push(copy.value);
  }
  return read(copies.sort((a, b) => (orderOf(a.point) < orderOf(b.point) ? -1 : 1)));
}

function orderOf({ time, id = '' }: Point): string {
  return `${time} ${id}`;
}

/** Whether a copy was at least begun in a folder with those names. */
function isCopy(names: readonly string[], { log, stream }: Source): boolean {
  const marks = /^(xtrabackup_|mariadb_backup_|backup-my\.cnf|ibdata|ib_logfile|aria_log)/;
  return names.some((name) => marks.test(name) || name === log || name === stream);
}

async function readCopy(
  host: Host,
  { path: folder, names }: CopyFolder,
  source: Source,
  timeZone: string,
): Promise<Reading<Copy>> {
  const info = await readInfo(host, folder, names);
  if (info.state === 'unreadable') return info;
  if (info.value === 'unfinished') {
    // Nothing certain tells its moment, and it does not count: the folder's own will do.
    const status = await host.status(folder);
    if (status.state === 'unreadable') return status;
    return read({ point: { time: status.value.modifiedAt.toISOString(), flaw: 'unfinished' } });
  }
  const trouble = troubleOf(folder, info.value, source, timeZone);
  if (trouble !== undefined) return trouble;
  const { uuid, start_time: start, end_time: end, incremental } = info.value;
  const data = await dataOf(host, folder, names, info.value, source);
  if (data.state === 'unreadable') return data;
  const ending = await endingOf(host, folder, names, source);
  if (ending.state === 'unreadable') return ending;
  const point: Point = {
    time: momentShown(start, timeZone),
    endedAt: momentShown(end, timeZone),
    ...(uuid === undefined ? {} : { id: uuid }),
    kind: incremental === 'Y' ? 'incremental' : 'full',
    ...data.value,
    ...ending.value,
  };
  return read({ point, info: info.value });
}

/** What makes everything that a copy says doubtful. */
function troubleOf(
  folder: string,
  { end_time: end, partial, format, writtenAt }: CopyInfo,
  { partial: mayBePartial, stream }: Source,
  timeZone: string,
): Unreadable | undefined {
  // However it was copied since, its file was never written before the end that it tells of.
  if (secondsBetween(writtenAt, momentShown(end, timeZone)) > clockToleranceSeconds) {
    return unreadable('unsupported', folder, `it was made on a clock that is not that of ${timeZone}; set timeZone`);
  }
  if (partial === 'Y' && mayBePartial !== true) {
    return unreadable(
      'unsupported',
      folder,
      'a copy of some databases or tables only; set partial where that is meant',
    );
  }
  if (format !== 'file' && stream === undefined) {
    return unreadable(
      'unsupported',
      folder,
      `a copy that was streamed (${format}); set stream to the name of its file`,
    );
  }
  return undefined;
}

/** That the data is there which the copy tells of: files of InnoDB, or the stream, whose size is known. */
async function dataOf(
  host: Host,
  folder: string,
  names: readonly string[],
  { format }: CopyInfo,
  { stream = '' }: Source,
): Promise<Reading<Pick<Point, 'content' | 'size'>>> {
  if (format === 'file') {
    return read(names.some((name) => name.startsWith('ibdata')) ? {} : { content: 'nothing' });
  }
  if (!names.includes(stream)) return read({ content: 'nothing' });
  const status = await host.status(`${folder}/${stream}`);
  return status.state === 'unreadable' ? status : read({ size: status.value.size });
}

/** Bytes of a log's end that are read: its last line is short. */
const tail = 1024;

async function endingOf(
  host: Host,
  folder: string,
  names: readonly string[],
  { log }: Source,
): Promise<Reading<Pick<Point, 'flaw'>>> {
  if (log === undefined) return read({});
  if (!names.includes(log)) return read({ flaw: 'unfinished' });
  const path = `${folder}/${log}`;
  const status = await host.status(path);
  if (status.state === 'unreadable') return status;
  const part = await host.readPart(path, { offset: Math.max(0, status.value.size - tail), length: tail });
  if (part.state === 'unreadable') return part;
  return read(/completed OK!\s*$/.test(new TextDecoder().decode(part.value)) ? {} : { flaw: 'failed' });
}

/** An incremental copy begins where an earlier one ended that is whole. */
function withChains(copies: readonly Copy[]): Point[] {
  const ends = new Set<string>();
  return copies.map(({ point, info }) => {
    if (info === undefined || point.flaw !== undefined || point.content !== undefined) return point;
    if (info.incremental === 'Y' && !ends.has(info.from_lsn)) return { ...point, flaw: 'broken-chain' };
    ends.add(info.to_lsn);
    return point;
  });
}
