import { z } from 'zod';
import { accounts } from '../../policies/checks/accounts.ts';
import type { Account, AccountsFacts, SystemFacts } from '../../policies/checks/accounts/facts.ts';
import { Parameters } from '../../policies/checks/accounts/parameters.ts';
import { read, type Reading } from '../../policies/reading.ts';
import type { Shadow } from './account-files.ts';
import { readDoas } from './accounts/doas.ts';
import { readLastLogins } from './accounts/last-login.ts';
import { namesFor, type Names } from './accounts/names.ts';
import { readPolkit } from './accounts/polkit.ts';
import { programFolders, readPrivilegedFiles } from './accounts/programs.ts';
import { describeRoster } from './accounts/roster.ts';
import { readSites, SiteSettings } from './accounts/sites.ts';
import { readSshSide, type SshSide } from './accounts/ssh.ts';
import { readSu } from './accounts/su.ts';
import { readSudo } from './accounts/sudo.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { AbsolutePath } from './endpoint-settings.ts';
import { networkSettings } from './network-settings.ts';
import { readAccountKeys, type AccountKeys } from './password-age/account-keys.ts';
import { readAccounts, shellOf } from './password-age/accounts.ts';
import { rosterOf, rosterSettings } from './roster.ts';
import { groupsOf, readSystemUsers, type SystemUsers, type User } from './system-users.ts';

const Settings = z.object({
  ...rosterSettings,
  managementAddresses: networkSettings.managementAddresses,
  sites: SiteSettings.optional(),
  /** Where to look for programs with rights of their own, in place of the usual folders. */
  programFolders: z.array(AbsolutePath).min(1).max(64).optional(),
});

/** Reads who can log in or become root. Names, hashes and keys are looked at here and leave as pseudonyms or not at all. */
export const accountsCollector = defineCollector({
  kind: accounts.name,
  settings: Settings,
  parameters: Parameters,
  async collect(context, settings, wanted): Promise<AccountsFacts> {
    const users = await readSystemUsers(context);
    if (users.state === 'unreadable') return nothingOf(users);
    const names = namesFor(context, users.value);
    const ssh = await readSshSide(context, names, [...(settings.managementAddresses ?? [])].sort());
    const isAsked = (aspect: string): boolean => wanted.some(({ require }) => require.some((one) => one === aspect));
    return {
      system: await readSystem(context, users.value, ssh, names),
      ssh: ssh.facts,
      sudo: await readSudo(context, users.value, names),
      doas: await readDoas(context.host, users.value, names),
      su: await readSu(context, names),
      polkit: await readPolkit(context.host, names),
      // To look through the folders costs more than all the rest.
      files: isAsked('files')
        ? await readPrivilegedFiles(context, settings.programFolders ?? programFolders, names)
        : null,
      sites: await readSites(context, settings.sites, names),
      roster: describeRoster(await rosterOf(context, settings.roster), names),
    };
  },
});

function nothingOf(obstacle: Extract<Reading<never>, { state: 'unreadable' }>): AccountsFacts {
  const nothing = { sudo: null, doas: null, su: null, polkit: null, files: null, sites: null, roster: null };
  return { system: obstacle, ssh: obstacle, ...nothing };
}

async function readSystem(
  context: CollectContext,
  users: SystemUsers,
  ssh: SshSide,
  names: Names,
): Promise<Reading<SystemFacts>> {
  const shadowed = await readAccounts(context);
  if (shadowed.state === 'unreadable') return shadowed;
  const keys = await readAccountKeys(context, users.users, ssh.places);
  const lastLogins = await readLastLogins(context.host, users.users);
  const malformed = [...shadowed.value.malformed, ...users.malformed.filter(({ file }) => file === '/etc/group')];
  const days = lastLogins.state === 'read' ? lastLogins.value : new Map<number, string>();
  const shadowOf = new Map(shadowed.value.users.map(({ user, shadow }) => [user.name, shadow]));
  const found = users.users.map((user) =>
    describe(
      user,
      { shadow: shadowOf.get(user.name), keys: keys.get(user.name), day: days.get(user.uid) },
      users,
      ssh,
      names,
    ),
  );
  return read({
    accounts: found.sort((a, b) => a.uid - b.uid || (a.account < b.account ? -1 : 1)),
    malformed: malformed.slice(0, 100),
    directories:
      users.directories.state === 'unreadable' ? users.directories : read([...users.directories.value.users]),
    lastLogins: lastLogins.state === 'unreadable' ? lastLogins : read('known' as const),
  });
}

function describe(
  user: User,
  { shadow, keys, day }: { shadow: Shadow | undefined; keys: AccountKeys | undefined; day: string | undefined },
  { groups }: SystemUsers,
  ssh: SshSide,
  names: Names,
): Account {
  return {
    account: names.account(user.name),
    uid: user.uid,
    isRoot: user.name === 'root',
    shell: shellOf(user),
    // Any other field than `x` counts instead of the shadow line (passwd(5)).
    password: passwordOf(user.field === 'x' ? shadow?.field : user.field),
    expires: shadow?.expires ?? null,
    ssh: ssh.takesOf(user),
    keys: (keys?.keys ?? []).slice(0, 1000).map(({ file, line, key }) => ({
      key: names.key(key.fingerprint),
      file,
      line,
      authority: key.isAuthority,
      expires: key.expires?.toISOString() ?? null,
    })),
    unreadKeys: (keys?.unread ?? []).slice(0, 100).map(({ file, line }) => ({ file, line })),
    groups: groupsOf(user, groups)
      .map((name) => names.group(name))
      .sort()
      .slice(0, 256),
    lastLogin: day ?? null,
  };
}

function passwordOf(field: string | undefined): Account['password'] {
  if (field === undefined) return 'elsewhere';
  if (field === '') return 'empty';
  const behindLock = field.replace(/^!+/, '');
  if (behindLock === '' || behindLock.startsWith('*')) return 'none';
  return behindLock === field ? 'set' : 'locked';
}
