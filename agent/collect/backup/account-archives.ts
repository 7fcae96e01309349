import type { BackupSet } from '../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { perAccount, statusOfAll, type AccountPoint } from './account-points.ts';
import { accountMatcherOf } from './archive-names.ts';
import { pointOf } from './archive-point.ts';
import { readExpected, type ExpectedAccounts } from './expected-accounts.ts';

/** A folder with archives of each account. */
export interface AccountFolder {
  readonly folder: string;
  /** With `{account}` in it, once. */
  readonly pattern: string;
  readonly accounts: ExpectedAccounts;
}

/**
 * The archives of each account that is to have some, by their names. One list of the folder, and one status for each
 * archive of such an account: a size of nothing and a date that is untrue show only there.
 */
export async function readAccountFolder(
  context: CollectContext,
  { folder, pattern, accounts }: AccountFolder,
  timeZone: string,
  signal: AbortSignal,
): Promise<BackupSet['points']> {
  const { host } = context;
  const expected = await readExpected(host, accounts);
  if (expected.state === 'unreadable') return expected;
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const match = accountMatcherOf(pattern, expected.value);
  const named = names.value.flatMap((name) => {
    const found = match(name);
    return found === undefined ? [] : [{ ...found, path: `${folder === '/' ? '' : folder}/${name}` }];
  });
  const files = await statusOfAll(host, named, signal);
  if (files.state === 'unreadable') return files;
  const points: AccountPoint[] = [];
  for (const { account, moment, ...file } of files.value) {
    if (signal.aborted) return unreadable('timeout', folder);
    const point = await pointOf(host, file, moment, timeZone, signal);
    if (point.state === 'unreadable') return point;
    points.push({ account, point: point.value });
  }
  return perAccount(context, expected.value, points, folder);
}
