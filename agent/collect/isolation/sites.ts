import pLimit from 'p-limit';
import type { IsolationFacts, Runner, Site } from '../../../policies/checks/isolation/facts.ts';
import { read, unreadable, type Obstacle, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readServedFolders } from '../discovery/index.ts';
import { withoutWords } from '../tool-failure.ts';
import type { AccessReader } from './access.ts';
import { firstPerson, type Accounts } from './accounts.ts';
import { readApacheSites } from './apache-sites.ts';
import type { FoundSite } from './found-site.ts';
import { readNginxSites } from './nginx-sites.ts';
import { readSecrets } from './secrets.ts';
import type { IsolationOptions } from './settings.ts';

/** A site with what stays on this host. */
export interface PlacedSite {
  readonly site: Site;
  readonly folder: string | undefined;
  readonly ownerUid: number | undefined;
}

export interface FoundSites {
  readonly sites: readonly PlacedSite[];
  readonly unread: IsolationFacts['unread'];
}

/** The sites of nginx and Apache, each folder once; other web servers that serve folders are told as not understood. */
export async function readSites(
  context: CollectContext,
  options: IsolationOptions,
  accounts: Accounts,
  access: AccessReader,
): Promise<FoundSites> {
  const unread: IsolationFacts['unread'] = [];
  const note = (where: string, { code, what, detail }: Obstacle): void => {
    unread.push({ where, reading: unreadable(code, what, detail) });
  };
  const found: FoundSite[] = [];
  for (const [software, reading] of [
    ['nginx', await readNginxSites(context)],
    ['Apache', await readApacheSites(context)],
  ] as const) {
    if (reading?.state === 'unreadable')
      unread.push({ where: software, reading: withoutWords({ ...reading.obstacle, what: software }) });
    if (reading?.state === 'read') found.push(...reading.value);
  }
  for (const { software, folders } of await readServedFolders(context)) {
    if (folders === undefined || software === 'nginx' || software === 'Apache') continue;
    if (folders.state === 'read' && folders.value.length === 0) continue;
    note(software, { code: 'unsupported', what: software, detail: 'as whom its sites run cannot be told' });
  }
  for (const { software, names, isPlain } of found) {
    const detail = 'its configuration does not say plainly where it lies';
    if (!isPlain)
      note(software, { code: 'unsupported', what: `folder of ${names[0] ?? 'a server without a name'}`, detail });
  }
  const groups = await byFolder(
    context,
    found.filter(({ isPlain }) => isPlain),
  );
  const limit = pLimit(8);
  const placed = await Promise.all(
    [...groups].map(([key, group]) => limit(() => place(context, key, group, options, accounts, access))),
  );
  const sites = withOwnLabels(context, placed).sort((a, b) => (a.site.site < b.site.site ? -1 : 1));
  return { sites: sites.slice(0, 10_000), unread: unread.sort(byText).slice(0, 1000) };
}

/** Hosts of one folder, as for HTTP and HTTPS, are one site; those without a folder are told apart by their names. */
async function byFolder(context: CollectContext, found: readonly FoundSite[]): Promise<Map<string, FoundSite[]>> {
  const groups = new Map<string, FoundSite[]>();
  for (const site of found) {
    const real = site.folder === undefined ? undefined : await context.host.realPath(site.folder);
    const key = real?.state === 'read' ? real.value : (site.folder ?? `name ${site.names.join(' ')}`);
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  return groups;
}

async function place(
  context: CollectContext,
  key: string,
  group: readonly FoundSite[],
  options: IsolationOptions,
  accounts: Accounts,
  access: AccessReader,
): Promise<PlacedSite> {
  const folder = key.startsWith('/') ? key : undefined;
  const names = [...new Set(group.flatMap((one) => one.names))].sort();
  const label = (names[0] ?? context.pseudonym(key)).slice(0, 200);
  const status = folder === undefined ? undefined : await context.host.status(folder);
  const ownerUid = status?.state === 'read' ? status.value.uid : undefined;
  const runners = runnersOf(group).map((runner) => told(runner, accounts));
  const site: Site = {
    site: label,
    customer: customerOf(context, label, names, ownerUid, options, accounts),
    owner: ownerOf(status, ownerUid, accounts),
    runners: read([...new Map(runners.map((runner) => [JSON.stringify(runner), runner])).values()].slice(0, 64)),
    secrets: folder === undefined ? [] : await readSecrets(context.host, folder, access),
  };
  return { site, folder, ownerUid };
}

function ownerOf(status: Reading<unknown> | undefined, uid: number | undefined, accounts: Accounts): Site['owner'] {
  if (status === undefined) return null;
  if (status.state === 'unreadable') return unreadable(status.obstacle.code, 'its folder');
  return read(uid === undefined ? '-' : accounts.nameOf(uid));
}

/** nginx before Apache hands on what Apache then runs: of a site that both know, what nginx hands on is no program. */
function runnersOf(group: readonly FoundSite[]): Runner[] {
  const isBoth = new Set(group.map(({ software }) => software)).size > 1;
  return group.flatMap(({ software, runners }) =>
    isBoth && software === 'nginx' ? runners.filter(({ by }) => by !== 'proxy') : runners,
  );
}

function told(runner: Runner, accounts: Accounts): Runner {
  if (runner.by === 'fastcgi' || runner.by === 'proxy') {
    return { ...runner, address: accounts.nameless(runner.address).slice(0, 1024) };
  }
  if (runner.user === null) return runner;
  const uid = accounts.uidOf(runner.user.replace(/^#/, ''));
  return { ...runner, user: uid === undefined ? accounts.nameless(runner.user) : accounts.nameOf(uid) };
}

function customerOf(
  context: CollectContext,
  label: string,
  names: readonly string[],
  owner: number | undefined,
  { customers }: IsolationOptions,
  accounts: Accounts,
): string {
  if (customers === 'accounts') return owner !== undefined && owner >= firstPerson ? accounts.nameOf(owner) : label;
  const entry = customers?.find(({ sites }) => sites.some((site) => names.includes(site)));
  return entry === undefined ? label : context.pseudonym(entry.customer).slice(0, 256);
}

/** Two folders under one name are told apart by their pseudonyms, and are two customers unless somebody says otherwise. */
function withOwnLabels(context: CollectContext, placed: readonly PlacedSite[]): PlacedSite[] {
  const counted = Map.groupBy(placed, ({ site }) => site.site);
  return placed.map((one) => {
    const { site, folder } = one;
    if (counted.get(site.site)?.length === 1) return one;
    const label = `${site.site} (${context.pseudonym(folder ?? '').slice(0, 50)})`;
    return { ...one, site: { ...site, site: label, customer: site.customer === site.site ? label : site.customer } };
  });
}

function byText(a: IsolationFacts['unread'][number], b: IsolationFacts['unread'][number]): number {
  const [first = '', second = ''] = [a, b].map((one) => JSON.stringify(one));
  return first === second ? 0 : first < second ? -1 : 1;
}
