import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const folder = '/sys/class/net';

export interface NetworkInterface {
  readonly name: string;
  /** Whether it has an IPv6 address, of any scope. */
  readonly ipv6: boolean;
}

/**
 * The interfaces by which packets come in, from /sys/class/net and /proc/net/if_inet6: without loopback, and without
 * members of bridges and bonds, whose packets come in by the master.
 */
export async function readInterfaces(host: Host): Promise<Reading<NetworkInterface[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const inet6 = await host.readText('/proc/net/if_inet6');
  if (inet6.state === 'unreadable' && inet6.obstacle.code !== 'missing') return inet6;
  const withInet6 = new Set(
    (inet6.state === 'read' ? inet6.value : '').split('\n').map((line) => line.trim().split(/\s+/)[5]),
  );
  const interfaces: NetworkInterface[] = [];
  for (const name of names.value) {
    // bonding_masters is a file among the interfaces.
    if (name === 'lo' || name === 'bonding_masters') continue;
    const attributes = await host.list(`${folder}/${name}`);
    if (attributes.state === 'read' && attributes.value.includes('master')) continue;
    interfaces.push({ name, ipv6: withInet6.has(name) });
  }
  return read(interfaces);
}
