import { createHash } from 'node:crypto';
import type { Profile } from '../../../policies/checks/tls/profile.ts';
import type { Reply } from '../reply.ts';
import { finiteFieldName } from './finite-fields.ts';

const tls13 = 0x0304;

/** What a server has shown so far. Every answer teaches, whatever it was asked for: that saves questions. */
export class Findings {
  /** Named groups that it took. */
  readonly groups = new Set<number>();
  /** Schemes that it signed with. */
  readonly signatureSchemes = new Set<number>();
  /** A session id was handed out in a version that resumes by it. */
  givesSessionIds = false;
  /** Its hello below TLS 1.3 to a greeting with every extension that features and weaknesses ask for. */
  classicHello: { readonly version: number; readonly extensions: ReadonlySet<number> } | undefined;
  readonly #fields = new Map<string, Profile['finiteFields'][number]>();

  learn(reply: Reply): void {
    if (reply.kind !== 'hello' || reply.flight === undefined) return;
    const { group, prime, signatureScheme, sessionIdLength } = reply.flight;
    if (sessionIdLength > 0 && reply.version < tls13) this.givesSessionIds = true;
    if (group !== undefined) this.groups.add(group);
    if (signatureScheme !== undefined) this.signatureSchemes.add(signatureScheme);
    if (prime !== undefined && prime.length > 0) this.#learnPrime(prime);
  }

  /** From small to large. */
  get finiteFields(): Profile['finiteFields'] {
    return [...this.#fields.values()].sort((a, b) => a.bits - b.bits || (a.prime < b.prime ? -1 : 1));
  }

  #learnPrime(prime: Uint8Array): void {
    const digest = createHash('sha256').update(prime).digest('hex');
    const name = finiteFieldName(digest);
    const [first = 0] = prime;
    const bits = prime.length * 8 - (Math.clz32(first) - 24);
    this.#fields.set(digest, { bits, prime: name ?? digest, known: name !== undefined });
  }
}

/** Those not seen yet before the others: a server that follows the client's order then shows a new one each time. */
export function unseenFirst(all: readonly number[], seen: ReadonlySet<number>): readonly number[] {
  return [...all.filter((one) => !seen.has(one)), ...all.filter((one) => seen.has(one))];
}

export function sortedNumbers(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
