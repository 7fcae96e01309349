import { contains, parseAddress, parseNetwork, type Network } from '../networks.ts';
import { isFuture } from '../quantities.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import { reasonsFrom, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { minimumKeyBits, weakAlgorithms } from './ssh-access/algorithms.ts';
import { SshAccessFacts, type Case, type Server, type Servers, type Settings } from './ssh-access/facts.ts';
import { Parameters } from './ssh-access/parameters.ts';
import { reasons } from './ssh-access/reasons.ts';
import { waysOf, type Way } from './ssh-access/ways.ts';

const because = reasonsFrom(reasons);

export const sshAccess = defineCheckKind({
  name: 'ssh-access',
  parameters: Parameters,
  facts: SshAccessFacts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    if (facts.servers.state === 'unreadable') return [obstacleReason(facts.servers.obstacle)];
    const found = facts.servers.value;
    const networks = parameters.addresses === 'management' ? facts.managementAddresses : (parameters.addresses ?? []);
    return [
      ...judgeCompleteness(found),
      ...(networks === null ? [because('ssh-access.no-networks', {})] : []),
      ...found.servers.flatMap((server) => judgeServer(server, found, networks, parameters, at)),
    ];
  },
});

/** Whether every server, and everyone who might log in, was looked at. */
function judgeCompleteness({ servers, inContainers, port22, directories }: Servers): Reason[] {
  const running = servers.filter(({ state }) => state !== 'stopped');
  const unexplained = port22.state === 'unreadable' ? [obstacleReason(port22.obstacle)] : [];
  if (running.length === 0 && port22.state === 'read') {
    unexplained.push(port22.value ? because('ssh-access.unexplained-port', {}) : because('ssh-access.no-server', {}));
  }
  return [
    ...(running.length === 0 ? unexplained : []),
    ...(inContainers > 0 ? [because('ssh-access.in-containers', { servers: inContainers })] : []),
    ...(running.length === 0
      ? []
      : directories.state === 'unreadable'
        ? [obstacleReason(directories.obstacle)]
        : directories.value.map((service) => because('ssh-access.directory', { service }))),
  ];
}

function judgeServer(
  { server, state, settings }: Server,
  { networks: looked }: Servers,
  networks: readonly string[] | null,
  parameters: Parameters,
  at: Date,
): Reason[] {
  if (state === 'stopped') return [because('ssh-access.not-running', {}, server)];
  if (settings.state === 'unreadable') return [obstacleReason(settings.obstacle, server)];
  const { value } = settings;
  const unlooked = (networks ?? []).filter((network) => !looked.includes(network));
  const found = [
    ...judgeLoaded(value, at),
    ...(parameters.addresses === undefined || networks === null
      ? []
      : unlooked.length > 0
        ? unlooked.map((network) => because('ssh-access.not-looked', { network }))
        : judgeAddresses(value, networks)),
    ...(parameters.factors === undefined ? [] : value.cases.flatMap((one) => judgeFactors(one, value))),
    ...(parameters.root === undefined ? [] : judgeRoot(value, parameters.root)),
    ...(parameters.passwords === undefined ? [] : judgePasswords(value)),
    ...(parameters.algorithms === undefined ? [] : judgeAlgorithms(value)),
  ];
  return found.map((reason) => ({ ...reason, subject: server }));
}

/** Whether what was read is what runs. */
function judgeLoaded({ changedAt, readAt }: Settings, at: Date): Reason[] {
  const ahead = [changedAt, readAt].find((moment) => moment !== null && moment !== 'each' && isFuture(moment, at));
  if (ahead !== undefined && ahead !== null) return [because('ssh-access.clock', { moment: ahead })];
  if (readAt === 'each') return [];
  if (readAt === null) return [because('ssh-access.load-unknown', {})];
  const isStale = changedAt > readAt;
  return isStale ? [because('ssh-access.not-reloaded', { changed: changedAt, read: readAt })] : [];
}

/** Who is let in by the lists, and how he may then log in. */
interface Entrance {
  readonly from: string;
  readonly accounts: number;
  readonly example: string;
  readonly ways: readonly Way[];
}

/** A case's entrance; the obstacle as a reason where PAM could not be read. */
function entranceOf(one: Case, { pam }: Settings): Entrance | Reason {
  const ways = waysOf(one, pam);
  if (ways.state === 'unreadable') return obstacleReason(ways.obstacle);
  return {
    from: one.from.join(', '),
    accounts: one.accounts.length,
    example: one.accounts[0] ?? '-',
    ways: one.accounts.length === 0 ? [] : ways.value,
  };
}

