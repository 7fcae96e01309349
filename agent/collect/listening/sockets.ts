import { setTimeout as pause } from 'node:timers/promises';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseSocket } from '../sockets.ts';

/** A socket that takes connections or packets, as the kernel lists it. */
export interface KernelSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  readonly inode: string;
}

/** A host with a great many connections has a long list: 150 bytes each. */
const maximumSize = 64 * 2 ** 20;

/** States of proc_net(5): a socket of TCP that listens, and one of UDP that is not connected. */
const lists = [
  { path: '/proc/net/tcp', protocol: 'tcp', state: '0A' },
  { path: '/proc/net/tcp6', protocol: 'tcp', state: '0A' },
  { path: '/proc/net/udp', protocol: 'udp', state: '07' },
  { path: '/proc/net/udp6', protocol: 'udp', state: '07' },
] as const;

/** Milliseconds between two looks. What asks a name server has its answer by then. */
const betweenLooks = 1000;

/**
 * What listens in the agent's network namespace, from /proc/net/{tcp,udp}{,6}. A socket of UDP on a port that the
 * kernel gave it (ip_local_port_range) is most often one that waits for an answer, and gone at once: those that are
 * still there a second later count.
 */
export async function readKernelSockets({ host, signal }: CollectContext): Promise<Reading<KernelSocket[]>> {
  const first = await readLists(host);
  if (first.state === 'unreadable') return first;
  const [low, high] = await temporaryPorts(host);
  const isTemporary = ({ protocol, port }: KernelSocket): boolean => protocol === 'udp' && low <= port && port <= high;
  if (!first.value.some(isTemporary)) return first;
  await pause(betweenLooks, undefined, { signal });
  const second = await readLists(host);
  if (second.state === 'unreadable') return second;
  const stayed = new Set(second.value.map(keyOf));
  return read(first.value.filter((socket) => !isTemporary(socket) || stayed.has(keyOf(socket))));
}

function keyOf({ protocol, address, port, inode }: KernelSocket): string {
  return `${protocol} ${address} ${port} ${inode}`;
}

async function temporaryPorts(host: Host): Promise<[low: number, high: number]> {
  const text = await host.readText('/proc/sys/net/ipv4/ip_local_port_range');
  const [low = NaN, high = NaN] = text.state === 'read' ? text.value.trim().split(/\s+/).map(Number) : [];
  // Where it cannot be read, every socket counts.
  return Number.isNaN(low) || Number.isNaN(high) ? [Infinity, 0] : [low, high];
}

async function readLists(host: Host): Promise<Reading<KernelSocket[]>> {
  const sockets: KernelSocket[] = [];
  for (const { path, protocol, state } of lists) {
    const text = await host.readText(path, { maximumSize });
    if (text.state === 'unreadable') {
      // A system without IPv6 has no such file.
      if (path.endsWith('6') && text.obstacle.code === 'missing') continue;
      return text;
    }
    for (const line of text.value.trimEnd().split('\n').slice(1)) {
      const [, place = '', , found, , , , uid = '', , inode = ''] = line.trim().split(/\s+/);
      if (found !== undefined && found !== state) continue;
      const socket = parseSocket(place);
      if (socket === undefined || inode === '' || uid === '') {
        return unreadable('unparsable', path, `the line "${line.trim().slice(0, 80)}"`);
      }
      if (socket.port > 0) sockets.push({ protocol, ...socket, uid: Number(uid), inode });
    }
  }
  return read(sockets);
}
