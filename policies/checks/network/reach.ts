import { contains, parseAddress, parseNetwork, type Network } from '../../networks.ts';

/** From where a socket on an address can be reached. */
export type Reach = 'everywhere' | 'public' | 'private' | 'loopback';

const networks = (...texts: string[]): Network[] => texts.flatMap((text) => parseNetwork(text) ?? []);

const loopback = networks('127.0.0.0/8', '::1');

/** Addresses that no way leads to from the Internet (RFC 1918, RFC 3927, RFC 4193, RFC 4291 2.5.6, RFC 6598). */
export const privateNetworks: readonly Network[] = networks(
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10',
);

/** @param text an address without brackets; what is none counts as reached from everywhere */
export function reachOf(text: string): Reach {
  const address = parseAddress(text.replace(/%.*$/, ''));
  if (address === undefined || address.value === 0n) return 'everywhere';
  if (loopback.some((network) => contains(network, address))) return 'loopback';
  return privateNetworks.some((network) => contains(network, address)) ? 'private' : 'public';
}
