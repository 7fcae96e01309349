import type { Account, AccountsFacts } from '../../../policies/checks/accounts/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { KeyPlaces } from '../password-age/key-places.ts';
import { usualPlaces } from '../password-age/key-places.ts';
import { parseAuthorizedKey } from '../ssh/authorized-keys.ts';
import type { Effective } from '../ssh/effective.ts';
import { readSshServers, type SshCase, type SshServer } from '../ssh/servers.ts';
import type { User } from '../system-users.ts';
import type { Names } from './names.ts';

type Takes = Account['ssh'];

/** What the SSH servers of the host have to do with its accounts. */
export interface SshSide {
  readonly facts: AccountsFacts['ssh'];
  /** Every place where one of them looks for keys. */
  readonly places: KeyPlaces;
  takesOf(user: User): Takes;
}

/**
 * Asks the SSH servers where they look for keys and what they take of whom, from anywhere. Where none runs, or one could
 * not be asked, keys in the usual places may let somebody in.
 */
export async function readSshSide(
  context: CollectContext,
  names: Names,
  networks: readonly string[],
): Promise<SshSide> {
  const found = await readSshServers(context, networks);
  if (found.state === 'unreadable') return { facts: found, places: usualPlaces, takesOf: () => unasked };
  const servers = found.value.servers.filter(({ state }) => state !== 'stopped');
  const cases = servers.flatMap(({ settings }) => (settings.state === 'read' ? settings.value.cases : []));
  const isComplete = servers.length > 0 && servers.every(({ settings }) => settings.state === 'read');
  const files = new Set(cases.flatMap(({ settings }) => settings.get('authorizedkeysfile') ?? []));
  files.delete('none');
  if (!isComplete) for (const file of usualPlaces.files) files.add(file);
  const facts: Extract<AccountsFacts['ssh'], { state: 'read' }>['value'] = [];
  for (const server of servers) facts.push(await describe(context, server, names));
  const byUser = new Map<string, SshCase[]>();
  for (const one of cases) {
    for (const { name } of one.letIn) byUser.set(name, [...(byUser.get(name) ?? []), one]);
  }
  return {
    facts: read(facts),
    places: { files: [...files].sort(), elsewhere: [] },
    takesOf: ({ name, uid }) => (isComplete ? takes(byUser.get(name) ?? [], uid === 0) : unasked),
  };
}

const unasked: Takes = { keys: 'unasked', passwords: 'unasked' };

function takes(cases: readonly SshCase[], isRoot: boolean): Takes {
  const open = cases.filter(({ settings }) => !isRoot || settings.get('permitrootlogin')?.[0] !== 'no');
  const keys = open.some(({ settings }) => isOn(settings, 'pubkeyauthentication'));
  const passwords = open.some(
    ({ settings }) =>
      (!isRoot || settings.get('permitrootlogin')?.[0] === 'yes') &&
      ['passwordauthentication', 'kbdinteractiveauthentication', 'challengeresponseauthentication'].some((keyword) =>
        isOn(settings, keyword),
      ),
  );
  return { keys: keys ? 'yes' : 'no', passwords: passwords ? 'yes' : 'no' };
}

function isOn(settings: Effective, keyword: string): boolean {
  return settings.get(keyword)?.[0] === 'yes';
}

const commandKeywords = {
  authorizedkeyscommand: 'AuthorizedKeysCommand',
  authorizedprincipalscommand: 'AuthorizedPrincipalsCommand',
} as const;

type ServerFacts = Extract<AccountsFacts['ssh'], { state: 'read' }>['value'][number];

async function describe(context: CollectContext, { name, settings }: SshServer, names: Names): Promise<ServerFacts> {
  const server = names.path(name);
  if (settings.state === 'unreadable') {
    const { code, what, detail } = settings.obstacle;
    return { server, asks: unreadable(code, names.path(what), detail) };
  }
  const { cases } = settings.value;
  const valuesOf = (keyword: string): string[] => [
    ...new Set(cases.flatMap((one) => one.settings.get(keyword) ?? []).filter((value) => value !== 'none')),
  ];
  const commands = Object.entries(commandKeywords).filter(([keyword]) => valuesOf(keyword).length > 0);
  const authorities = await readAuthorities(context, valuesOf('trustedusercakeys').sort(), names);
  return { server, asks: read({ commands: commands.map(([, keyword]) => keyword), authorities }) };
}

/** The keys in the files of TrustedUserCAKeys: one a line, as in authorized_keys (sshd_config(5)). */
async function readAuthorities(
  { host }: CollectContext,
  paths: readonly string[],
  names: Names,
): Promise<Reading<string[]>> {
  const found = new Set<string>();
  for (const path of paths) {
    const text = await host.readText(path);
    if (text.state === 'unreadable') return unreadable(text.obstacle.code, names.path(path));
    for (const line of text.value.split('\n')) {
      const key = parseAuthorizedKey(line);
      if (key === undefined) return unreadable('unparsable', names.path(path), 'a line is no SSH key');
      if (key !== 'none') found.add(names.key(key.fingerprint));
    }
  }
  return read([...found].sort());
}
