import { conditionKinds, isEndTold, type Condition, type ConditionKind, type Source } from './condition.ts';
import type { AddressedNotice, Notice, Outbox } from './outbox.ts';
import type { Receiver } from './settings.ts';
import { nextTimeOfDay } from './times.ts';

export interface WatchInput {
  readonly outbox: Outbox;
  readonly sources: readonly Source[];
  readonly receivers: readonly Receiver[];
}

/**
 * Holds what is the matter now against what was known to be, and addresses the difference. What is known lies on disk, so
 * that a restart tells nothing twice; nothing is told to be over before something shows that it is.
 */
export class Watch {
  readonly #input: WatchInput;
  readonly #known: Map<string, Condition>;

  constructor(input: WatchInput) {
    this.#input = input;
    this.#known = input.outbox.conditions();
  }

  look(at: Date): void {
    const found = new Map<string, Condition>();
    for (const source of this.#input.sources) for (const one of source.conditions(at)) found.set(one.key, one);
    const begun = [...found.values()].filter(({ key }) => !this.#known.has(key));
    const ended = [...this.#known.values()]
      .filter(({ key }) => !found.has(key))
      .map((condition) => ({ condition, outcome: this.#sourceOf(condition.kind)?.outcome(condition, at) ?? 'gone' }))
      .filter(({ outcome }) => outcome !== 'open');
    if (begun.length + ended.length === 0) return;
    const over = ended.filter(({ condition, outcome }) => outcome === 'well' && isEndTold(condition.kind));
    const told = [
      ...begun.map((condition): Notice => ({ change: 'begun', at: at.toISOString(), condition })),
      ...over.map(({ condition }): Notice => ({ change: 'over', at: at.toISOString(), condition })),
    ];
    const addressed = told.flatMap((notice) => this.#address(notice, at));
    this.#input.outbox.note({ begun, ended: ended.map(({ condition }) => condition.key) }, addressed, at);
    for (const one of begun) this.#known.set(one.key, one);
    for (const { condition } of ended) this.#known.delete(condition.key);
  }

  #sourceOf(kind: ConditionKind): Source | undefined {
    return this.#input.sources.find(({ kinds }) => kinds.includes(kind));
  }

  #address(notice: Notice, at: Date): AddressedNotice[] {
    const { urgency } = conditionKinds[notice.condition.kind];
    const receivers = this.#input.receivers.filter((receiver) => isFor(receiver, notice.condition));
    return receivers.map(({ name, window, digest }) => {
      const due = urgency === 'urgent' ? new Date(at.getTime() + window * 1000) : nextTimeOfDay(digest, at);
      return { receiver: name, urgency, due, notice };
    });
  }
}

const severities = ['info', 'warning', 'critical'] as const;

/** Whether a receiver wants to be told of something. A host whose labels nobody knows may have those that he asks for. */
export function isFor({ severity, policies, labels, about }: Receiver, condition: Condition): boolean {
  if (severities.indexOf(condition.severity) < severities.indexOf(severity)) return false;
  if (!about.includes(conditionKinds[condition.kind].topic)) return false;
  if (policies !== undefined && condition.policy !== null && !policies.includes(condition.policy)) return false;
  const wanted = Object.entries(labels);
  if (wanted.length === 0) return true;
  if (condition.host === null) return false;
  return condition.labels === null || wanted.every(([name, value]) => condition.labels?.[name] === value);
}
