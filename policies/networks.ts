import { isIP } from 'node:net';

/** Addresses from the one to the other, both of one family; a single address is a network of one. */
export interface Network {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const bits = { 4: 32, 6: 128 } as const;

/** `10.0.0.0/8`, `2001:db8::/32` or an address; undefined for anything else, and where bits beside the mask are set. */
export function parseNetwork(text: string): Network | undefined {
  const [, host = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(host);
  if (address === undefined) return undefined;
  const { family, value } = address;
  const prefix = length === undefined ? bits[family] : Number(length);
  if (prefix > bits[family]) return undefined;
  const size = 1n << BigInt(bits[family] - prefix);
  if (value % size !== 0n) return undefined;
  return { family, first: value, last: value + size - 1n };
}

/** An address without brackets or zone; an IPv4 address inside an IPv6 one is the IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  const kind = isIP(text);
  if (kind === 4) return { family: 4, value: join(text.split('.').map(BigInt), 8n) };
  if (kind !== 6 || text.includes('%')) return undefined;
  const [, high = '', low = ''] = /^\[(.*?)(?:::(.*))?\]$/.exec(new URL(`http://[${text}]`).host) ?? [];
  const [left, right] = [high, low].map((part) => part.split(':').filter((group) => group !== ''));
  const known = (left?.length ?? 0) + (right?.length ?? 0);
  const groups = [...(left ?? []), ...Array<string>(8 - known).fill('0'), ...(right ?? [])];
  const value = join(
    groups.map((group) => BigInt(`0x${group}`)),
    16n,
  );
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffff_ffffn } : { family: 6, value };
}

/** The shortest form (RFC 5952). */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return split(value, 4, 8n).join('.');
  const groups = split(value, 8, 16n).map((group) => group.toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

export function contains({ family, first, last }: Network, address: Address): boolean {
  return family === address.family && first <= address.value && address.value <= last;
}

function join(parts: readonly bigint[], width: bigint): bigint {
  return parts.reduce((sum, part) => (sum << width) | part, 0n);
}

function split(value: bigint, count: number, width: bigint): bigint[] {
  const mask = (1n << width) - 1n;
  return Array.from({ length: count }, (_, index) => (value >> (width * BigInt(count - 1 - index))) & mask);
}

/**
 * One address for each way in which addresses lie inside and outside of these networks, so that whoever goes by these
 * networks alone treats every address as one of them. The first lies in none of the networks, where there is such an
 * address.
 */
export function representatives(networks: readonly Network[]): Address[] {
  const edges = networks.flatMap(({ family, first, last }): Address[] =>
    [first - 1n, first, last, last + 1n].map((value) => ({ family, value })),
  );
  const candidates = [...anyAddresses, ...edges].filter(
    ({ family, value }) => value >= 0n && value < 1n << BigInt(bits[family]),
  );
  const byPlace = new Map<string, Address>();
  for (const address of candidates) {
    const place = networks.map((network) => (contains(network, address) ? '1' : '0')).join('');
    if (!byPlace.has(place)) byPlace.set(place, address);
  }
  const outside = '0'.repeat(networks.length);
  return [...byPlace].sort(([a], [b]) => Number(b === outside) - Number(a === outside)).map(([, address]) => address);
}

/** Addresses for documentation (RFC 5737, RFC 3849): nobody's own, and so most likely in no network of a host. */
const anyAddresses = ['192.0.2.1', '2001:db8::1', '198.51.100.1', '203.0.113.1'].flatMap(
  (text) => parseAddress(text) ?? [],
);
