import type { RecordVersion } from './client-hello.ts';
import type { Reply } from './reply.ts';

type Hello = Extract<Reply, { kind: 'hello' }>;

/**
 * What a server has already said to greetings that offered every group and every signature scheme there is: later
 * stages need not ask the same again. Only answers are kept; what was dropped or stayed open is asked anew.
 */
export class Earlier {
  readonly #taken = new Map<RecordVersion, { readonly suites: readonly number[]; readonly reply: Hello }>();
  readonly #refused = new Map<RecordVersion, Set<number>>();

  /** Keeps the first whole flight of a version. */
  keep(version: RecordVersion, suites: readonly number[], reply: Reply): void {
    if (reply.kind !== 'hello' || this.#taken.has(version)) return;
    this.#taken.set(version, { suites, reply });
  }

  refuse(version: RecordVersion, suites: readonly number[]): void {
    this.#refused.set(version, new Set([...(this.#refused.get(version) ?? []), ...suites]));
  }

  flight(version: RecordVersion): Hello | undefined {
    return this.#taken.get(version)?.reply;
  }

  /** The answer to an offer of just these suites, in this order. */
  answerTo(version: RecordVersion, suites: readonly number[]): Hello | undefined {
    const taken = this.#taken.get(version);
    const isSame = taken?.suites.length === suites.length && taken.suites.every((suite, at) => suite === suites[at]);
    return isSame ? taken.reply : undefined;
  }

  hasRefused(version: RecordVersion, suite: number): boolean {
    return this.#refused.get(version)?.has(suite) ?? false;
  }
}
