import type { ActTaken } from '../../evidence/act.ts';

interface Customer {
  readonly from: string;
  readonly until: string | null;
  /** Since when each of the hosts is this customer's. */
  readonly since: ReadonlyMap<string, string>;
}

/**
 * Which hosts are which customer's, by the register as the log has it: an act after the other. A host that goes over to
 * another customer shows him nothing of the time before, whenever his own line says that it begins.
 */
export class CustomerHosts {
  readonly #customers = new Map<string, Customer>();
  /** Every customer that a host was ever said to be of. */
  readonly #owners = new Map<string, Set<string>>();

  take({ act, receivedAt }: Pick<ActTaken, 'act' | 'receivedAt'>): void {
    if (act.act === 'strike') this.#customers.delete(act.of);
    if (act.act !== 'record' || act.record.of !== 'customer') return;
    const { id, record } = act;
    const before = this.#customers.get(id);
    const isOver = before !== undefined && hasEnded(before, receivedAt);
    const since = record.hosts.map((host): [string, string] => {
      const owners = this.#owners.get(host) ?? new Set();
      const isOfOthers = [...owners].some((owner) => owner !== id);
      const isTakenOver = isOfOthers || (before === undefined && owners.has(id));
      this.#owners.set(host, owners.add(id));
      // Since the line ended it may have been another's.
      const kept = isOver && isOfOthers ? undefined : before?.since.get(host);
      const begun = kept ?? (before === undefined && !isTakenOver ? record.from : receivedAt);
      return [host, later(begun, record.from)];
    });
    this.#customers.set(id, { from: record.from, until: record.until, since: new Map(since) });
  }

  /** Those of a customer at a moment, and since when each is; none where there is no such customer then. */
  of(customer: string, at: Date): ReadonlyMap<string, string> {
    const found = this.#customers.get(customer);
    const isBegun = found !== undefined && at.getTime() >= Date.parse(found.from);
    return isBegun && !hasEnded(found, at.toISOString()) ? found.since : new Map();
  }
}

function hasEnded({ until }: Pick<Customer, 'until'>, at: string): boolean {
  return until !== null && Date.parse(until) <= Date.parse(at);
}

function later(a: string, b: string): string {
  return new Date(Math.max(Date.parse(a), Date.parse(b))).toISOString();
}
