import { formatAddress, parseNetwork, representatives, type Address } from '../../../policies/networks.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { groupsOf, readSystemUsers, type SystemUsers, type User } from '../system-users.ts';
import { readSshdConfig, type SshdConfig } from './config.ts';
import { effectiveSettings, type Connection, type Effective, type Start } from './effective.ts';
import { classesOf, isLetIn, networksOf } from './match.ts';
import { findSshProcesses, type SshProcess } from './processes.ts';
import { parsePlace, readSocketUnits, type SocketUnit } from './socket-units.ts';

/** An SSH server of this host. */
export interface SshServer {
  /** The path of its configuration; the name of the program where that cannot be told. */
  readonly name: string;
  /** `listening`: a process waits for connections; `socket`: systemd does; `stopped`: it is installed and neither is. */
  readonly state: 'listening' | 'socket' | 'stopped';
  readonly settings: Reading<SshSettings>;
}

export interface SshSettings {
  readonly start: Start;
  /** The last change of its configuration. */
  readonly changedAt: Date;
  /** When it last read its configuration: a moment, `each` connection, or null where nothing tells. */
  readonly readAt: Date | 'each' | null;
  readonly base: Effective;
  readonly listens: readonly SocketUnit[];
  readonly cases: readonly SshCase[];
}

/** What holds for these users when they come from this address. */
export interface SshCase {
  readonly users: readonly User[];
  readonly from: string;
  /** Those of `users` whom the lists of users and groups let in from there. */
  readonly letIn: readonly User[];
  readonly settings: Effective;
}

export interface SshServers {
  readonly servers: readonly SshServer[];
  readonly inContainers: number;
}

/** A configuration that tells more apart than this is not read to its end; it is unknown. */
const maximumCases = 64;
const defaultConfig = '/etc/ssh/sshd_config';
const defaultStart: Start = { program: '/usr/sbin/sshd', options: [] };

/**
 * The SSH servers of this host and what each asks of whom, once a run however many kinds ask.
 * @param networks beside those in the configuration, networks from inside and outside of which to look
 */
export function readSshServers(context: CollectContext, networks: readonly string[]): Promise<Reading<SshServers>> {
  return context.once(JSON.stringify(['ssh-servers', networks]), () => findServers(context, networks));
}

async function findServers(context: CollectContext, networks: readonly string[]): Promise<Reading<SshServers>> {
  const [users, processes, units] = await Promise.all([
    readSystemUsers(context),
    findSshProcesses(context.host),
    readSocketUnits(context),
  ]);
  if (users.state === 'unreadable') return users;
  if (processes.state === 'unreadable') return processes;
  if (units.state === 'unreadable') return units;
  const servers: SshServer[] = [];
  for (const process of processes.value.found) {
    servers.push(await describeProcess(context, process, users.value, networks));
  }
  const byDefault = servers.find(({ name }) => name === defaultConfig);
  if (units.value.length > 0 && byDefault === undefined) {
    const settings = await readSettings(context, defaultStart, users.value, networks, { readAt: 'each' }, units.value);
    servers.push({ name: defaultConfig, state: 'socket', settings });
  } else if (servers.length === 0) {
    const installed = await context.host.status(defaultStart.program);
    if (installed.state === 'read') {
      const settings = unreadable('missing', `a process of ${defaultStart.program}`);
      servers.push({ name: defaultConfig, state: 'stopped', settings });
    }
  }
  return read({
    servers: servers.sort((a, b) => (a.name < b.name ? -1 : 1)),
    inContainers: processes.value.inContainers,
  });
}

async function describeProcess(
  context: CollectContext,
  { pid, program, start, isRoot }: SshProcess,
  users: SystemUsers,
  networks: readonly string[],
): Promise<SshServer> {
  const refuse = (why: string): SshServer => {
    return { name: program, state: 'listening', settings: unreadable('unsupported', program, why) };
  };
  // Whoever starts a process can call it what he likes; what root's process says of itself is believed.
  if (!isRoot) return refuse('an SSH server that an ordinary user started');
  if (start === undefined) return refuse('its settings cannot be asked for');
  const settings = await readSettings(context, start, users, networks, { pid }, []);
  return { name: configOf(start), state: 'listening', settings };
}

function configOf({ options }: Start): string {
  const at = options.indexOf('-f');
  return at < 0 ? defaultConfig : (options[at + 1] ?? defaultConfig);
}

