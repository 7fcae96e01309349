import { loadPolicy, parsePolicy, shippedPolicies, type Policy } from '../../policies/load.ts';
import type { Control } from '../../policies/schema.ts';

/** Every policy document that reports name, by digest. */
export class PolicyShelf {
  readonly #policies = new Map<string, Policy>();

  /** @param texts documents the collector has met */
  constructor(texts: Iterable<string>) {
    for (const text of texts) this.add(parsePolicy(text, 'stored policy'));
  }

  get(digest: string): Policy | undefined {
    return this.#policies.get(digest);
  }

  add(policy: Policy): void {
    this.#policies.set(policy.digest, policy);
  }

  /** A control as the documents of a report word it. */
  control(
    digests: readonly { policy: string; digest: string }[],
    policy: string,
    control: string,
  ): Control | undefined {
    const digest = digests.find((candidate) => candidate.policy === policy)?.digest;
    return digest === undefined ? undefined : this.get(digest)?.controls.find(({ id }) => id === control);
  }
}

/** The documents that came with this collector: agents need not send those. */
export function shippedByDigest(): Map<string, Policy> {
  return new Map(shippedPolicies().map((name) => [loadPolicy(name).digest, loadPolicy(name)]));
}
