import { isIP } from 'node:net';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';

/** Where a socket listens; `address` in its shortest form, without brackets. */
export interface ListeningSocket {
  readonly address: string;
  readonly port: number;
  /** It listens on every address of the host; `address` is then a loopback address that reaches it. */
  readonly isEverywhere: boolean;
}

/** A host with a great many connections has a long list: 150 bytes each. */
const maximumSize = 64 * 2 ** 20;
const listenState = '0A';

/**
 * The TCP sockets that listen in the agent's network namespace, from /proc/net/tcp and /proc/net/tcp6 (proc_net(5);
 * readable by everyone). A socket on every address is given as on the loopback address.
 * @returns sorted by address and port, each once; the obstacle where a list cannot be read or understood
 */
export async function readListeningSockets(host: Host): Promise<Reading<ListeningSocket[]>> {
  const loopback6 = await hasLoopback6(host);
  const found = new Map<string, ListeningSocket>();
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await host.readText(path, { maximumSize });
    if (text.state === 'unreadable') {
      // A system without IPv6 has no such file.
      if (path === '/proc/net/tcp6' && text.obstacle.code === 'missing') continue;
      return text;
    }
    for (const line of text.value.trimEnd().split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== undefined && fields[3] !== listenState) continue;
      const socket = parseSocket(fields[1] ?? '');
      if (socket === undefined) return unreadable('unparsable', path, `the line "${line.trim().slice(0, 80)}"`);
      const { port } = socket;
      const address = reachable(socket.address, loopback6);
      const key = `${address} ${port}`;
      const isEverywhere = address !== socket.address || found.get(key)?.isEverywhere === true;
      found.set(key, { address, port, isEverywhere });
    }
  }
  const byPlace = (a: ListeningSocket, b: ListeningSocket): number =>
    a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port;
  return read([...found.values()].sort(byPlace));
}

/** Far more than a host has; one whose list is longer goes without. */
const maximumProgramList = 4 * 2 ** 20;

/**
 * What the processes that listen are called, by `address port` as readListeningSockets gives them: from /proc/PID/fd,
 * by ss(8). A process of another user is left out where the agent is not root; everything is, where there is no ss.
 */
export async function readListeningPrograms(host: Host, signal?: AbortSignal): Promise<Map<string, string[]>> {
  const programs = new Map<string, string[]>();
  const command = { file: 'ss', args: ['-H', '-l', '-t', '-n', '-p'], timeout: 10, maximumOutput: maximumProgramList };
  const listed = await host.run(command, signal);
  if (listed.state === 'unreadable' || listed.value.exitCode !== 0) return programs;
  const loopback6 = await hasLoopback6(host);
  for (const line of listed.value.stdout.split('\n')) {
    const [, place = '', users] = /^LISTEN\s+\d+\s+\d+\s+(\S+)\s+\S+\s+users:\((.*)\)/.exec(line) ?? [];
    const split = /^(.*?)(?:%[^:\]]+)?:(\d+)$/.exec(place);
    if (split === null || users === undefined) continue;
    const bare = (split[1] ?? '').replace(/^\[(.*)\]$/, '$1');
    // `*` is an IPv6 socket that takes IPv4 as well.
    const address = reachable(bare === '*' ? '::' : canonicalAddress(bare), loopback6);
    const key = `${address} ${split[2] ?? ''}`;
    const names = [...users.matchAll(/\("([^"]{1,64})",pid=/g)].map(([, name]) => name ?? '');
    programs.set(key, [...new Set([...(programs.get(key) ?? []), ...names])].sort().slice(0, 16));
  }
  return programs;
}

/** Whether ::1 can be connected to. Containers often have IPv6 sockets and no IPv6 address; then 127.0.0.1 reaches them. */
async function hasLoopback6(host: Host): Promise<boolean> {
  const text = await host.readText('/proc/net/if_inet6');
  return text.state === 'read' && /^0{31}1 /m.test(text.value);
}

function reachable(address: string, loopback6: boolean): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return loopback6 ? '::1' : '127.0.0.1';
  return address;
}

/** A place as /proc/net has it: `0100007F:1F90` is 127.0.0.1:8080; each 32 bits are a number of the host's, which is little-endian wherever this runs. */
export function parseSocket(field: string): { address: string; port: number } | undefined {
  const match = /^((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4})$/.exec(field);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const words = match[1].match(/.{8}/g) ?? [];
  const bytes = words.map((word) => Buffer.from(word, 'hex').reverse());
  const port = Number.parseInt(match[2], 16);
  if (bytes.length === 1) return { address: Buffer.concat(bytes).join('.'), port };
  if (bytes.length !== 4) return undefined;
  const groups = Buffer.concat(bytes).toString('hex').match(/.{4}/g) ?? [];
  return { address: canonicalAddress(groups.join(':')), port };
}

/**
 * An address in the one form used throughout: IPv6 as RFC 5952 writes it, IPv4 inside IPv6 as IPv4. A name comes back
 * in lower case.
 */
export function canonicalAddress(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address.toLowerCase();
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest);
  if (mapped?.[1] === undefined || mapped[2] === undefined) return shortest;
  const [high, low] = [Number.parseInt(mapped[1], 16), Number.parseInt(mapped[2], 16)];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** `127.0.0.1:443`, `[::1]:443`. */
export function placeLabel(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
