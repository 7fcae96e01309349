import pLimit from 'p-limit';
import type { Listening } from '../../policies/checks/endpoints.ts';
import { read, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import type { ScanTarget } from '../tls/scan.ts';
import { usualOn } from '../tls/starttls/index.ts';
import { Starttls } from '../tls/starttls/starttls.ts';
import type { CollectContext } from './collector.ts';
import { attachPlaces, configurationFacts, type OwnedSocket } from './discovery/attach.ts';
import { readConfigurations, type FoundConfiguration } from './discovery/index.ts';
import type { DeclaredEndpoint } from './endpoint-settings.ts';
import { describeConfigured, type Configured, type NamedFile } from './discovery/merge.ts';
import { placeLabel, readListeningPrograms, readListeningSockets, type ListeningSocket } from './sockets.ts';

/** A server to probe. */
export interface Endpoint {
  /** `127.0.0.1:443`, `[::1]:443`. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
  /** Names to ask for with SNI: those of agent.yaml and, where it speaks TLS by its configuration, those found there. Sorted. */
  readonly names: readonly string[];
  /** Whether it serves something to who gives no name that none of the names shows, as far as is known. */
  readonly servesNameless: boolean;
  /** What its configuration names. */
  readonly certificateFiles: readonly NamedFile[];
  readonly origin: 'settings' | 'listening';
  /** How to come to TLS where it begins in plain text: as declared, or a guess by its port. */
  readonly starttls?: Starttls;
  /** From where a found socket takes connections. */
  readonly reach?: 'loopback' | 'network';
}

/** Something that may speak HTTP. */
export interface WebPlace extends Endpoint {
  /** Whether a connection begins with TLS; `unknown` where no configuration tells. */
  readonly scheme: 'http' | 'https' | 'unknown';
}

export interface Inventory {
  /** Sorted by label; each place once. */
  readonly endpoints: readonly Endpoint[];
  /** The same places and those that are declared not to speak TLS, but for what is known not to be HTTP. Sorted by label. */
  readonly web: readonly WebPlace[];
  readonly listening: Listening;
}

/** sshd writes a line to its log for each stranger, and speaks no TLS. systemd may listen for it. */
const sshPort = 22;
const sshPrograms: readonly string[] = ['dropbear', 'sshd', 'systemd'];
/** Sockets that neither agent.yaml nor a configuration explains. */
const maximumFound = 64;
const maximumConfigured = 1000;
/** What facts may hold: endpoints, and names of each. */
const maximumAsked = 20_000;

/** What a check may take is 60 seconds by default: what was not reached by now is reported as unknown instead. */
const budgetSeconds = 50;

/**
 * {@link findEndpoints} with what the servers' configurations say, as the check kinds want it.
 * @returns beside it a signal for probing, aborted early enough to report on what was reached
 */
export async function inventory(
  context: CollectContext,
  settings: { endpoints: readonly DeclaredEndpoint[]; discovery: 'on' | 'off' },
): Promise<Inventory & { readonly signal: AbortSignal }> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(budgetSeconds * 1000)]);
  const configurations = settings.discovery === 'on' ? await readConfigurations(context) : undefined;
  return { ...(await findEndpoints(context.host, settings.endpoints, configurations)), signal };
}

/**
 * What is declared, and what else listens on this host. A place that is both is the declared one.
 * @param configurations what servers on this host are configured for; left out where nobody looked
 */
