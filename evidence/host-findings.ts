import { isEnding } from '../policies/checks/cases.ts';
import type { Act, ActTaken } from './act.ts';

/** A finding that the collector opened: a control that these hosts were seen failing. */
export interface HostFinding {
  readonly id: string;
  readonly policy: string;
  readonly control: string;
  readonly hosts: readonly string[];
}

const none: ReadonlyMap<string, number> = new Map();

/**
 * Findings that the collector opened itself and did not close yet. Only the collector ends them: else who is to examine a
 * failure could close it, or open a finding of his own that presses less, and have it forgotten.
 */
export class HostFindings {
  readonly #open = new Map<string, HostFinding>();
  /** By host: its controls, as `policy control`, with how many open findings name both. */
  readonly #byHost = new Map<string, Map<string, number>>();

  /** In the order in which they were opened. */
  get open(): Iterable<HostFinding> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  get(id: string): HostFinding | undefined {
    return this.#open.get(id);
  }

  covers(host: string, policy: string, control: string): boolean {
    return this.#byHost.get(host)?.has(nameOf({ policy, control })) === true;
  }

  /** The controls of a host, as `policy control`, that open findings are about, with how many are. */
  controlsOf(host: string): ReadonlyMap<string, number> {
    return this.#byHost.get(host) ?? none;
  }

  /** Whether an act is one that only the collector itself may do. */
  isReserved({ act, role }: Pick<ActTaken, 'act' | 'role'>, isFinding: boolean): boolean {
    if (role === 'collector') return false;
    if (act.act === 'take-step') return isFinding && isEnding(act.step);
    return act.act === 'close-case' && this.#open.has(act.of);
  }

  take({ act, role }: Pick<ActTaken, 'act' | 'role'>): void {
    if (act.act === 'close-case') this.#close(act.of);
    if (act.act === 'open-case' && role === 'collector') this.#begin(act);
  }

  #begin({ id, of, about }: Extract<Act, { act: 'open-case' }>): void {
    if (of !== 'finding' || about === null) return;
    this.#open.set(id, { id, ...about });
    for (const host of new Set(about.hosts)) this.#count(host, nameOf(about), 1);
  }

  #close(id: string): void {
    const finding = this.#open.get(id);
    if (finding === undefined) return;
    this.#open.delete(id);
    for (const host of new Set(finding.hosts)) this.#count(host, nameOf(finding), -1);
  }

  #count(host: string, name: string, by: number): void {
    const counts = this.#byHost.get(host) ?? new Map<string, number>();
    const count = (counts.get(name) ?? 0) + by;
    if (count > 0) counts.set(name, count);
    else counts.delete(name);
    if (counts.size > 0) this.#byHost.set(host, counts);
    else this.#byHost.delete(host);
  }
}

function nameOf({ policy, control }: { readonly policy: string; readonly control: string }): string {
  return `${policy} ${control}`;
}