function isReason(value: Entrance | Reason): value is Reason {
  return 'code' in value;
}

function judgeFactors(one: Case, settings: Settings): Reason[] {
  const entrance = entranceOf(one, settings);
  if (isReason(entrance)) return [entrance];
  const { from, accounts, example, ways } = entrance;
  const [weakest] = [...ways].sort((a, b) => a.factors.size - b.factors.size);
  if (weakest === undefined) return [because('ssh-access.nobody', { from, accounts })];
  const way = weakest.methods;
  return weakest.factors.size < 2
    ? [because('ssh-access.one-factor', { from, accounts, example, way })]
    : [because('ssh-access.two-factors', { from, way })];
}

const loopback = ['127.0.0.0/8', '::1'];

function judgeAddresses(settings: Settings, allowed: readonly string[]): Reason[] {
  const inside = [...allowed, ...loopback].flatMap((text) => parseNetwork(text) ?? []);
  const networks = allowed.join(', ');
  const places = [...new Set(settings.listens.map(({ address }) => address))];
  const outer = places.filter((address) => !isWithin(address, inside));
  if (outer.length === 0 && places.length > 0) {
    return [because('ssh-access.listens-inside', { addresses: places.join(', '), networks })];
  }
  const listens = outer.join(', ');
  const open = settings.cases.flatMap((one): Reason[] => {
    const from = one.from.filter((address) => !isWithin(address, inside));
    if (from.length === 0) return [];
    const entrance = entranceOf({ ...one, from }, settings);
    if (isReason(entrance)) return [entrance];
    const { ways, accounts, example } = entrance;
    if (ways.length === 0) return [];
    return [because('ssh-access.from-elsewhere', { listens, accounts, example, from: entrance.from, networks })];
  });
  return open.length > 0 ? open : [because('ssh-access.only-from', { networks })];
}

function isWithin(text: string, networks: readonly Network[]): boolean {
  const address = parseAddress(text);
  return address !== undefined && networks.some((network) => contains(network, address));
}

function judgeRoot(settings: Settings, wanted: 'never' | 'keys'): Reason[] {
  const entrances = settings.cases.filter(({ root }) => root).map((one) => entranceOf(one, settings));
  const found = entrances.flatMap((entrance): Reason[] => {
    if (isReason(entrance)) return [entrance];
    const broken = entrance.ways.find(({ usesKey }) => wanted === 'never' || !usesKey);
    if (broken === undefined) return [];
    const code = wanted === 'never' ? 'ssh-access.root-login' : 'ssh-access.root-without-key';
    return [because(code, { from: entrance.from, way: broken.methods })];
  });
  if (found.length > 0) return found;
  const logsIn = entrances.some((entrance) => !isReason(entrance) && entrance.ways.length > 0);
  return [because(logsIn ? 'ssh-access.root-by-key' : 'ssh-access.root-refused', {})];
}

function judgePasswords(settings: Settings): Reason[] {
  const found = settings.cases.flatMap((one): Reason[] => {
    const entrance = entranceOf(one, settings);
    if (isReason(entrance)) return [entrance];
    const { from, accounts, example, ways } = entrance;
    const lone = ways.find(({ factors }) => factors.size === 0 || (factors.size === 1 && factors.has('password')));
    if (lone === undefined) return [];
    return [because('ssh-access.lone-password', { from, accounts, example, way: lone.methods })];
  });
  return found.length > 0 ? found : [because('ssh-access.no-lone-password', {})];
}

function judgeAlgorithms(settings: Settings): Reason[] {
  const weak = weakAlgorithms(settings).map((one) => because('ssh-access.weak-algorithm', one));
  const keys = settings.hostKeys.flatMap(({ path, key }): Reason[] => {
    if (key.state === 'unreadable') return [obstacleReason(key.obstacle)];
    const { type, bits } = key.value;
    const minimum = minimumKeyBits[type] ?? 0;
    return bits < minimum ? [because('ssh-access.short-host-key', { path, bits, minimum })] : [];
  });
  const { ciphers, macs, keyExchange, hostKeys } = settings;
  const counts = { ciphers: ciphers.length, macs: macs.length, exchanges: keyExchange.length, keys: hostKeys.length };
  const found = [...weak, ...keys];
  return found.length > 0 ? found : [because('ssh-access.strong-algorithms', counts)];
}
