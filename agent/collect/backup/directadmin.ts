import { z } from 'zod';
import type { BackupSet } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { perAccount, settled, statusOfAll, type AccountPoint } from './account-points.ts';
import { matcherOf, type NamedMoment } from './archive-names.ts';
import { pointOf } from './archive-point.ts';
import { readBackupFolder } from './directadmin-jobs.ts';
import { Except, parseNames, withoutExcepted } from './expected-accounts.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader, type SetReading } from './reader.ts';

const users = '/usr/local/directadmin/data/users';

const Source = z.strictObject({
  /** Where the archives lie, where that is not the one folder of DirectAdmin's own jobs. */
  folder: AbsolutePath.optional(),
  /** Bytes; smaller archives do not count. */
  minimumSize: z.int().min(1).default(1024),
  except: Except,
});

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/**
 * The archives of DirectAdmin's admin backups. The users come from DirectAdmin's own folder of users, so that one who
 * is in no job is seen; whose reseller made an archive does not matter, as users move.
 */
export const directadmin = defineReader({
  tool: 'directadmin',
  source: Source,
  async read(context, { timeZone }, { folder: given, minimumSize, except }): Promise<SetReading> {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const folder = given === undefined ? await readBackupFolder(context.host) : read(given);
    if (folder.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'directadmin' }, encrypted: 'unseen', points: folder };
    }
    const location = await locatePath(context.host, folder.value);
    const files = await listArchives(context, folder.value);
    if (files.state === 'unreadable') return { location, encrypted: 'unseen', points: files };
    return {
      location,
      encrypted: files.value.some(({ path }) => path.endsWith('.enc')) ? 'unseen' : 'no',
      minimumSize,
      points: await readPoints(context, { folder: folder.value, files: files.value, except, timeZone }, signal),
    };
  },
});

interface ArchiveFile {
  readonly account: string;
  readonly path: string;
  readonly named: NamedMoment | 'written';
}

/** `user.CREATOR.NAME.tar.gz` in the folder itself, or one below it: DirectAdmin can append the day to its path. */
async function listArchives({ host }: CollectContext, folder: string): Promise<Reading<ArchiveFile[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const found = archivesIn(folder, names.value, 'written');
  for (const name of names.value) {
    if (accountIn(name) !== undefined) continue;
    const below = await host.list(`${folder}/${name}`);
    // A file, or a folder that rotation deleted meanwhile.
    if (below.state === 'unreadable' && below.obstacle.code === 'missing') continue;
    if (below.state === 'unreadable') return below;
    found.push(...archivesIn(`${folder}/${name}`, below.value, momentInFolder(name)));
  }
  return read(found);
}

function archivesIn(folder: string, names: readonly string[], named: ArchiveFile['named']): ArchiveFile[] {
  return names.flatMap((name) => {
    const account = accountIn(name);
    return account === undefined ? [] : [{ account, path: `${folder}/${name}`, named }];
  });
}

function accountIn(name: string): string | undefined {
  return /^(?:user|reseller|admin)\.[^.]+\.([^.]+)\.tar(?:\.gz|\.zst)?(?:\.enc)?$/.exec(name)?.[1];
}

const dateOf = matcherOf('{date}');
const weekdayOf = matcherOf('{weekday}');

/** A date or a weekday. Days of the month, weeks and months come again too soon or too seldom to tell a moment. */
function momentInFolder(name: string): NamedMoment | 'written' {
  return dateOf(name) ?? (/^[A-Z][a-z]+day$/.test(name) ? weekdayOf(name) : undefined) ?? 'written';
}

interface Found {
  readonly folder: string;
  readonly files: readonly ArchiveFile[];
  readonly except: readonly string[];
  readonly timeZone: string;
}

async function readPoints(
  context: CollectContext,
  { folder, files, except, timeZone }: Found,
  signal: AbortSignal,
): Promise<BackupSet['points']> {
  const listed = await context.host.list(users);
  if (listed.state === 'unreadable') return listed;
  const names = parseNames(listed.value, users);
  if (names.state === 'unreadable') return names;
  const expected = withoutExcepted(names.value, except);
  const archives = await statusOfAll(context.host, files, signal);
  if (archives.state === 'unreadable') return archives;
  const points: AccountPoint[] = [];
  for (const { account, named, ...file } of archives.value) {
    if (signal.aborted) return unreadable('timeout', folder);
    const point = await pointOf(context.host, file, named, timeZone, signal);
    if (point.state === 'unreadable') return point;
    points.push({ account, point: settled(point.value, file.status.modifiedAt, context.at) });
  }
  return perAccount(context, expected, points, folder);
}
