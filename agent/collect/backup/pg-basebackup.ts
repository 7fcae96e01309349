import { z } from 'zod';
import type { Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { foldersIn, type CopyFolder } from './copy-folders.ts';
import { formOf, holdsFiles, holdsLog, type Form } from './pg-copy.ts';
import { parseManifest, type Manifest } from './pg-manifest.ts';
import { verify } from './pg-verification.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { LogPlace } from './wal.ts';

const Source = z.strictObject({
  /** What holds a folder for each copy. */
  folder: AbsolutePath,
  /** Whether the log lies in an archive of its own, or in the tar file of the rest, rather than beside the files. */
  wal: z.enum(['inside', 'elsewhere']).default('inside'),
  /** Whether the newest copy is read to its end. */
  verify: z.literal('newest').optional(),
});
type Source = z.output<typeof Source>;

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/** Bytes; a cluster of 300,000 files has one of this size. */
const maximumManifest = 64 * 2 ** 20;

/** Base backups of PostgreSQL as pg_basebackup leaves them, by the manifest that it writes last. */
export const pgBasebackup = defineReader({
  tool: 'pg-basebackup',
  source: Source,
  async read(context, { timeZone }, source) {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const location = await locatePath(context.host, source.folder);
    const copies = await readCopies({ ...context, signal }, source);
    if (copies.state === 'unreadable') return { location, encrypted: 'no', points: copies };
    const points = await verified({ ...context, signal }, withChains(copies.value), source, timeZone);
    return { location, encrypted: 'no', points };
  },
});

interface Copy {
  readonly folder: string;
  readonly form: Form;
  readonly names: readonly string[];
  readonly point: Point;
  /** Where its log begins, and where that of the copy it rests on began. */
  readonly begins: readonly bigint[];
  readonly restsOn?: bigint;
}

async function readCopies({ host, signal }: CollectContext, source: Source): Promise<Reading<Copy[]>> {
  const folders = await foldersIn(host, source.folder, signal);
  if (folders.state === 'unreadable') return folders;
  const copies: Copy[] = [];
  for (const folder of folders.value) {
    if (signal.aborted) return unreadable('timeout', source.folder);
    const form = formOf(folder.names);
    if (form === undefined) continue;
    const copy = await readCopy(host, folder, form, source);
    if (copy.state === 'unreadable') return copy;
    copies.push(copy.value);
  }
  return read(copies.sort((a, b) => (orderOf(a.point) < orderOf(b.point) ? -1 : 1)));
}

function orderOf({ time, id = '' }: Point): string {
  return `${time} ${id}`;
}

async function readCopy(
  host: Host,
  { path: folder, names }: CopyFolder,
  form: Form,
  { wal }: Source,
): Promise<Reading<Copy>> {
  const manifest = await readManifest(host, folder, names);
  if (manifest.state === 'unreadable') return manifest;
  if (typeof manifest.value === 'string') {
    // Nothing certain tells its moment, and it does not count: the folder's own will do.
    const status = await host.status(folder);
    if (status.state === 'unreadable') return status;
    const flaw = manifest.value === 'damaged' ? 'corrupt' : 'unfinished';
    return read({ folder, form, names, begins: [], point: { time: status.value.modifiedAt.toISOString(), flaw } });
  }
  const { sum, startedAt, size, ranges, isIncremental } = manifest.value;
  const restsOn = isIncremental ? await readOrigin(host, folder, form) : read(undefined);
  if (restsOn.state === 'unreadable') return restsOn;
  const flaw = await flawOf(host, folder, form, names, manifest.value, wal);
  if (flaw.state === 'unreadable') return flaw;
  const kind = isIncremental ? 'incremental' : 'full';
  const point: Point = { time: startedAt.toISOString(), id: sum.slice(0, 16), kind, size, ...flaw.value };
  const begins = ranges.map(({ from }) => from);
  return read({
    folder,
    form,
    names,
    point,
    begins,
    ...(restsOn.value === undefined ? {} : { restsOn: restsOn.value }),
  });
}

/** The manifest is written last, under another name until it is whole. */
async function readManifest(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<Reading<Manifest | 'damaged' | 'unfinished'>> {
  if (!names.includes('backup_manifest')) return read('unfinished');
  const path = `${folder}/backup_manifest`;
  const text = await host.readText(path, { maximumSize: maximumManifest });
  if (text.state === 'unreadable') return text;
  try {
    return read(parseManifest(text.value));
  } catch (error) {
    return unreadable('unparsable', path, error instanceof z.ZodError ? z.prettifyError(error) : 'not JSON');
  }
}

/** Where the log of the copy began that an incremental one rests on: its label says so (since PostgreSQL 17). */
async function readOrigin(host: Host, folder: string, form: Form): Promise<Reading<bigint>> {
  const path = `${folder}/backup_label`;
  if (form === 'tar') return unreadable('unsupported', folder, 'an incremental copy in tar files');
  const label = await host.readText(path, { maximumSize: 65_536 });
  if (label.state === 'unreadable') return label;
  const place = LogPlace.safeParse(/^INCREMENTAL FROM LSN: (\S+)$/m.exec(label.value)?.[1]);
  return place.success ? read(place.data) : unreadable('unparsable', path, 'it does not say what the copy rests on');
}

async function flawOf(
  host: Host,
  folder: string,
  form: Form,
  names: readonly string[],
  manifest: Manifest,
  wal: Source['wal'],
): Promise<Reading<Pick<Point, 'flaw'>>> {
  const isWhole = await holdsFiles(host, folder, form, names, manifest);
  if (isWhole.state === 'unreadable') return isWhole;
  if (!isWhole.value) return read({ flaw: 'corrupt' });
  if (wal === 'elsewhere') return read({});
  const hasLog = await holdsLog(host, folder, form, names, manifest);
  if (hasLog.state === 'unreadable') return hasLog;
  return read(hasLog.value ? {} : { flaw: 'broken-chain' });
}

/** An incremental copy needs an earlier one that is whole, up to the full one. */
function withChains(copies: readonly Copy[]): Copy[] {
  const whole = new Set<bigint>();
  return copies.map((copy) => {
    const isBroken = copy.restsOn !== undefined && !whole.has(copy.restsOn);
    const flaw = copy.point.flaw ?? (isBroken ? 'broken-chain' : undefined);
    if (flaw !== undefined) return { ...copy, point: { ...copy.point, flaw } };
    for (const place of copy.begins) whole.add(place);
    return copy;
  });
}

async function verified(
  { host, signal }: CollectContext,
  copies: readonly Copy[],
  { wal, verify: wanted }: Source,
  timeZone: string,
): Promise<Reading<Point[]>> {
  const points = copies.map(({ point }) => point);
  const newest = copies.findLastIndex(({ point }) => point.flaw === undefined);
  const copy = copies[newest];
  if (wanted === undefined || copy === undefined) return read(points);
  const finding = await verify(host, { ...copy, timeZone, hasLog: wal === 'inside' }, signal);
  return finding.state === 'unreadable' ? finding : read(points.with(newest, { ...copy.point, ...finding.value }));
}
