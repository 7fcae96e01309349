import type { ActTaken } from '../../evidence/act.ts';
import type { RegisterRecord } from '../../evidence/register.ts';
import type { Target, Window } from '../../policies/checks/availability/facts.ts';

type Maintenance = Extract<RegisterRecord, { of: 'maintenance' }>;

/** Work that a line of the register announced when it began. */
export interface RegisteredWork {
  readonly id: string;
  /** Of the act that wrote the line as it then stood. */
  readonly index: number;
  readonly window: Window;
  /** Null for all. */
  readonly hosts: readonly string[] | null;
}

interface Standing {
  readonly record: Maintenance;
  readonly index: number;
  readonly receivedAt: string;
}

/**
 * Announced work by the acts of the log, in its order. A line counts as it stood when its work began: what was written or
 * struck later changes nothing any more, so that a statement that was made comes out the same for ever.
 */
export class WorkRegister {
  readonly #standing = new Map<string, Standing>();
  readonly #begun: RegisteredWork[] = [];

  take({ act, receivedAt }: Pick<ActTaken, 'act' | 'receivedAt'>, index: number): void {
    if (act.act === 'strike') this.#end(act.of, receivedAt);
    if (act.act !== 'record') return;
    const { id, record } = act;
    this.#end(id, receivedAt);
    if (record.of === 'maintenance') this.#standing.set(id, { record, index, receivedAt });
  }

  /** All that there is, in the order of the log. */
  all(): RegisteredWork[] {
    const standing = [...this.#standing].map(([id, line]) => workOf(id, line));
    return [...this.#begun, ...standing].flatMap((one) => one ?? []).sort((a, b) => a.index - b.index);
  }

  /** A line ends at a moment: it counts where its work had begun by then. */
  #end(id: string, at: string): void {
    const line = this.#standing.get(id);
    this.#standing.delete(id);
    if (line === undefined || Date.parse(line.record.from) > Date.parse(at)) return;
    const work = workOf(id, line);
    if (work !== undefined) this.#begun.push(work);
  }
}

function workOf(id: string, { record, index, receivedAt }: Standing): RegisteredWork | undefined {
  const { from, until, hosts } = record;
  if (until === null) return undefined;
  // That it was known then is the log's own word, and so is when it was announced.
  return { id, index, hosts, window: { from, until, announcedAt: receivedAt, seenAt: receivedAt, targets: [] } };
}

/** Whether work on these hosts is work on a target: one that has the name of a host, or an address there. */
export function isOn(
  { hosts }: Pick<RegisteredWork, 'hosts'>,
  { target, what }: Pick<Target, 'target' | 'what'>,
): boolean {
  return hosts === null || hosts.includes(target) || hosts.includes(hostIn(what));
}

function hostIn(what: string): string {
  return URL.canParse(what) && what.includes('://') ? new URL(what).hostname : what.replace(/:\d+$/, '');
}
