import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Site, SystemFacts } from './facts.ts';
import { because } from './reasons.ts';

/** Each account has a number of its own, and each site an owner and a database user of its own. */
export function judgeUnique({ accounts }: SystemFacts, sites: readonly Site[] | null): Reason[] {
  const shared = sharedBy(accounts, ({ uid }) => uid).map(([uid, some]) =>
    because('accounts.uid-shared', { uid, accounts: listed(some.map(({ account }) => account)) }),
  );
  const uids = shared.length > 0 ? shared : [because('accounts.uids-unique', { accounts: accounts.length })];
  return [...uids, ...(sites === null ? [because('accounts.no-sites', {})] : judgeSites(sites))];
}

function judgeSites(sites: readonly Site[]): Reason[] {
  const owners = sharedBy(sites, ({ owner }) => (owner.state === 'read' ? owner.value : null));
  const users = sharedBy(sites, ({ database }) => (database.state === 'read' ? database.value : null));
  const found = [
    ...sites.flatMap(({ site, owner, database }): Reason[] => [
      ...(owner.state === 'unreadable' ? [obstacleReason(owner.obstacle, site)] : []),
      ...(database.state === 'unreadable'
        ? [obstacleReason(database.obstacle, site)]
        : database.value === null
          ? [because('accounts.site-settings-unknown', {}, site)]
          : []),
    ]),
    ...owners.map(([uid, some]) => because('accounts.site-owner-shared', { uid, sites: namesOf(some) })),
    ...users.map(([, some]) => because('accounts.site-database-shared', { sites: namesOf(some) })),
  ];
  return found.length > 0 ? found : [because('accounts.sites-unique', { sites: sites.length })];
}

function namesOf(sites: readonly Site[]): string {
  return listed(sites.map(({ site }) => site));
}

/** A reason's value is bounded; the facts have all of them. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown}, … (${names.length})` : shown;
}

/** What several have in common, but for null. */
function sharedBy<T, K extends string | number>(
  all: readonly T[],
  keyOf: (one: T) => K | null,
): (readonly [key: K, some: readonly T[]])[] {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].filter(([, some]) => some.length > 1);
}
