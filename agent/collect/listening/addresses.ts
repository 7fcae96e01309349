import { formatAddress, parseAddress } from '../../../policies/networks.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { reachOf } from '../../../policies/checks/network/reach.ts';
import type { Host } from '../../host/host.ts';

/** Whether the host has addresses of the Internet, by /proc/net/fib_trie and /proc/net/if_inet6 (readable by everyone). */
export async function readPublicAddresses(host: Host): Promise<Reading<{ ipv4: boolean; ipv6: boolean }>> {
  const trie = await host.readText('/proc/net/fib_trie', { maximumSize: 64 * 2 ** 20 });
  if (trie.state === 'unreadable') return trie;
  // A host without any IPv4 address has an empty table; one of another form would look the same.
  if (trie.value.trim() !== '' && !/^\s*\|--|\+--/m.test(trie.value)) {
    return unreadable('unparsable', '/proc/net/fib_trie', 'no routing table');
  }
  const own4 = [...trie.value.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, address = '']) => address);
  const inet6 = await host.readText('/proc/net/if_inet6');
  if (inet6.state === 'unreadable' && inet6.obstacle.code !== 'missing') return inet6;
  const lines = inet6.state === 'read' ? inet6.value.split('\n') : [];
  const own6 = lines.flatMap((line) => {
    const groups = /^([0-9a-f]{32}) /.exec(line)?.[1]?.match(/.{4}/g);
    const address = groups === undefined || groups === null ? undefined : parseAddress(groups.join(':'));
    return address === undefined ? [] : [formatAddress(address)];
  });
  const isPublic = (address: string): boolean => reachOf(address) === 'public';
  return read({ ipv4: own4.some(isPublic), ipv6: own6.some(isPublic) });
}
