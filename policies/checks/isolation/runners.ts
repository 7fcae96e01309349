import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { IsolationFacts, Pool, Runner, Site } from './facts.ts';
import { because } from './reasons.ts';

/** Judges as whom each site's programs run: as a user, and in a pool, of its customer alone. */
export function judgeRunners({ sites, pools }: IsolationFacts): Reason[] {
  if (pools.state === 'unreadable') return [obstacleReason(pools.obstacle, 'PHP-FPM')];
  const byAddress = new Map(pools.value.map((pool) => [pool.address, pool]));
  const inPool = new Map<string, Set<string>>();
  const asUser = new Map<string, Set<string>>();
  for (const { customer, runners } of sites) {
    for (const runner of runners.state === 'read' ? runners.value : []) {
      const pool = runner.by === 'fastcgi' ? byAddress.get(runner.address) : undefined;
      if (pool !== undefined) note(inPool, pool.address, customer);
      for (const user of usersOf(runner, pool)) note(asUser, user, customer);
    }
  }
  return sites.flatMap((site) => judgeSite(site, byAddress, inPool, asUser));
}

type Customers = ReadonlyMap<string, ReadonlySet<string>>;

function note(customers: Map<string, Set<string>>, key: string, customer: string): void {
  const known = customers.get(key) ?? new Set();
  known.add(customer);
  customers.set(key, known);
}

/** Those that it is to run as, and those that it does. */
function usersOf(runner: Runner, pool: Pool | undefined): readonly string[] {
  if (pool !== undefined) return [...new Set([pool.user, ...pool.runsAs])];
  if (runner.by === 'suexec') return [runner.user];
  return runner.by === 'module' && runner.user !== null ? [runner.user] : [];
}

function judgeSite(
  { site, runners }: Site,
  pools: ReadonlyMap<string, Pool>,
  inPool: Customers,
  asUser: Customers,
): Reason[] {
  if (runners.state === 'unreadable') return [obstacleReason(runners.obstacle, site)];
  if (runners.value.length === 0) return [because('isolation.static', {}, site)];
  return runners.value.map((runner) => {
    if (runner.by === 'proxy') return because('isolation.proxied', { address: runner.address }, site);
    if (runner.by === 'module' && runner.user === null) return because('isolation.module', {}, site);
    if (runner.by !== 'fastcgi') return judgeUser(runner.user ?? '', asUser, site);
    const pool = pools.get(runner.address);
    if (pool === undefined) return because('isolation.no-pool', { address: runner.address }, site);
    return judgePool(pool, inPool, asUser, site);
  });
}

function judgePool(pool: Pool, inPool: Customers, asUser: Customers, site: string): Reason {
  const others = (inPool.get(pool.address)?.size ?? 1) - 1;
  if (others > 0) return because('isolation.shared-pool', { pool: pool.pool, others }, site);
  const { user, runsAs, isWebUser } = pool;
  if (isWebUser) return because('isolation.web-user', { user }, site);
  const found = [user, ...runsAs].map((one) => judgeUser(one, asUser, site)).find(({ verdict }) => verdict !== 'pass');
  if (found !== undefined) return found;
  const actual = runsAs.filter((one) => one !== user);
  if (actual.length > 0) {
    return because('isolation.other-user', { pool: pool.pool, user, actual: actual.join(', ') }, site);
  }
  return because('isolation.own-user', { user }, site);
}

function judgeUser(user: string, asUser: Customers, site: string): Reason {
  const others = (asUser.get(user)?.size ?? 1) - 1;
  return others > 0
    ? because('isolation.shared-user', { user, others }, site)
    : because('isolation.own-user', { user }, site);
}
