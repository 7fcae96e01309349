import { isolation, IsolationParameters } from '../../../policies/checks/isolation.ts';
import type { IsolationFacts } from '../../../policies/checks/isolation/facts.ts';
import { read, unreadable, type Unreadable } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { commandOutput } from '../discovery/command.ts';
import { readMounts } from '../mounts.ts';
import { AccessReader, wish } from './access.ts';
import { readAccounts, type Accounts } from './accounts.ts';
import { tryCrossReads } from './cross-reads.ts';
import { readPools } from './fpm.ts';
import { IsolationSettings } from './settings.ts';
import { readSites } from './sites.ts';

/** As whom the sites of this host run, and what permissions let their accounts do to each other. */
export const isolationCollector = defineCollector({
  kind: isolation.name,
  settings: IsolationSettings,
  parameters: IsolationParameters,
  async collect(context, { isolation: options }): Promise<IsolationFacts> {
    const accounts = await readAccounts(context);
    // Without accounts nothing of it means anything: the run makes that unknown, with the reason.
    if (accounts.state === 'unreadable') return withoutAccounts(accounts);
    const access = new AccessReader(context.host, accounts.value);
    const { sites, unread } = await readSites(context, options, accounts.value, access);
    return {
      sites: sites.map(({ site }) => site),
      unread,
      pools: await readPools(context, accounts.value, access),
      homes: await readHomes(context, accounts.value, access),
      processes: await readVisibility(context),
      caged: await readCaged(context, accounts.value),
      crossReads: options.crossRead ? await tryCrossReads(context, sites, accounts.value) : null,
    };
  },
});

function withoutAccounts(reading: Unreadable): IsolationFacts {
  return {
    sites: [],
    unread: [{ where: 'accounts', reading }],
    pools: reading,
    homes: reading,
    processes: reading,
    caged: null,
    crossReads: null,
  };
}

async function readHomes(
  { host }: CollectContext,
  { people, nameOf }: Accounts,
  access: AccessReader,
): Promise<IsolationFacts['homes']> {
  const homes: { account: string; openTo: Awaited<ReturnType<AccessReader['openTo']>> }[] = [];
  for (const { uid, home } of people) {
    const status = home.startsWith('/') && home !== '/' ? await host.status(home) : unreadable('missing', home);
    if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
    const openTo = await access.openTo(home, [wish.read, wish.write]);
    const told = openTo.state === 'read' ? openTo : unreadable(openTo.obstacle.code, 'its home folder');
    homes.push({ account: nameOf(uid), openTo: told });
  }
  return read(homes.sort((a, b) => (a.account < b.account ? -1 : 1)).slice(0, 20_000));
}

/** hidepid among the options of /proc, as numbers or, since Linux 5.8, as words (proc(5)). */
async function readVisibility(context: CollectContext): Promise<IsolationFacts['processes']> {
  const mounts = await readMounts(context);
  if (mounts.state === 'unreadable') return mounts;
  const proc = mounts.value.find(({ point, type }) => point === '/proc' && type === 'proc');
  if (proc === undefined) return unreadable('missing', '/proc');
  const options = [...proc.superOptions, ...proc.options];
  return read(options.some((option) => /^hidepid=(?!0$|off$)/.test(option)) ? 'hidden' : 'visible');
}

/** The accounts that CageFS of CloudLinux holds, by cagefsctl; null where that is not installed. */
async function readCaged(context: CollectContext, accounts: Accounts): Promise<IsolationFacts['caged']> {
  const status = await commandOutput(context, { file: 'cagefsctl', args: ['--cagefs-status'] });
  if (status === undefined) return null;
  if (status.state === 'unreadable') return status;
  if (!/^enabled/i.test(status.value.trim())) return read([]);
  const listed = await commandOutput(context, { file: 'cagefsctl', args: ['--list-enabled'] });
  if (listed === undefined) return unreadable('command-missing', 'cagefsctl');
  if (listed.state === 'unreadable') return listed;
  // The first line counts them.
  const [heading = '', ...names] = listed.value.trim().split('\n');
  const count = Number(/^(\d+) enabled user/.exec(heading)?.[1] ?? Number.NaN);
  if (count !== names.length) return unreadable('unparsable', 'cagefsctl --list-enabled', `${names.length} names`);
  const uids = names.flatMap((name) => accounts.uidOf(name.trim()) ?? []);
  return read([...new Set(uids.map((uid) => accounts.nameOf(uid)))].sort());
}
