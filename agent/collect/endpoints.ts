import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { Listening } from '../../policies/checks/endpoints.ts';
import { read } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import type { ScanTarget } from '../tls/scan.ts';
import { canonicalAddress, readListeningSockets, type ListeningSocket } from './sockets.ts';

const hostName = /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

/** A name for SNI (RFC 6066 3): in A-labels, lower case, without the trailing dot; an address is none. */
const ServerName = z
  .string()
  .max(253)
  .transform((name) => domainToASCII(name.replace(/\.$/, '')))
  .refine((name) => hostName.test(name) && isIP(name) === 0, 'expected a host name such as www.example.nl');

const Address = z
  .string()
  .max(253)
  .transform((host) => canonicalAddress(host.replace(/^\[(.*)\]$/, '$1')))
  .refine((host) => isIP(host) !== 0 || hostName.test(host), 'expected an address or a host name')
  // A declared wildcard means what a found one does.
  .transform((host) => ({ '0.0.0.0': '127.0.0.1', '::': '::1', localhost: '127.0.0.1' })[host] ?? host);

const DeclaredEndpoint = z.strictObject({
  host: Address,
  port: z.int().min(1).max(65_535),
  /** Names to ask for with SNI. */
  names: z.array(ServerName).max(64).default([]),
  /** `none`: the operator says that it does not speak TLS; it is not probed. */
  tls: z.enum(['required', 'none']).default('required'),
});

/** The settings that both check kinds read. */
export const endpointSettings = { endpoints: z.array(DeclaredEndpoint).max(256).default([]) };
type DeclaredEndpoint = z.output<typeof DeclaredEndpoint>;

/** A server to probe. */
export interface Endpoint {
  /** `127.0.0.1:443`, `[::1]:443`. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
  readonly names: readonly string[];
  readonly origin: 'settings' | 'listening';
}

export interface Inventory {
  /** Sorted by label; each place once. */
  readonly endpoints: readonly Endpoint[];
  readonly listening: Listening;
}

/** sshd writes a line to its log for each stranger, and speaks no TLS. */
const sshPort = 22;
const maximumFound = 64;

/** What is declared, and what else listens on this host. A place that is both is the declared one. */
export async function findEndpoints(host: Host, declared: readonly DeclaredEndpoint[]): Promise<Inventory> {
  const required = mergeDeclared(declared.filter(({ tls }) => tls === 'required'));
  const none = new Set(declared.filter(({ tls }) => tls === 'none').map(labelOf));
  const sockets = await readListeningSockets(host);
  if (sockets.state === 'unreadable') return { endpoints: sorted(required.values()), listening: sockets };

  const found = sockets.value.map(asFound).filter(({ label }) => !required.has(label));
  const isSkipped = ({ label, port }: Endpoint): boolean => none.has(label) || port === sshPort;
  const skipped = found
    .filter(isSkipped)
    .map(({ label }) => ({ endpoint: label, why: none.has(label) ? ('declared-none' as const) : ('ssh' as const) }));
  const probed = found.filter((endpoint) => !isSkipped(endpoint));
  return {
    endpoints: sorted([...required.values(), ...probed.slice(0, maximumFound)]),
    listening: read({ skipped: skipped.slice(0, 1000), overLimit: Math.max(0, probed.length - maximumFound) }),
  };
}

/** Two entries for one place are one endpoint with the names of both. */
function mergeDeclared(declared: readonly DeclaredEndpoint[]): Map<string, Endpoint> {
  const merged = new Map<string, Endpoint>();
  for (const entry of declared) {
    const label = labelOf(entry);
    const names = new Set([...(merged.get(label)?.names ?? []), ...entry.names]);
    const { host: address, port } = entry;
    merged.set(label, { label, address, port, names: [...names].sort(), origin: 'settings' });
  }
  return merged;
}

function asFound({ address, port }: ListeningSocket): Endpoint {
  return { label: labelOf({ host: address, port }), address, port, names: [], origin: 'listening' };
}

function labelOf({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function sorted(endpoints: Iterable<Endpoint>): Endpoint[] {
  return [...endpoints].sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** An endpoint asked for one name, or for none. */
export interface Asked {
  readonly endpoint: Endpoint;
  readonly name: string | undefined;
}

/** What facts say of which server they are about. */
export function identityOf({ endpoint, name }: Asked): { endpoint: string; name?: string; origin: Endpoint['origin'] } {
  return { endpoint: endpoint.label, ...(name === undefined ? {} : { name }), origin: endpoint.origin };
}

export function targetOf({ endpoint: { address, port }, name }: Asked): ScanTarget {
  return { address, port, ...(name === undefined ? {} : { name }) };
}

/** What a check may take is 60 seconds by default: endpoints that were not reached by now are reported as unknown instead. */
const budgetSeconds = 50;
const atOnce = 8;

/** Probes some at a time, each within what is left of the check's time; answers in the order of `asked`. */
export function probeEach<T>(
  asked: readonly Asked[],
  signal: AbortSignal,
  probe: (asked: Asked, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const limit = pLimit(atOnce);
  const budget = AbortSignal.any([signal, AbortSignal.timeout(budgetSeconds * 1000)]);
  return Promise.all(asked.map((one) => limit(() => probe(one, budget))));
}