async function readSettings(
  context: CollectContext,
  start: Start,
  users: SystemUsers,
  networks: readonly string[],
  running: { pid: number } | { readAt: 'each' },
  units: readonly SocketUnit[],
): Promise<Reading<SshSettings>> {
  const config = await readSshdConfig(context.host, configOf(start));
  if (config.state === 'unreadable') return config;
  const base = await effectiveSettings(context, start);
  if (base.state === 'unreadable') return base;
  const connections = connectionsOf(config.value, base.value, users, networks);
  if (connections.state === 'unreadable') return connections;
  const cases: SshCase[] = [];
  for (const { connection, members, address } of connections.value) {
    const settings = await effectiveSettings(context, start, connection);
    if (settings.state === 'unreadable') return settings;
    const letIn = members.filter((user) => isLetIn(user, groupsOf(user, users.groups), address, settings.value));
    cases.push({ users: members, from: connection.addr, letIn, settings: settings.value });
  }
  const listens =
    units.length > 0 ? units : (base.value.get('listenaddress') ?? []).flatMap((place) => parsePlace(place) ?? []);
  const { changedAt } = config.value;
  const readAt = 'readAt' in running ? running.readAt : await lastStart(context, base.value, running.pid);
  return read({ start, changedAt, readAt, base: base.value, listens, cases });
}

/** sshd writes its number to this file whenever it reads its configuration: at its start and on SIGHUP (sshd(8)). */
async function lastStart({ host }: CollectContext, base: Effective, pid: number): Promise<Date | null> {
  const path = base.get('pidfile')?.[0] ?? 'none';
  if (!path.startsWith('/')) return null;
  const [text, status] = [await host.readText(path), await host.status(path)];
  if (text.state === 'unreadable' || status.state === 'unreadable' || text.value.trim() !== String(pid)) return null;
  return status.value.modifiedAt;
}

interface Asked {
  readonly connection: Connection;
  readonly members: readonly User[];
  readonly address: Address;
}

/** One connection for every way in which the configuration tells users, addresses and sockets apart. */
function connectionsOf(
  config: SshdConfig,
  base: Effective,
  { users, groups }: SystemUsers,
  networks: readonly string[],
): Reading<Asked[]> {
  const what = 'sshd_config';
  const known = ['all', 'user', 'group', 'address', 'host', 'localaddress', 'localport', 'rdomain'];
  const strange = config.blocks.flat().find(({ criterion }) => !known.includes(criterion));
  if (strange !== undefined) return unreadable('unsupported', what, `Match ${strange.criterion.slice(0, 32)}`);
  const patternsOf = (name: string): string[] =>
    config.blocks.flat().flatMap(({ criterion, patterns }) => (criterion === name ? patterns : []));
  const listed = [...config.userPatterns, ...(base.get('allowusers') ?? []), ...(base.get('denyusers') ?? [])];
  const userHosts = listed.flatMap((pattern) => {
    const at = pattern.lastIndexOf('@');
    return at < 0 ? [] : [pattern.slice(at + 1)];
  });
  const addresses = rangesOf([...patternsOf('address'), ...userHosts, ...patternsOf('host'), ...networks]);
  const locals = rangesOf(patternsOf('localaddress'));
  if (addresses === undefined || locals === undefined) {
    return unreadable('unsupported', what, 'an address pattern that is no range of addresses');
  }
  const local = patternsOf('localaddress').length === 0 ? [undefined] : representatives(locals).map(formatAddress);
  const ports = [undefined, ...new Set(patternsOf('localport').filter((port) => /^\d+$/.test(port)))];
  const domains = [undefined, ...new Set(patternsOf('rdomain').map(concrete))];
  const hosts = base.get('usedns')?.[0] === 'yes' ? [...new Set(patternsOf('host').filter(isName).map(concrete))] : [];
  const asked = classesOf(users, groups, config.blocks).flatMap(({ users: members }) =>
    representatives(addresses).flatMap((address) =>
      product([undefined, ...hosts], local, ports, domains).map(([host, laddr, lport, rdomain]): Asked => {
        const addr = formatAddress(address);
        const connection = {
          user: members[0].name,
          host: host ?? addr,
          addr,
          ...(laddr === undefined ? {} : { laddr }),
          ...(lport === undefined ? {} : { lport }),
          ...(rdomain === undefined ? {} : { rdomain }),
        };
        return { connection, members, address };
      }),
    ),
  );
  if (asked.length > maximumCases) {
    return unreadable('too-large', what, `it tells ${asked.length} cases apart, more than ${maximumCases}`);
  }
  return read(asked);
}

type Word = string | undefined;

function product(
  hosts: readonly Word[],
  addresses: readonly Word[],
  ports: readonly Word[],
  domains: readonly Word[],
): [host: Word, laddr: Word, lport: Word, rdomain: Word][] {
  return hosts.flatMap((host) =>
    addresses.flatMap((address) =>
      ports.flatMap((port) => domains.map((domain): [Word, Word, Word, Word] => [host, address, port, domain])),
    ),
  );
}

/** Undefined where a pattern's addresses are no range. Names stand for none. */
function rangesOf(patterns: readonly string[]) {
  const ranges = patterns.map(networksOf);
  return ranges.every((range) => range !== undefined) ? ranges.flat() : undefined;
}

function isName(pattern: string): boolean {
  return parseNetwork(pattern.replace(/^!/, '')) === undefined && /[a-z]/i.test(pattern);
}

/** Something that the pattern matches. */
function concrete(pattern: string): string {
  return pattern.replace(/^!/, '').replace(/\*/g, 'x').replace(/\?/g, 'x');
}
