import { isIP } from 'node:net';
import type { Attempt } from '../../../policies/checks/unreachable/facts.ts';
import { read, unreadable, type Obstacle, type Reading } from '../../../policies/reading.ts';
import { visitPlain, visitSecure } from '../../http/visit.ts';
import type { Host } from '../../host/host.ts';
import { canonicalAddress } from '../sockets.ts';

/** Seconds: within it the kernel has asked three times (tcp(7), tcp_syn_retries). */
const patience = 5;

const maximumAddresses = 16;

/** What is tried: a port, or a page. */
export type Goal =
  { readonly kind: 'port'; readonly host: string; readonly port: number } | { readonly kind: 'url'; readonly url: URL };

/** Tries each address of a goal. Nothing is sent to a port but the opening of a connection. */
export async function attempt(host: Host, goal: Goal, signal: AbortSignal): Promise<Reading<Attempt[]>> {
  const name = goal.kind === 'port' ? goal.host : goal.url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await addressesOf(host, name, signal);
  if (addresses.state === 'unreadable') return addresses;
  return read(await Promise.all(addresses.value.map((address) => attemptAt(host, goal, address, signal))));
}

async function attemptAt(host: Host, goal: Goal, address: string, signal: AbortSignal): Promise<Attempt> {
  const port = goal.kind === 'port' ? goal.port : portOf(goal.url);
  const connection = await host.connect(address, port, { timeout: patience, signal });
  if (connection.state === 'unreadable') return { address, ...outcomeOf(connection.obstacle) };
  connection.value.destroy();
  if (goal.kind === 'port') return { address, outcome: 'connected' };
  const { hostname, pathname, search, protocol } = goal.url;
  const isName = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0;
  const visit = { address, port, host: goal.url.host, path: pathname + search, ...(isName ? { name: hostname } : {}) };
  const answer = await (protocol === 'https:' ? visitSecure : visitPlain)(host, visit, signal);
  return { address, outcome: 'connected', status: answer.state === 'http' ? answer.status : null };
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** connect(2), and what ip(7) says of ICMP: ENETUNREACH is a way that is missing here, EHOSTUNREACH one beyond. */
function outcomeOf({ code, detail = code }: Obstacle): Pick<Attempt, 'outcome' | 'detail'> {
  if (code === 'timeout' || detail === 'ETIMEDOUT') return { outcome: 'silent' };
  if (detail === 'ECONNREFUSED') return { outcome: 'refused' };
  if (detail === 'EHOSTUNREACH') return { outcome: 'unreachable' };
  return { outcome: 'failed', detail: detail.slice(0, 200) };
}

/** What the host's own resolver says (getent(1), nsswitch.conf(5)); a name without addresses is an obstacle. */
export async function addressesOf(host: Host, name: string, signal: AbortSignal): Promise<Reading<string[]>> {
  if (isIP(name) !== 0) return read([canonicalAddress(name)]);
  const what = `getent ahosts ${name}`;
  const result = await host.run({ file: 'getent', args: ['ahosts', name], timeout: 10 }, signal);
  if (result.state === 'unreadable') return result;
  const lines = result.value.stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? '');
  const addresses = [...new Set(lines.filter((address) => isIP(address) !== 0).map(canonicalAddress))].sort();
  if (result.value.exitCode !== 0 || addresses.length === 0) return unreadable('unreachable', what, 'no address found');
  return addresses.length > maximumAddresses ? unreadable('too-large', what) : read(addresses);
}
