import {
  maximumAccounts,
  maximumPointsOfAccounts,
  maximumPointsPerAccount,
  type BackupSet,
  type Point,
} from '../../../policies/checks/backup/facts.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';

/** A copy of one account. */
export interface AccountPoint {
  readonly account: string;
  readonly point: Point;
}

/**
 * A set's points told by account. Each expected account is there, with an empty list where it has no copy; copies of
 * accounts that are not expected are left out, as they are promised nothing.
 * @param what where the copies lie, in the obstacle when there are more than facts hold
 */
export function perAccount(
  { pseudonym }: Pick<CollectContext, 'pseudonym'>,
  expected: readonly string[],
  found: readonly AccountPoint[],
  what: string,
): BackupSet['points'] {
  const byAccount = new Map(expected.map((account): [string, Point[]] => [account, []]));
  let count = 0;
  for (const { account, point } of found) {
    const points = byAccount.get(account);
    if (points === undefined) continue;
    points.push(point);
    count += 1;
    if (points.length > maximumPointsPerAccount) return unreadable('too-large', what);
  }
  if (byAccount.size > maximumAccounts || count > maximumPointsOfAccounts) return unreadable('too-large', what);
  const value = [...byAccount].map(([account, points]) => ({
    account: pseudonym(account),
    points: points.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
  }));
  return { state: 'per-account', value: value.sort((a, b) => (a.account < b.account ? -1 : 1)) };
}

function orderOf({ time, id = '', size = 0 }: Point): string {
  return `${time} ${id} ${size}`;
}

/** A file that lies there, and what the caller knows of it. */
export type WithStatus<T> = T & { readonly status: FileStatus };

/** So many at once: there may be a hundred thousand, often on a network file system that takes long for each. */
const atOnce = 32;

/** The status of each regular file. Those that are gone by now are left out: rotation may have deleted them. */
export async function statusOfAll<T extends { readonly path: string }>(
  host: Host,
  files: readonly T[],
  signal: AbortSignal,
): Promise<Reading<WithStatus<T>[]>> {
  const found: WithStatus<T>[] = [];
  for (let start = 0; start < files.length; start += atOnce) {
    const batch = files.slice(start, start + atOnce);
    if (signal.aborted) return unreadable('timeout', batch[0]?.path ?? '');
    const statuses = await Promise.all(batch.map(async (file) => ({ file, status: await host.status(file.path) })));
    for (const { file, status } of statuses) {
      if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
      if (status.state === 'unreadable') return status;
      if (status.value.kind === 'file') found.push({ ...file, status: status.value });
    }
  }
  return read(found);
}

/** An archive that was written to so short (seconds) ago is taken for one that is still being made. */
const settling = 300;

/** A panel's archive under its final name may still be growing: then it is no copy yet. */
export function settled(point: Point, modifiedAt: Date, at: Date): Point {
  const since = secondsBetween(modifiedAt, at);
  return since >= 0 && since < settling ? { ...point, flaw: 'unfinished' } : point;
}
