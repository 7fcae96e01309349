import { z } from 'zod';
import { maximumPoints, type BackupSet, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseInfo, type BarmanInfo } from './barman-info.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { isShownMoment, momentShown } from './shown-moment.ts';
import { segmentsBetween, usualSegmentSize } from './wal.ts';

const Source = z.strictObject({
  /** `backup_directory` of one server: what holds its `base` and `wals`, such as /var/lib/barman/main. */
  folder: AbsolutePath,
});

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/**
 * Backups of barman, by the notes that it keeps beside them. barman itself is not run: `list-backups` takes locks and writes
 * a log, and `check` says OK of whatever its own configuration does not ask.
 */
export const barman = defineReader({
  tool: 'barman',
  source: Source,
  async read(context, { timeZone }, { folder }) {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const location = await locatePath(context.host, folder);
    const backups = await readBackups({ ...context, signal }, folder, timeZone);
    if (backups.state === 'unreadable') return { location, encrypted: 'unseen', points: backups };
    return { location, encrypted: encryptionOf(backups.value), points: read(backups.value.map(({ point }) => point)) };
  },
});

interface Backup {
  readonly point: Point;
  readonly isEncrypted: boolean;
}

function encryptionOf(backups: readonly Backup[]): BackupSet['encrypted'] {
  if (backups.length === 0) return 'unseen';
  return backups.every(({ isEncrypted }) => isEncrypted) ? 'yes' : 'no';
}

/** A backup's name: the moment at which it was begun, on the clock of barman's host. */
const id = /^\d{8}T\d{6}$/;

async function readBackups(
  { host, signal }: CollectContext,
  folder: string,
  timeZone: string,
): Promise<Reading<Backup[]>> {
  const listed = await namesIn(host, folder);
  if (listed.state === 'unreadable') return listed;
  const { ids, withMeta } = listed.value;
  if (ids.length > maximumPoints) return unreadable('too-large', folder);
  const archive = new Archive(host, `${folder}/wals`);
  const backups = new Map<string, Backup>();
  // Names sort by age, so that what a backup rests on has been looked at before it.
  for (const name of ids) {
    if (signal.aborted) return unreadable('timeout', folder);
    const path = withMeta.has(name) ? `${folder}/meta/${name}-backup.info` : `${folder}/base/${name}/backup.info`;
    const text = await host.readText(path, { maximumSize: 2 ** 20 });
    const isNew = text.state === 'unreadable' && text.obstacle.code === 'missing';
    if (text.state === 'unreadable' && !isNew) return text;
    const info = text.state === 'read' ? parseInfo(text.value, path) : read<BarmanInfo>(begun);
    if (info.state === 'unreadable') return info;
    const flaws = await flawsOf(host, `${folder}/base/${name}`, info.value, archive, backups);
    if (flaws.state === 'unreadable') return flaws;
    const point = { ...pointOf(name, info.value, timeZone), ...flaws.value };
    backups.set(name, { point, isEncrypted: info.value.encryption !== 'None' });
  }
  return read([...backups.values()].sort((a, b) => (orderOf(a.point) < orderOf(b.point) ? -1 : 1)));
}

/** A folder in which barman has not written anything down yet. */
const begun: BarmanInfo = { status: 'EMPTY', parent_backup_id: 'None', snapshots_info: 'None', encryption: 'None' };

interface Names {
  readonly ids: readonly string[];
  /** Those whose notes lie in `meta`, where barman puts them since 3.13.2. */
  readonly withMeta: ReadonlySet<string>;
}

async function namesIn(host: Host, folder: string): Promise<Reading<Names>> {
  const base = await host.list(`${folder}/base`);
  if (base.state === 'unreadable') return base;
  const meta = await host.list(`${folder}/meta`);
  if (meta.state === 'unreadable' && meta.obstacle.code !== 'missing') return meta;
  const notes = meta.state === 'read' ? meta.value.filter((name) => name.endsWith('-backup.info')) : [];
  const withMeta = new Set(notes.map((name) => name.slice(0, -'-backup.info'.length)));
  const ids = [...new Set([...base.value, ...withMeta])].filter((name) => id.test(name) && isShownMoment(name)).sort();
  return read({ ids, withMeta });
}

function pointOf(
  name: string,
  { begin_time: begin, end_time: end, size, parent_backup_id: parent }: BarmanInfo,
  timeZone: string,
): Point {
  return {
    time: begin ?? momentShown(name, timeZone),
    id: name,
    kind: parent === 'None' ? 'full' : 'incremental',
    ...(end === undefined ? {} : { endedAt: end }),
    ...(size === undefined ? {} : { size }),
  };
}

function orderOf({ time, id: name = '' }: Point): string {
  return `${time} ${name}`;
}

/** Why a backup is no good copy: by its status, and by what has gone since. */
async function flawsOf(
  host: Host,
  folder: string,
  info: BarmanInfo,
  archive: Archive,
  earlier: ReadonlyMap<string, Backup>,
): Promise<Reading<Pick<Point, 'flaw' | 'content'>>> {
  if (info.status === 'FAILED') return read({ flaw: 'failed' });
  if (info.status !== 'DONE') return read({ flaw: 'unfinished' });
  if (info.snapshots_info !== 'None') return unreadable('unsupported', folder, 'snapshots of a cloud’s disks');
  const { begin_time: begin, end_time: end, begin_wal: first, end_wal: last } = info;
  if (begin === undefined || end === undefined || first === undefined || last === undefined) {
    return unreadable('unparsable', `${folder}/backup.info`, 'a backup that is done, without its times or its log');
  }
  const parent = info.parent_backup_id === 'None' ? undefined : earlier.get(info.parent_backup_id);
  const isParentGood = parent !== undefined && parent.point.flaw === undefined && parent.point.content === undefined;
  if (info.parent_backup_id !== 'None' && !isParentGood) return read({ flaw: 'broken-chain' });
  const data = await host.list(`${folder}/data`);
  if (data.state === 'unreadable' && data.obstacle.code !== 'missing') return data;
  if (data.state === 'unreadable' || data.value.length === 0) return read({ content: 'nothing' });
  const segments = segmentsBetween(first, last, info.xlog_segment_size ?? usualSegmentSize);
  const hasLog = segments === undefined ? read(false) : await archive.holds(segments);
  if (hasLog.state === 'unreadable') return hasLog;
  return read(hasLog.value ? {} : { flaw: 'broken-chain' });
}

/** The segments that barman archived: a folder for each first sixteen digits, listed once. */
class Archive {
  readonly #host: Host;
  readonly #folder: string;
  readonly #listed = new Map<string, Reading<ReadonlySet<string>>>();

  constructor(host: Host, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  async holds(segments: readonly string[]): Promise<Reading<boolean>> {
    for (const segment of segments) {
      const names = await this.#list(segment.slice(0, 16));
      if (names.state === 'unreadable') return names;
      if (!names.value.has(segment)) return read(false);
    }
    return read(true);
  }

  async #list(name: string): Promise<Reading<ReadonlySet<string>>> {
    const known = this.#listed.get(name);
    if (known !== undefined) return known;
    const names = await this.#host.list(`${this.#folder}/${name}`);
    const isMissing = names.state === 'unreadable' && names.obstacle.code === 'missing';
    const listed = names.state === 'read' ? read(new Set(names.value)) : isMissing ? read(new Set<string>()) : names;
    this.#listed.set(name, listed);
    return listed;
  }
}
