import { contains, formatAddress, parseAddress, type Network } from '../../../policies/networks.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import type { CollectContext } from '../collector.ts';

/** Seconds for which an address is remembered from which nobody came any more. */
const rememberedFor = 200 * 86_400;

export interface SeenAddresses {
  readonly since: string | null;
  /** The pseudonym of an address that was never seen before this run; undefined for any other. */
  unseen(address: string): string | undefined;
}

/**
 * Remembers by marks from where people came. Of IPv6 the network counts (/64): the rest of an address changes by itself (RFC 8981).
 * @param known networks from which logins are expected
 */
export function rememberAddresses(
  context: Pick<CollectContext, 'ledger' | 'mark' | 'at' | 'pseudonym'>,
  addresses: ReadonlySet<string>,
  known: readonly Network[],
): SeenAddresses {
  const { ledger, at } = context;
  const markOf = (address: string): string => context.mark(`address\0${placeOf(address)}`);
  const { since, seen } = ledger.watch(
    'anomalies addresses',
    [...new Set([...addresses].map(markOf))].sort(),
    ({ goneBy }) => secondsBetween(goneBy, at) < rememberedFor,
  );
  const now = at.toISOString();
  return {
    since: ledger.isKept ? since : null,
    unseen(address) {
      const parsed = parseAddress(address);
      if (parsed !== undefined && known.some((network) => contains(network, parsed))) return undefined;
      return seen.get(markOf(address))?.firstSeen === now ? context.pseudonym(placeOf(address)) : undefined;
    },
  };
}

function placeOf(address: string): string {
  const parsed = parseAddress(address);
  if (parsed === undefined) return address;
  return parsed.family === 4
    ? formatAddress(parsed)
    : `${formatAddress({ ...parsed, value: (parsed.value >> 64n) << 64n })}/64`;
}
