import pLimit from 'p-limit';
import { cms } from '../../policies/checks/cms.ts';
import type { CmsFacts, Site } from '../../policies/checks/cms/facts.ts';
import { CmsParameters } from '../../policies/checks/cms/parameters.ts';
import { branchOf } from '../../policies/checks/cms/version.ts';
import { concealer } from './cms/conceal.ts';
import { expandGlob } from './cms/glob.ts';
import { readReleases, type Branch } from './cms/releases.ts';
import { findRoots, type Roots, type Unread } from './cms/roots.ts';
import { searchRoots, type FoundSite } from './cms/search.ts';
import { CmsSettings, type CmsOptions } from './cms/settings.ts';
import { describeSite, type Described, type Surroundings } from './cms/site.ts';
import { readBranchSupport } from './cms/support.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { readSystemUsers } from './system-users.ts';

const maximumSites = 5000;
const maximumUnread = 1000;

/**
 * Finds the content management systems in what web servers serve, and reads which versions they and their plug-ins have.
 * No code of a site is run, and no link is followed out of it.
 */
export const cmsCollector = defineCollector({
  kind: cms.name,
  settings: CmsSettings,
  parameters: CmsParameters,
  async collect(context, { cms: options, updates }): Promise<CmsFacts> {
    const { host } = context;
    const roots = await findRoots(context, options);
    const search = await searchAll(context, roots, options);
    const around = await surroundings(context, roots, options);
    const described = await describeAll(await withoutDoubles(context, search.sites), around);
    const sites = remember(context, withOwnLabels(described)).sort(bySite);
    const branches = branchesOf(sites);
    return {
      search: {
        folders: roots.folders.size,
        declared: options.folders !== undefined,
        unread: [...roots.unread, ...search.unread]
          .map(({ where, obstacle }) => ({
            where,
            obstacle: { ...obstacle, what: around.conceal(obstacle.what, undefined) },
          }))
          .sort(byText)
          .slice(0, maximumUnread),
        cut: search.cut || sites.length > maximumSites,
      },
      sites: sites.slice(0, maximumSites),
      support: await readBranchSupport(host, updates?.endOfLife, branches, options.extendedSupport),
      releases: options.releases === undefined ? null : await readReleases(host, options.releases, branches),
    };
  },
});

async function searchAll(
  context: CollectContext,
  roots: Roots,
  options: CmsOptions,
): Promise<{ sites: readonly FoundSite[]; unread: readonly Unread[]; cut: boolean }> {
  const { host, signal } = context;
  const sources = new Set<string>();
  for (const pattern of options.sources) {
    const paths = await expandGlob(host, pattern);
    for (const path of paths.state === 'read' ? paths.value : []) {
      const real = await host.realPath(path);
      if (real.state === 'read') sources.add(real.value);
    }
  }
  const labelOf = (root: string): string => [...(roots.folders.get(root) ?? [])].sort()[0] ?? context.pseudonym(root);
  const end = AbortSignal.any([signal, AbortSignal.timeout(options.maximumTime * 1000)]);
  return searchRoots(host, [...roots.folders.keys()], [...sources], options, labelOf, end);
}

/** Links may lead to one folder from several places: it is one site. */
async function withoutDoubles({ host }: CollectContext, found: readonly FoundSite[]): Promise<FoundSite[]> {
  const first = new Map<string, FoundSite>();
  const ordered = [...found].sort((a, b) => byText(a.tree.path, b.tree.path));
  for (const site of ordered) {
    const real = await host.realPath(site.tree.path);
    const key = `${site.reader.product} ${real.state === 'read' ? real.value : site.tree.path}`;
    const before = first.get(key);
    // The one that is no link is the site.
    if (before === undefined || (real.state === 'read' && real.value === site.tree.path)) first.set(key, site);
  }
  return [...first.values()];
}

async function surroundings(context: CollectContext, roots: Roots, options: CmsOptions): Promise<Surroundings> {
  const system = await readSystemUsers(context);
  const users = system.state === 'read' ? system.value.users : [];
  const patterns = options.ownPlugins.map(namePattern);
  return {
    context,
    names: roots.folders,
    users,
    conceal: concealer(context, users),
    isOwnPlugin: (name) => patterns.some((pattern) => pattern.test(name)),
  };
}

async function describeAll(
  found: readonly FoundSite[],
  around: Surroundings,
): Promise<readonly { site: Described; path: string }[]> {
  const limit = pLimit(8);
  return Promise.all(
    found.map((one) =>
      limit(async () => ({ site: await describeSite(one, around), path: around.context.pseudonym(one.tree.path) })),
    ),
  );
}

function namePattern(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`);
}

/** Two folders under one name are told apart by their pseudonyms. */
function withOwnLabels(described: readonly { site: Described; path: string }[]): Described[] {
  const counted = Map.groupBy(described, ({ site }) => `${site.product} ${site.site}`);
  return described.map(({ site, path }) => {
    const isAlone = counted.get(`${site.product} ${site.site}`)?.length === 1;
    return isAlone ? site : { ...site, site: `${site.site.slice(0, 200)} (${path.slice(0, 50)})` };
  });
}

/** Adds since when each site is seen, and each with its version. */
function remember({ ledger }: CollectContext, described: readonly Described[]): Site[] {
  const siteKey = ({ site, product }: Described): string => `${product} ${site}`;
  const versionKey = (one: Described): string | undefined =>
    one.core.state === 'read' ? `${siteKey(one)}\n${one.core.value.versions[0]?.version ?? ''}` : undefined;
  const sites = ledger.observe('cms sites', described.map(siteKey));
  // A version that cannot be read for a while is not new when it can be read again.
  const unread = new Set(described.filter((one) => one.core.state === 'unreadable').map(siteKey));
  const { seen } = ledger.watch(
    'cms versions',
    described.flatMap((one) => versionKey(one) ?? []),
    ({ key }) => unread.has(key.split('\n')[0] ?? ''),
  );
  return described.flatMap((one): Site[] => {
    const found = sites.get(siteKey(one));
    if (found === undefined) return [];
    const { core } = one;
    if (core.state === 'unreadable') return [{ ...one, found, core }];
    const since = seen.get(versionKey(one) ?? '') ?? found;
    return [{ ...one, found, core: { state: 'read', value: { ...core.value, since } } }];
  });
}

function branchesOf(sites: readonly Site[]): Branch[] {
  const found = new Map<string, Branch>();
  for (const { product, core } of sites) {
    for (const { version } of core.state === 'read' ? core.value.versions : []) {
      const branch = branchOf(product, version);
      if (branch !== undefined) found.set(`${product} ${branch}`, { product, branch });
    }
  }
  return [...found].sort(([a], [b]) => byText(a, b)).map(([, branch]) => branch);
}

function bySite(a: Site, b: Site): number {
  return byText(a.site, b.site) || byText(a.product, b.product);
}

function byText<T extends string | Unread>(a: T, b: T): number {
  const [first, second] = [a, b].map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return first === second ? 0 : (first ?? '') < (second ?? '') ? -1 : 1;
}
