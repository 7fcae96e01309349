import { z } from 'zod';
import { sshAccess } from '../../policies/checks/ssh-access.ts';
import type { Case, Login, Server, Servers, Settings, SshAccessFacts } from '../../policies/checks/ssh-access/facts.ts';
import { Parameters } from '../../policies/checks/ssh-access/parameters.ts';
import { read, unreadable } from '../../policies/reading.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { namelessPaths } from './nameless.ts';
import { networkSettings } from './network-settings.ts';
import { readPamAuth } from './pam-auth.ts';
import { readListeningSockets } from './sockets.ts';
import type { Effective } from './ssh/effective.ts';
import { parsePublicKey } from './ssh/public-key.ts';
import { readSshServers, type SshCase, type SshServer, type SshServers, type SshSettings } from './ssh/servers.ts';
import { readSystemUsers, type SystemUsers } from './system-users.ts';

const sshPort = 22;

/** Asks each sshd of this host what it asks of whom. Account names are used to ask, and go nowhere. */
export const sshAccessCollector = defineCollector({
  kind: sshAccess.name,
  settings: z.object({ managementAddresses: networkSettings.managementAddresses }),
  parameters: Parameters,
  async collect(context, { managementAddresses }, wanted): Promise<SshAccessFacts> {
    const asked = wanted.flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses : []));
    const networks = [...new Set([...(managementAddresses ?? []), ...asked])].sort();
    const [users, servers] = await Promise.all([readSystemUsers(context), readSshServers(context, networks)]);
    return {
      servers:
        users.state === 'unreadable'
          ? users
          : servers.state === 'unreadable'
            ? servers
            : read(await describe(context, servers.value, users.value, networks)),
      managementAddresses: managementAddresses ?? null,
    };
  },
});

async function describe(
  context: CollectContext,
  { servers, inContainers }: SshServers,
  users: SystemUsers,
  networks: string[],
): Promise<Servers> {
  const described: Server[] = [];
  for (const server of servers) described.push(await describeServer(context, server, users));
  const sockets = await readListeningSockets(context.host);
  return {
    servers: described,
    inContainers,
    port22: sockets.state === 'unreadable' ? sockets : read(sockets.value.some(({ port }) => port === sshPort)),
    directories:
      users.directories.state === 'unreadable' ? users.directories : read([...users.directories.value.users]),
    networks,
  };
}

async function describeServer(context: CollectContext, server: SshServer, users: SystemUsers): Promise<Server> {
  const nameless = namelessPaths((account) => context.pseudonym(account), users.users);
  const { name, state, settings } = server;
  const about = { server: nameless(name), state };
  if (settings.state === 'unreadable') {
    const { obstacle } = settings;
    return { ...about, settings: { state: 'unreadable', obstacle: { ...obstacle, what: nameless(obstacle.what) } } };
  }
  return { ...about, settings: read(await describeSettings(context, settings.value, nameless)) };
}

async function describeSettings(
  context: CollectContext,
  { changedAt, readAt, base, listens, cases }: SshSettings,
  nameless: (path: string) => string,
): Promise<Settings> {
  const asksPam = cases.some(({ settings }) => isOn(settings, 'usepam'));
  const service = base.get('pamservicename')?.[0] ?? 'sshd';
  return {
    changedAt: changedAt.toISOString(),
    readAt: readAt instanceof Date ? readAt.toISOString() : readAt,
    listens: [...listens].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
    hostKeys: await Promise.all((base.get('hostkey') ?? []).map((path) => readHostKey(context, path, nameless))),
    ciphers: namesIn(base, 'ciphers'),
    macs: namesIn(base, 'macs'),
    keyExchange: namesIn(base, 'kexalgorithms'),
    hostKeyAlgorithms: namesIn(base, 'hostkeyalgorithms'),
    pam: asksPam ? await readPamAuth(context, service) : null,
    cases: mergeCases(cases.map((one) => describeCase(context, one))),
  };
}

function placeOf({ address, port }: { address: string; port: number }): string {
  return `${address} ${port}`;
}

function namesIn(settings: Effective, keyword: string): string[] {
  return (settings.get(keyword)?.[0] ?? '').split(',').filter((name) => name !== '');
}

/** The length of a host key by its public half, which is enough and no secret. */
async function readHostKey({ host }: CollectContext, path: string, nameless: (path: string) => string) {
  const shown = nameless(path);
  const text = await host.readText(`${path}.pub`);
  const of = (key: Settings['hostKeys'][number]['key']): Settings['hostKeys'][number] => ({ path: shown, key });
  if (text.state === 'unreadable') return of(unreadable(text.obstacle.code, `${shown}.pub`));
  const [type = '', base64 = ''] = text.value.trim().split(/\s+/);
  const key = parsePublicKey(type, base64);
  if (key === undefined) return of(unreadable('unparsable', `${shown}.pub`, 'it is no public SSH key'));
  return of(read({ type: key.type, bits: key.bits }));
}

function describeCase(context: CollectContext, { users, letIn, from, settings }: SshCase): Case {
  return {
    from: [from],
    root: users.some(({ uid }) => uid === 0),
    accounts: letIn.map(({ name }) => context.pseudonym(name)).sort(),
    login: loginOf(settings),
  };
}

/** Cases that differ in the address alone are one with several. */
function mergeCases(cases: readonly Case[]): Case[] {
  const groups = Map.groupBy(cases, ({ root, accounts, login }) => JSON.stringify([root, accounts, login]));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, from: [...new Set([first, ...others].flatMap(({ from }) => from))].sort() }],
  );
}

function isOn(settings: Effective, keyword: string): boolean {
  return settings.get(keyword)?.[0] === 'yes';
}

function loginOf(settings: Effective): Login {
  const methods = settings.get('authenticationmethods') ?? ['any'];
  return {
    rootLogin: rootLoginOf(settings.get('permitrootlogin')?.[0]),
    publicKey: isOn(settings, 'pubkeyauthentication'),
    password: isOn(settings, 'passwordauthentication'),
    // Before OpenSSH 8.7 it had another name.
    keyboard: isOn(settings, 'kbdinteractiveauthentication') || isOn(settings, 'challengeresponseauthentication'),
    hostBased: isOn(settings, 'hostbasedauthentication'),
    gssapi: isOn(settings, 'gssapiauthentication'),
    emptyPasswords: isOn(settings, 'permitemptypasswords'),
    pam: isOn(settings, 'usepam'),
    methods: methods.length === 0 || methods.includes('any') ? 'any' : [...methods],
    verifiedDevices: acceptsVerifiedDevicesOnly(settings),
  };
}

function rootLoginOf(value: string | undefined): Login['rootLogin'] {
  switch (value) {
    case 'no':
    case 'forced-commands-only':
      return value;
    case 'prohibit-password':
    case 'without-password':
      return 'prohibit-password';
    default:
      return 'yes';
  }
}

/** sshd_config(5), PubkeyAuthOptions `verify-required`: the device asks for a PIN or a fingerprint. Other keys know nothing of it. */
function acceptsVerifiedDevicesOnly(settings: Effective): boolean {
  const algorithms = namesIn(settings, 'pubkeyacceptedalgorithms');
  const isDevice = algorithms.length > 0 && algorithms.every((name) => name.startsWith('sk-'));
  return (
    isDevice && (settings.get('pubkeyauthoptions') ?? []).some((words) => words.split(',').includes('verify-required'))
  );
}
