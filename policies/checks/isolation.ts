import { z } from 'zod';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { Facts, type IsolationFacts, type Site } from './isolation/facts.ts';
import { because, reasons } from './isolation/reasons.ts';
import { judgeRunners } from './isolation/runners.ts';
import { defineCheckKind } from './kind.ts';

const Requirement = z.enum(['users', 'pools', 'homes', 'secrets', 'temporaries', 'processes', 'cross']);

export const IsolationParameters = z.strictObject({
  require: z.array(Requirement).min(1).default(['users', 'pools', 'homes', 'secrets', 'processes']),
});
export type IsolationParameters = z.output<typeof IsolationParameters>;

const judges: Readonly<Record<z.output<typeof Requirement>, (facts: IsolationFacts) => Reason[]>> = {
  users: judgeRunners,
  pools: judgePools,
  homes: judgeHomes,
  secrets: judgeSecrets,
  temporaries: judgeTemporaries,
  processes: judgeProcesses,
  cross: judgeCross,
};

export const isolation = defineCheckKind({
  name: 'isolation',
  parameters: IsolationParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters) {
    const { sites, caged } = facts;
    const unread = facts.unread.flatMap(({ where, reading }) =>
      reading.state === 'unreadable' ? [obstacleReason(reading.obstacle, where)] : [],
    );
    if (sites.length === 0) return unread.length > 0 ? unread : [because('isolation.no-sites', {})];
    // Sites that were not found may be of somebody else.
    const alone = unread.length === 0 ? judgeAlone(sites) : undefined;
    if (alone !== undefined) return [alone];
    const found = [...new Set(parameters.require)].flatMap((what) => judges[what](facts));
    if (caged?.state === 'unreadable') unread.push(obstacleReason(caged.obstacle, 'CageFS'));
    return [...unread, ...found];
  },
});

/** Without a second customer there is nobody to be held apart from. */
function judgeAlone(sites: readonly Site[]): Reason | undefined {
  const [first, second] = sites;
  if (first !== undefined && second === undefined) return because('isolation.one-site', {}, first.site);
  const customers = new Set(sites.map(({ customer }) => customer));
  return customers.size === 1 ? because('isolation.one-customer', { sites: sites.length }) : undefined;
}

/** Whether CageFS shows each account of a site a tree of its own: all must be held, for any that is not sees everything. */
function areCaged({ sites, caged }: Pick<IsolationFacts, 'sites' | 'caged'>): boolean {
  if (caged?.state !== 'read') return false;
  const held = new Set(caged.value);
  return sites.every(({ owner }) => owner?.state === 'read' && held.has(owner.value));
}

function judgePools({ pools }: IsolationFacts): Reason[] {
  if (pools.state === 'unreadable') return [obstacleReason(pools.obstacle, 'PHP-FPM')];
  return pools.value.map(({ pool, address, user, openTo }) => {
    if (openTo.state === 'unreadable') return obstacleReason(openTo.obstacle, pool);
    return openTo.value === 'owner'
      ? because('isolation.pool-closed', { address }, pool)
      : because('isolation.pool-open', { address, user, openTo: openTo.value }, pool);
  });
}

function judgeHomes(facts: IsolationFacts): Reason[] {
  const { homes } = facts;
  if (homes.state === 'unreadable') return [obstacleReason(homes.obstacle, 'homes')];
  if (areCaged(facts)) return [because('isolation.caged', {}, 'homes')];
  return homes.value.map(({ account, openTo }) => {
    if (openTo.state === 'unreadable') return obstacleReason(openTo.obstacle, account);
    return openTo.value === 'owner'
      ? because('isolation.home-closed', {}, account)
      : because('isolation.home-open', { openTo: openTo.value }, account);
  });
}

function judgeSecrets(facts: IsolationFacts): Reason[] {
  return areCaged(facts)
    ? [because('isolation.caged', {}, 'files with passwords')]
    : facts.sites.flatMap(judgeSecretsOf);
}

function judgeSecretsOf({ site, secrets }: Site): Reason[] {
  const open = secrets.flatMap(({ file, openTo }): Reason[] => {
    if (openTo.state === 'unreadable') return [obstacleReason(openTo.obstacle, site)];
    return openTo.value === 'owner' ? [] : [because('isolation.secret-open', { file, openTo: openTo.value }, site)];
  });
  if (open.length > 0) return open;
  if (secrets.length === 0) return [];
  return [because('isolation.secrets-closed', { files: secrets.map(({ file }) => file).join(', ') }, site)];
}

const usualFolders = { sessions: '/var/lib/php/sessions, /tmp', uploads: '/tmp' } as const;

function judgeTemporaries({ pools }: IsolationFacts): Reason[] {
  if (pools.state === 'unreadable') return [obstacleReason(pools.obstacle, 'PHP-FPM')];
  return pools.value.flatMap((pool) => {
    const shared = (['sessions', 'uploads'] as const).flatMap((what): Reason[] => {
      const sharers = pools.value.filter((other) => other[what] === pool[what] && other.user !== pool.user);
      const folder = pool[what] ?? usualFolders[what];
      return sharers.length > 0 ? [because('isolation.temporary-shared', { what, folder }, pool.pool)] : [];
    });
    return shared.length > 0 ? shared : [because('isolation.temporary-own', {}, pool.pool)];
  });
}

function judgeProcesses(facts: IsolationFacts): Reason[] {
  const { processes } = facts;
  if (processes.state === 'unreadable') return [obstacleReason(processes.obstacle, 'processes')];
  if (processes.value === 'hidden') return [because('isolation.processes-hidden', {}, 'processes')];
  return [because(areCaged(facts) ? 'isolation.caged' : 'isolation.processes-visible', {}, 'processes')];
}

function judgeCross({ crossReads }: IsolationFacts): Reason[] {
  if (crossReads === null) return [because('isolation.cross-not-allowed', {})];
  if (crossReads.length === 0) return [because('isolation.cross-none', {})];
  return crossReads.map(({ reader, site, file, outcome }) => {
    if (outcome.state === 'unreadable') return obstacleReason(outcome.obstacle, site);
    const code = outcome.value === 'read' ? 'isolation.cross-read' : 'isolation.cross-refused';
    return because(code, { reader, file }, site);
  });
}
