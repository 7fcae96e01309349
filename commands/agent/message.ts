import type { Errand, Standing } from '../../agent/resident.ts';

/** What the process that stays has one of its children do. `plan` comes first and tells it whom to send on errands. */
export const tasks = ['plan', 'check', 'deliver', 'check-and-deliver', 'watch'] as const;
export type Task = (typeof tasks)[number];

/** One agent of those that an agent.yaml names. */
export interface PlannedAgent {
  /** Its agent.yaml. */
  readonly config: string;
  /** The name of a host that is read over SSH. */
  readonly host?: string | undefined;
  readonly data: string;
  /** Seconds. */
  readonly splay: number;
  /** Whether its settings name services to be looked at. */
  readonly watches: boolean;
}

/** What a child tells: that it is still at work, and at last its answer. */
export type Message =
  { readonly alive: true } | { readonly plan: readonly PlannedAgent[] } | { readonly standing: Standing };

/** Seconds between two signs of life of a child. */
export const beat = 60;

/** Tells whoever started this process, if it can be told anything, that it still hears and answers. */
export function giveSigns(): void {
  const sign: Message = { alive: true };
  setInterval(() => process.connected && process.send?.(sign, () => undefined), beat * 1000).unref();
}

export function taskOf({ checks, delivers }: Errand): Exclude<Task, 'plan' | 'watch'> {
  if (!checks) return 'deliver';
  return delivers ? 'check-and-deliver' : 'check';
}

export function errandOf(task: Exclude<Task, 'plan' | 'watch'>): Errand {
  return { checks: task !== 'deliver', delivers: task !== 'check' };
}