export async function findEndpoints(
  host: Host,
  declared: readonly DeclaredEndpoint[],
  configurations?: readonly FoundConfiguration[],
): Promise<Inventory> {
  const required = mergeDeclared(declared.filter(({ tls }) => tls === 'required'));
  const none = mergeDeclared(declared.filter(({ tls }) => tls === 'none'));
  const listening = await readSockets(host);
  if (listening.state === 'unreadable') {
    const places = sorted(required.values());
    return { endpoints: places, web: webPlaces([...places, ...none.values()], new Map()), listening };
  }
  const sockets = listening.value;
  const attached = Map.groupBy(attachPlaces(sockets, configurations ?? []), labelOf);
  const configured = new Map(
    [...attached].map(([label, places]) => [label, describeConfigured(places, required.get(label)?.names ?? [])]),
  );

  const candidates = new Map([
    ...sockets.map((socket) => [labelOf(socket), asFound(socket, sockets)] as const),
    ...[...attached].flatMap(([label, [place]]) =>
      place === undefined ? [] : [[label, asFound(place, sockets)] as const],
    ),
  ]);
  const found = sorted(candidates.values()).filter(({ label }) => !required.has(label));
  const foreign = new Set(sockets.filter(isForeign).map(labelOf));
  const isSkipped = ({ label, port }: Endpoint): boolean =>
    none.has(label) || (port === sshPort && !foreign.has(label));
  const open = found.filter((endpoint) => !isSkipped(endpoint));
  const known = open.filter(({ label }) => configured.has(label));
  const strange = open.filter(({ label }) => !configured.has(label));
  const probed = [...required.values(), ...[...known.slice(0, maximumConfigured), ...strange.slice(0, maximumFound)]];
  const { endpoints, left } = withNames(sorted(probed), configured);
  return {
    endpoints,
    web: webPlaces([...endpoints, ...[...none.values()].map((place) => reachedAs(place, candidates))], configured),
    listening: read({
      skipped: found
        .filter(isSkipped)
        .slice(0, 1000)
        .map((endpoint) => skippedAs(endpoint, none)),
      overLimit: beyond(known.length, maximumConfigured) + beyond(strange.length, maximumFound),
      ...(configurations === undefined ? {} : discoveryFacts(sockets, configurations, configured, left)),
    }),
  };
}

async function readSockets(host: Host): Promise<Reading<OwnedSocket[]>> {
  const [sockets, programs] = await Promise.all([readListeningSockets(host), readListeningPrograms(host)]);
  if (sockets.state === 'unreadable') return sockets;
  return read(
    sockets.value.map((socket) => ({ ...socket, programs: programs.get(`${socket.address} ${socket.port}`) ?? [] })),
  );
}

/** Whether it is known who listens, and that it is no SSH server. */
function isForeign({ programs }: OwnedSocket): boolean {
  return programs.length > 0 && !programs.some((program) => sshPrograms.includes(program));
}

/** A declared place takes connections from where its socket does. */
function reachedAs(place: Endpoint, sockets: ReadonlyMap<string, Endpoint>): Endpoint {
  const reach = sockets.get(place.label)?.reach;
  return reach === undefined ? place : { ...place, reach };
}

function skippedAs(
  { label }: Endpoint,
  none: ReadonlyMap<string, Endpoint>,
): { endpoint: string; why: 'declared-none' | 'ssh' } {
  return { endpoint: label, why: none.has(label) ? 'declared-none' : 'ssh' };
}

function beyond(count: number, maximum: number): number {
  return Math.max(0, count - maximum);
}

/** What reading the configurations itself brought to light. */
function discoveryFacts(
  sockets: readonly OwnedSocket[],
  configurations: readonly FoundConfiguration[],
  configured: ReadonlyMap<string, Configured>,
  namesOverLimit: number,
) {
  const programs = sockets.filter((socket) => socket.programs.length > 0);
  const patterns = [...configured].flatMap(([endpoint, { patterns }]) =>
    patterns.map((pattern) => ({ endpoint, pattern })),
  );
  return {
    programs: programs
      .map((socket) => ({ endpoint: labelOf(socket), programs: [...socket.programs] }))
      .sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1))
      .slice(0, 1000),
    configurations: configurationFacts(sockets, configurations),
    patterns: patterns.sort((a, b) => (a.endpoint + a.pattern < b.endpoint + b.pattern ? -1 : 1)).slice(0, 1000),
    namesOverLimit,
  };
}

/** Adds to each endpoint what its configuration says, as long as there is room; `left` is how many names had none. */
function withNames(
  endpoints: readonly Endpoint[],
  configured: ReadonlyMap<string, Configured>,
): { endpoints: Endpoint[]; left: number } {
  let room = maximumAsked - endpoints.reduce((sum, { names }) => sum + 1 + names.length, 0);
  let left = 0;
  const named = endpoints.map((endpoint) => {
    const found = configured.get(endpoint.label);
    if (found === undefined) return endpoint;
    const certificateFiles = endpoint.certificateFiles.length > 0 ? endpoint.certificateFiles : found.certificateFiles;
    if (found.tls === 'none') return endpoint;
    const own = new Set(endpoint.names);
    const more = found.names.filter((name) => !own.has(name));
    const taken = more.slice(0, Math.max(0, room));
    room -= taken.length;
    left += more.length - taken.length;
    const names = [...endpoint.names, ...taken].sort();
    return { ...endpoint, names, certificateFiles, servesNameless: names.length === 0 || found.servesNameless };
  });
  return { endpoints: named, left };
}

