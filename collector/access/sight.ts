import type { Token } from './tokens.ts';

/** What of the fleet somebody may see: all of it, or some hosts, each by what was received since a moment. */
export type Sight = { readonly of: 'all' } | { readonly of: 'hosts'; readonly since: ReadonlyMap<string, string> };

/** Which hosts are a customer's at a moment, and since when each is. */
export type HostsOfCustomer = (customer: string, at: Date) => ReadonlyMap<string, string>;

export const everything: Sight = { of: 'all' };

/** A reporter sees the hosts of his customer and no others: none, where the register has no such customer. */
export function sightOf({ role, customer }: Pick<Token, 'role' | 'customer'>, hosts: HostsOfCustomer, at: Date): Sight {
  if (role !== 'reporter') return everything;
  return { of: 'hosts', since: customer === null ? new Map() : hosts(customer, at) };
}

/** Whether something of a host may be seen that was received at a moment. */
export function isSeen(sight: Sight, { agent, receivedAt }: { agent: string; receivedAt: string }): boolean {
  if (sight.of === 'all') return true;
  const since = sight.since.get(agent);
  return since !== undefined && Date.parse(receivedAt) >= Date.parse(since);
}
