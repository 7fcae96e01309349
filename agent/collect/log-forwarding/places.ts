import { isIP } from 'node:net';
import type { Destination, Forwarder } from '../../../policies/checks/log-forwarding/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { canonicalAddress } from '../sockets.ts';

/** Whether an address is one of this host's, by /proc/net/fib_trie and /proc/net/if_inet6 (readable by everyone). */
export async function readOwn(host: Host): Promise<Reading<(address: string) => boolean>> {
  const trie = await host.readText('/proc/net/fib_trie', { maximumSize: 64 * 2 ** 20 });
  if (trie.state === 'unreadable') return trie;
  const inet6 = await host.readText('/proc/net/if_inet6');
  if (inet6.state === 'unreadable' && inet6.obstacle.code !== 'missing') return inet6;
  const own = new Set([...trie.value.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, address = '']) => address));
  for (const line of inet6.state === 'read' ? inet6.value.split('\n') : []) {
    const groups = /^([0-9a-f]{32}) /.exec(line)?.[1]?.match(/.{4}/g);
    if (groups) own.add(canonicalAddress(groups.join(':')));
  }
  return read((address) => own.has(address) || /^127\.|^::1$|^::$|^0\.0\.0\.0$/.test(address));
}

/** The addresses that a name stands for on this host now (getent(1)). */
export async function resolve(
  host: Host,
  name: string,
  isOwn: (address: string) => boolean,
  signal: AbortSignal,
): Promise<Destination['addresses']> {
  const describe = (address: string) => ({ address, isOwn: isOwn(address) });
  if (isIP(name) !== 0) return read([describe(canonicalAddress(name))]);
  // A name such as -x would be taken for an option.
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(name))
    return unreadable('unparsable', 'the name of a log target', name.slice(0, 100));
  const answer = await host.run({ file: 'getent', args: ['ahosts', name], timeout: 10 }, signal);
  if (answer.state === 'unreadable') return answer;
  const lines = answer.value.stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? '');
  const addresses = [...new Set(lines.filter((one) => isIP(one) !== 0).map(canonicalAddress))].sort().slice(0, 64);
  return addresses.length === 0
    ? unreadable('unreachable', name, 'the name stands for no address')
    : read(addresses.map(describe));
}

/**
 * With whom processes have TCP connections, by their numbers, from ss(8). A process of another user is left out where
 * the agent is not root.
 */
export async function readPeers(host: Host, signal: AbortSignal): Promise<Reading<Map<number, Places>>> {
  const args = ['-H', '-t', '-n', '-p', 'state', 'established'];
  const answer = await host.run({ file: 'ss', args, timeout: 10, maximumOutput: 64 * 2 ** 20 }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode !== 0) return unreadable('command-failed', `ss ${args.join(' ')}`, stderr.trim());
  const peers = new Map<number, Places>();
  for (const line of stdout.split('\n')) {
    const [, place, users = ''] = /^\d+\s+\d+\s+\S+\s+(\S+)\s+users:\((.*)\)/.exec(line.trim()) ?? [];
    const [, address, port] = /^\[?(.*?)\]?(?:%[^:\]]+)?:(\d+)$/.exec(place ?? '') ?? [];
    if (address === undefined || port === undefined) continue;
    for (const [, pid] of users.matchAll(/pid=(\d+)/g)) {
      const own = peers.get(Number(pid)) ?? [];
      peers.set(Number(pid), [...own, { address: canonicalAddress(address), port: Number(port) }]);
    }
  }
  return read(peers);
}

export type Places = Extract<Forwarder['peers'], { state: 'read' }>['value'];

/** Each place once, sorted. */
export function sortPlaces(places: Places): Places {
  const byKey = new Map(places.map((place) => [`${place.address} ${place.port}`, place]));
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, place]) => place)
    .slice(0, 1024);
}
