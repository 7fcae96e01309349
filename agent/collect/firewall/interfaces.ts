import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

export interface NetworkInterface {
  readonly name: string;
  /** Whether it has an IPv6 address, of any scope. */
  readonly ipv6: boolean;
}

/**
 * The interfaces by which packets come in, from /proc/net/dev, /sys/class/net and /proc/net/if_inet6: without loopback,
 * and without members of bridges and bonds, whose packets come in by the master.
 */
export async function readInterfaces(host: Host): Promise<Reading<NetworkInterface[]>> {
  const devices = await host.readText('/proc/net/dev');
  if (devices.state === 'unreadable') return devices;
  const inet6 = await host.readText('/proc/net/if_inet6');
  // A system without IPv6 has no such file.
  if (inet6.state === 'unreadable' && inet6.obstacle.code !== 'missing') return inet6;
  const withInet6 = new Set(
    (inet6.state === 'read' ? inet6.value : '').split('\n').map((line) => line.trim().split(/\s+/)[5]),
  );
  const names = [...devices.value.matchAll(/^ *([^\s:]+):/gm)].map(([, name = '']) => name).sort();
  if (names.length === 0) return unreadable('unparsable', '/proc/net/dev', 'it names no interface');
  const interfaces: NetworkInterface[] = [];
  for (const name of names) {
    if (name === 'lo') continue;
    const attributes = await host.list(`/sys/class/net/${name}`);
    if (attributes.state === 'read' && attributes.value.includes('master')) continue;
    interfaces.push({ name, ipv6: withInet6.has(name) });
  }
  return read(interfaces);
}
