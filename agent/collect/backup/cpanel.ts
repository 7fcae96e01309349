import { z } from 'zod';
import type { BackupSet } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { perAccount, settled, statusOfAll, type AccountPoint } from './account-points.ts';
import { matcherOf, type NamedMoment } from './archive-names.ts';
import { pointOf } from './archive-point.ts';
import { listAccounts, readBackupFolder } from './cpanel-config.ts';
import { Except, withoutExcepted } from './expected-accounts.ts';
import { locatePath } from './place.ts';
import { defineReader, type SetReading } from './reader.ts';

const Source = z.strictObject({
  /** Bytes; smaller archives do not count. */
  minimumSize: z.int().min(1).default(1024),
  /** Whether accounts that are suspended are to have copies. cPanel can be told to make none. */
  suspended: z.enum(['included', 'left-out']).default('included'),
  except: Except,
});
type Source = z.output<typeof Source>;

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/**
 * cPanel's own backups: a folder for each day, and in it an archive for each account. That a day has its folder
 * (`backup_date_list`) says nothing of any account.
 */
export const cpanel = defineReader({
  tool: 'cpanel',
  source: Source,
  async read(context, { timeZone }, source): Promise<SetReading> {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const folder = await readBackupFolder(context.host);
    if (folder.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'cpanel' }, encrypted: 'unseen', points: folder };
    }
    return {
      location: await locatePath(context.host, folder.value),
      encrypted: 'no',
      minimumSize: source.minimumSize,
      points: await readPoints({ ...context, signal }, folder.value, source, timeZone),
    };
  },
});

async function readPoints(
  context: CollectContext,
  folder: string,
  { suspended, except }: Source,
  timeZone: string,
): Promise<BackupSet['points']> {
  const { host, signal, at } = context;
  const listed = await listAccounts(context, suspended);
  if (listed.state === 'unreadable') return listed;
  const archives = await listArchives(context, folder);
  if (archives.state === 'unreadable') return archives;
  const files = await statusOfAll(host, archives.value, signal);
  if (files.state === 'unreadable') return files;
  const points: AccountPoint[] = [];
  for (const { account, moment, ...file } of files.value) {
    if (signal.aborted) return unreadable('timeout', folder);
    const point = await pointOf(host, file, moment, timeZone, signal);
    if (point.state === 'unreadable') return point;
    points.push({ account, point: settled(point.value, file.status.modifiedAt, at) });
  }
  return perAccount(context, withoutExcepted(listed.value, except), points, folder);
}

interface ArchiveFile {
  readonly account: string;
  readonly path: string;
  readonly moment: NamedMoment;
}

const dayOf = matcherOf('{date}');

/** `2026-11-22/accounts/NAME.tar.gz` in the folder itself (daily), in `weekly` and in `monthly`. */
async function listArchives({ host }: CollectContext, folder: string): Promise<Reading<ArchiveFile[]>> {
  const found: ArchiveFile[] = [];
  for (const place of [folder, `${folder}/weekly`, `${folder}/monthly`]) {
    const days = await host.list(place);
    if (days.state === 'unreadable' && days.obstacle.code === 'missing' && place !== folder) continue;
    if (days.state === 'unreadable') return days;
    for (const day of days.value) {
      const moment = dayOf(day);
      if (moment === undefined) continue;
      const names = await host.list(`${place}/${day}/accounts`);
      // A day on which no account was copied, or that rotation deleted meanwhile.
      if (names.state === 'unreadable' && names.obstacle.code === 'missing') continue;
      if (names.state === 'unreadable') return names;
      for (const name of names.value) {
        const account = /^([^.]+)\.tar(?:\.gz)?$/.exec(name)?.[1];
        if (account !== undefined) found.push({ account, path: `${place}/${day}/accounts/${name}`, moment });
      }
    }
  }
  return read(found);
}
