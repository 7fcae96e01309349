import type { Statement } from '../../../evidence/report.ts';
import type { EntryReference } from '../model.ts';

/** From an entry on, so many controls of a host fail; null for a host whose key counts no more. */
export interface FailureChange {
  readonly entry: EntryReference;
  readonly host: string;
  readonly failing: number | null;
}

/** How many controls of each host fail, by the signed counts of a log that is read: each change, in the order of the log. */
export class FailureHistory {
  readonly changes: FailureChange[] = [];
  readonly #failing = new Map<string, number>();

  report({ agent, counts }: Pick<Statement, 'agent' | 'counts'>, entry: EntryReference): void {
    if ((this.#failing.get(agent) ?? 0) === counts.fail) return;
    this.#failing.set(agent, counts.fail);
    this.changes.push({ entry, host: agent, failing: counts.fail });
  }

  forget(host: string, entry: EntryReference): void {
    if (this.#failing.delete(host)) this.changes.push({ entry, host, failing: null });
  }
}
