import pLimit from 'p-limit';
import type { z } from 'zod';
import { passwordAge } from '../../policies/checks/password-age.ts';
import type { Departure, Group, PasswordAgeFacts, SshKeys } from '../../policies/checks/password-age/facts.ts';
import { Parameters } from '../../policies/checks/password-age/parameters.ts';
import { read, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { readAccounts, type SystemAccounts } from './password-age/accounts.ts';
import { describeKeys, readAccountKeys, type AccountKeys } from './password-age/account-keys.ts';
import { readKeyPlaces, usualPlaces } from './password-age/key-places.ts';
import { compareText } from './password-age/order.ts';
import { storeReaders } from './password-age/readers.ts';
import { Settings } from './password-age/settings.ts';
import type { StoreRequest } from './password-age/store.ts';
import { rosterOf, type Roster } from './roster.ts';
import { readSystemPasswords } from './password-age/system.ts';

type Settings = z.output<typeof Settings>;

/** Reads the passwords that controls ask for. Hashes are looked at here, and go no further than the ledger, as marks. */
export const passwordAgeCollector = defineCollector({
  kind: passwordAge.name,
  settings: Settings,
  parameters: Parameters,
  async collect(context, settings, wanted): Promise<PasswordAgeFacts> {
    const asked = new Set(wanted.flatMap(({ of }) => of));
    const accounts = await readAccounts(context);
    const roster = await rosterOf(context, settings.roster);
    const keys = await readKeys(context, accounts, roster, asked.has('ssh-keys'));
    return {
      system: await readSystemPasswords(context, accounts, keys.byName),
      departures: departuresOf(context, roster),
      ...(keys.facts === undefined ? {} : { sshKeys: keys.facts }),
      ...(await readStores(context, settings, asked)),
    };
  },
});

interface FoundKeys {
  readonly byName: ReadonlyMap<string, AccountKeys>;
  /** Left out where no control asks for them. */
  readonly facts?: Reading<SshKeys>;
}

async function readKeys(
  context: CollectContext,
  accounts: Reading<SystemAccounts>,
  roster: Roster | undefined,
  isAsked: boolean,
): Promise<FoundKeys> {
  if (accounts.state === 'unreadable') return { byName: new Map(), ...(isAsked ? { facts: accounts } : {}) };
  const places = await readKeyPlaces(context.host);
  const users = accounts.value.users.map(({ user }) => user);
  const byName = await readAccountKeys(context, users, places.state === 'read' ? places.value : usualPlaces);
  if (!isAsked) return { byName };
  return { byName, facts: read(describeKeys(context, accounts.value, places, byName, roster)) };
}

/** What the roster says, and of people who left their own accounts; null where it says nothing of who left. */
function departuresOf(context: CollectContext, roster: Roster | undefined): Departure[] | null {
  if (roster?.departures === undefined) return null;
  const shared = roster.departures.map(({ on, accounts }): Departure => ({
    on,
    accounts: accounts?.map((name) => context.pseudonym(name)).sort() ?? 'all',
  }));
  const own = (roster.people ?? []).flatMap(({ until, accounts }): Departure[] =>
    until === undefined || accounts.length === 0
      ? []
      : [{ on: until, accounts: accounts.map((name) => context.pseudonym(name)).sort(), own: true }],
  );
  return [...shared, ...own].sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
}

/** A store that does not answer holds up no more than its share of the time that a check may take. */
const storesAtOnce = 8;

type StoreFacts = Pick<PasswordAgeFacts, 'stores' | 'undeclared'>;

async function readStores(
  context: CollectContext,
  { passwordStores }: Settings,
  asked: ReadonlySet<Group>,
): Promise<StoreFacts> {
  const groups = new Set<Group>(storeReaders.map(({ group }) => group).filter((group) => asked.has(group)));
  if (groups.size === 0) return {};
  const requests = passwordStores ?? [];
  const limit = pLimit(storesAtOnce);
  const asking = requests.flatMap((request) => {
    const reader = storeReaders.find(({ kind }) => request.source[kind] !== undefined);
    const isAsked = reader !== undefined && groups.has(reader.group);
    return isAsked ? [limit(() => reader.describe(context, request, requests))] : [];
  });
  const stores = await Promise.all(asking);
  return {
    stores: passwordStores === undefined ? null : stores.sort((a, b) => compareText(a.store, b.store)),
    ...(asked.has('databases') ? { undeclared: await findUndeclared(context.host, requests) } : {}),
  };
}

/** Databases whose usual socket is there, and that agent.yaml does not name. */
async function findUndeclared(
  host: Host,
  requests: readonly StoreRequest[],
): Promise<NonNullable<PasswordAgeFacts['undeclared']>> {
  const declared = new Set(requests.flatMap(({ source }) => Object.keys(source)));
  const sockets = await Promise.all(
    ['/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock'].map((path) => host.status(path)),
  );
  const postgres = await host.list('/run/postgresql');
  const isMariadb = sockets.some(({ state }) => state === 'read');
  const isPostgres = postgres.state === 'read' && postgres.value.some((name) => /^\.s\.PGSQL\.\d+$/.test(name));
  return [
    ...(isMariadb && !declared.has('mariadb') && !declared.has('mysql') ? (['mariadb'] as const) : []),
    ...(isPostgres && !declared.has('postgresql') ? (['postgresql'] as const) : []),
  ];
}
