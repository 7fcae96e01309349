import pLimit from 'p-limit';
import { z } from 'zod';
import type { BackupSet } from '../../../policies/checks/backup/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { perAccount, type AccountPoint } from './account-points.ts';
import { Except, parseNames, withoutExcepted } from './expected-accounts.ts';
import { Account, Backup, Destination, listAll } from './jetbackup-api.ts';
import { defineReader, type SetReading } from './reader.ts';

/** All parts of an account: JETAPI documentation, "Backup Contains". */
const fullAccount = 511;

const Source = z.strictObject({
  /** The name of the destination that is meant; all that are not disabled unless given. */
  destination: z.string().min(1).max(255).optional(),
  /** The sum of the parts that a copy must hold: 1 configuration, 2 home, 4 databases, 8 mail, … */
  contains: z.int().min(1).max(fullAccount).default(fullAccount),
  except: Except,
});
type Source = z.output<typeof Source>;

/** Seconds for all questions of one set; below the minute that a whole check may take. */
const timeout = 50;

/** Each question starts a program, and there is one for each account. */
const atOnce = 4;

/** What JetBackup 5 knows of the copies of each account. Where it puts them, it does not tell in a form that is certain. */
export const jetbackup = defineReader({
  tool: 'jetbackup',
  source: Source,
  async read(context, _request, source): Promise<SetReading> {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    return {
      location: { kind: 'unseen', through: 'jetbackup' },
      encrypted: 'unseen',
      points: await readPoints({ ...context, signal }, source),
    };
  },
});

async function readPoints(context: CollectContext, source: Source): Promise<BackupSet['points']> {
  const listed = await listAll(context, { name: 'listAccounts', key: 'accounts' }, Account);
  if (listed.state === 'unreadable') return listed;
  const active = listed.value.filter(({ orphan }) => orphan !== true);
  const names = parseNames(
    active.map(({ username }) => username),
    'jetbackup5api listAccounts',
  );
  if (names.state === 'unreadable') return names;
  const destinations = await listAll(context, { name: 'listDestinations', key: 'destinations' }, Destination);
  if (destinations.state === 'unreadable') return destinations;
  const usable = new Set(destinations.value.filter(({ disabled }) => !disabled).map(({ _id }) => _id));
  const expected = withoutExcepted(names.value, source.except);
  const limited = pLimit(atOnce);
  const wanted = active.filter(({ username }) => expected.includes(username));
  const found = await Promise.all(wanted.map((account) => limited(() => pointsOf(context, account, source, usable))));
  const points: AccountPoint[] = [];
  for (const one of found) {
    if (one.state === 'unreadable') return one;
    points.push(...one.value);
  }
  return perAccount(context, expected, points, 'jetbackup5api listBackups');
}

/** A copy counts that holds all parts, at a destination that can be reached: one that is disabled gives nothing back. */
async function pointsOf(
  context: CollectContext,
  { _id, username }: z.output<typeof Account>,
  { contains, destination }: Source,
  usable: ReadonlySet<string>,
): Promise<Reading<AccountPoint[]>> {
  const query = `type=1&contains=${contains}&account_id=${_id}&`;
  const backups = await listAll(context, { name: 'listBackups', key: 'backups', query }, Backup);
  if (backups.state === 'unreadable') return backups;
  const whole = backups.value.filter(
    (backup) =>
      backup.account_id === _id &&
      (backup.backup_contains & contains) === contains &&
      usable.has(backup.destination) &&
      (destination === undefined || backup.destination_name === destination),
  );
  return read(whole.map((backup) => ({ account: username, point: { time: backup.created, id: backup._id } })));
}
