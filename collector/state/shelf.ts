import { loadPolicy, parsePolicy, shippedPolicies, type Policy } from '../../policies/load.ts';
import { DocumentError } from '../../policies/yaml.ts';
import type { Control } from '../../policies/schema.ts';

/** Every policy document that reports name, by digest. */
export class PolicyShelf {
  readonly #policies = new Map<string, Policy>();

  /** @param texts documents the collector has met */
  constructor(texts: Iterable<string>) {
    for (const text of texts) {
      const policy = readable(text);
      if (policy !== undefined) this.add(policy);
    }
  }

  get(digest: string): Policy | undefined {
    return this.#policies.get(digest);
  }

  all(): Policy[] {
    return [...this.#policies.values()];
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

/** Finds a document by its digest; undefined where it has none of that. */
export type FindPolicy = (digest: string) => Policy | undefined;

/** The documents that came with this collector: agents need not send those. Read when one is first looked for, not at a start. */
export function shippedDocuments(): FindPolicy {
  let byDigest: ReadonlyMap<string, Policy> | undefined;
  return (digest) => {
    byDigest ??= new Map(
      shippedPolicies()
        .map(loadPolicy)
        .map((policy) => [policy.digest, policy]),
    );
    return byDigest.get(digest);
  };
}

/** A document of long ago may have a form that this version no longer knows: its controls are then shown without titles. */
function readable(text: string): Policy | undefined {
  try {
    return parsePolicy(text, 'stored policy');
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}
