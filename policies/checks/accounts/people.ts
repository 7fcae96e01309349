import { isAsOld } from '../../moments.ts';
import type { Account, Roster } from './facts.ts';

const daySeconds = 86_400;

/** What the roster says of accounts and keys at a moment. */
export class People {
  readonly #roster: Roster;
  readonly #present: NonNullable<Roster['people']>;
  readonly departed: NonNullable<Roster['people']>;

  constructor(roster: Roster, at: Date) {
    this.#roster = roster;
    const people = roster.people ?? [];
    // On the last day itself somebody may still work.
    const hasLeft = (until: string | null): boolean => until !== null && isAsOld(until, daySeconds, at);
    this.departed = people.filter(({ until }) => hasLeft(until));
    this.#present = people.filter(({ until }) => !hasLeft(until));
  }

  /** Why somebody has an account: people who are there, a service, or a group. Undefined where the roster gives no reason. */
  purposeOf({ account, groups }: Account): 'person' | 'service' | 'group' | undefined {
    if (this.#present.some(({ accounts }) => accounts.includes(account))) return 'person';
    if (this.#roster.services.some((service) => service.account === account)) return 'service';
    return this.#roster.groups.some(({ group }) => groups.includes(group)) ? 'group' : undefined;
  }

  /** Whether the account is that of exactly one person who is there, and no service. */
  isOwn({ account }: Account): boolean {
    const owners = this.#present.filter(({ accounts }) => accounts.includes(account));
    return owners.length === 1 && !this.#roster.services.some((service) => service.account === account);
  }

  mayBecomeRoot({ account, groups }: Account): boolean {
    return (
      this.#present.some(({ accounts, root }) => root && accounts.includes(account)) ||
      this.#roster.services.some((service) => service.root && service.account === account) ||
      this.#roster.groups.some(({ group, root }) => root && groups.includes(group))
    );
  }

  /** Whose a key is; a key of somebody who left is his, unless somebody who is there has it too. */
  holderOf(key: string): 'present' | { readonly until: string } | undefined {
    const listed = [...this.#present, ...this.#roster.services].some(({ keys }) => keys.includes(key));
    if (listed || this.#roster.authorities.includes(key)) return 'present';
    const left = this.departed.find(({ keys }) => keys.includes(key));
    return left?.until ? { until: left.until } : undefined;
  }

  knowsAuthority(key: string): boolean {
    return this.#roster.authorities.includes(key);
  }
}

/** Undefined where the roster names no people, so that nothing can be held against it. */
export function peopleOf(roster: Roster, at: Date): People | undefined {
  return roster.people === null ? undefined : new People(roster, at);
}