/** What is configured for something else than HTTP is left out; what nobody explains may be HTTP. */
function webPlaces(endpoints: readonly Endpoint[], configured: ReadonlyMap<string, Configured>): WebPlace[] {
  const places = endpoints.flatMap((endpoint): WebPlace[] => {
    const found = configured.get(endpoint.label);
    // What is declared to begin in a mail server's protocol, say, is no web server.
    if (endpoint.starttls?.isGuess === false) return [];
    if (found === undefined) return [{ ...endpoint, scheme: 'unknown' }];
    if (!found.isWeb) return [];
    const names = [...new Set([...endpoint.names, ...found.names])].sort().slice(0, maximumAsked);
    const scheme = { direct: 'https', none: 'http', starttls: 'unknown', unknown: 'unknown' } as const;
    const servesNameless = names.length === 0 || found.servesNameless;
    return [{ ...endpoint, names, servesNameless, scheme: scheme[found.tls] }];
  });
  return sorted(places);
}

/** Two entries for one place are one endpoint with the names of both. */
function mergeDeclared(declared: readonly DeclaredEndpoint[]): Map<string, Endpoint> {
  const merged = new Map<string, Endpoint>();
  for (const entry of declared) {
    const { host: address, port } = entry;
    const label = labelOf({ address, port });
    const names = [...new Set([...(merged.get(label)?.names ?? []), ...entry.names])].sort();
    const servesNameless = names.length === 0;
    const starttls = entry.starttls === undefined ? {} : { starttls: new Starttls(entry.starttls) };
    merged.set(label, {
      label,
      address,
      port,
      names,
      servesNameless,
      certificateFiles: [...(merged.get(label)?.certificateFiles ?? []), ...declaredFiles(entry)],
      origin: 'settings',
      ...starttls,
    });
  }
  return merged;
}

/** Of an entry with names the file is for these. */
function declaredFiles({ names, certificateFile: path }: DeclaredEndpoint): NamedFile[] {
  if (path === undefined) return [];
  return names.length === 0 ? [{ path }] : names.map((name) => ({ name, path }));
}

function asFound({ address, port }: { address: string; port: number }, sockets: readonly ListeningSocket[]): Endpoint {
  const label = labelOf({ address, port });
  const protocol = usualOn(port);
  return {
    label,
    address,
    port,
    names: [],
    servesNameless: true,
    certificateFiles: [],
    origin: 'listening',
    reach: isLoopbackOnly(address, port, sockets) ? 'loopback' : 'network',
    ...(protocol === undefined ? {} : { starttls: new Starttls(protocol, { isGuess: true }) }),
  };
}

/** Nobody outside this host reaches a socket on 127.0.0.0/8 or ::1 (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
function isLoopbackOnly(address: string, port: number, sockets: readonly ListeningSocket[]): boolean {
  const isEverywhere = sockets.some(
    (socket) => socket.address === address && socket.port === port && socket.isEverywhere,
  );
  return !isEverywhere && (address === '::1' || address.startsWith('127.'));
}

function labelOf({ address, port }: { address: string; port: number }): string {
  return placeLabel(address, port);
}

function sorted<T extends Endpoint>(endpoints: Iterable<T>): T[] {
  return [...endpoints].sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** An endpoint asked for one name, or for none. */
export interface Asked {
  readonly endpoint: Endpoint;
  readonly name: string | undefined;
}

/** What facts say of which server they are about. */
export function identityOf({ endpoint, name }: Asked): {
  endpoint: string;
  name?: string;
  origin: Endpoint['origin'];
  reach?: 'loopback' | 'network';
} {
  return {
    endpoint: endpoint.label,
    ...(name === undefined ? {} : { name }),
    origin: endpoint.origin,
    ...(endpoint.reach === undefined ? {} : { reach: endpoint.reach }),
  };
}

export function targetOf({ endpoint: { address, port, starttls }, name }: Asked): ScanTarget {
  return { address, port, ...(name === undefined ? {} : { name }), ...(starttls === undefined ? {} : { starttls }) };
}

const atOnce = 8;

/** Probes some at a time; answers in the order of `asked`. */
export function probeEach<A extends Asked, T>(
  asked: readonly A[],
  signal: AbortSignal,
  probe: (asked: A, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const limit = pLimit(atOnce);
  return Promise.all(asked.map((one) => limit(() => probe(one, signal))));
}
