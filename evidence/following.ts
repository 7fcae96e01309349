import { secondsBetween } from '../policies/quantities.ts';
import type { Act } from './act.ts';

type Followed = Extract<Act, { act: 'follow' }>['policies'];

/**
 * A policy that comes back within so many seconds was never gone: else whoever leaves it out for a moment would be asked
 * nothing of the time before, such as the looks that he missed.
 */
const shortestBreak = 31 * 86_400;

/** The documents that the organisation is held to, by the acts that chose them, in the order of the log. */
export class Following {
  #policies: Followed = [];
  /** By policy, followed now or once. */
  readonly #known = new Map<string, { readonly since: string; readonly left: string | null }>();

  get policies(): Followed {
    return this.#policies;
  }

  /** Since when a policy has been followed, in whatever version; undefined where it is not. */
  since(policy: string): string | undefined {
    const known = this.#known.get(policy);
    return known?.left === null ? known.since : undefined;
  }

  take(policies: Followed, at: string): void {
    const names = new Set(policies.map(({ policy }) => policy));
    for (const [policy, { since, left }] of this.#known) {
      if (left === null && !names.has(policy)) this.#known.set(policy, { since, left: at });
    }
    for (const policy of names) this.#known.set(policy, { since: this.#begunOf(policy, at), left: null });
    this.#policies = policies;
  }

  #begunOf(policy: string, at: string): string {
    const known = this.#known.get(policy);
    if (known === undefined) return at;
    const isBack = known.left === null || secondsBetween(known.left, at) < shortestBreak;
    return isBack ? known.since : at;
  }
}
