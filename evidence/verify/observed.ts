import type { ReadFacts } from '../../policies/checks/kind.ts';
import { observerOf, readFacts, type Observer } from '../../policies/observe.ts';
import { factsPartName, type Statement } from '../report.ts';
import type { Body } from './bodies.ts';
import type { HeldControl } from './verdicts.ts';

/** A kind's facts in a report. */
interface KindFacts {
  /** Of their part; undefined where the report has none. */
  readonly commitment: string | undefined;
  readonly facts: ReadFacts;
  /** Bytes of their JSON. */
  readonly size: number;
}

/** A control that holds for a host, on what was read there. */
export interface ObservedControl extends HeldControl {
  readonly observe: Observer;
  readonly kind: KindFacts;
}

/**
 * The controls on the facts of a report's body.
 * @param before those of the agent's report before: where neither document nor facts changed since, its observer knows
 *   for how long its answer holds
 */
export function observeControls(
  held: readonly HeldControl[],
  { body: parts }: Pick<Statement, 'body'>,
  body: Body,
  before: readonly ObservedControl[],
): ObservedControl[] {
  // A document is read once, so its controls are the same objects for as long as it is in force.
  const earlier = new Map(before.map((one) => [one.control, one]));
  const commitments = new Map(parts.map(({ name, commitment }) => [name, commitment]));
  const kinds = new Map<string, KindFacts>();
  return held.map((control) => {
    const check = control.control.check;
    const commitment = commitments.get(factsPartName(check));
    const same = earlier.get(control.control);
    if (same !== undefined && same.kind.commitment === commitment) return same;
    const kind = kinds.get(check) ?? openFacts(check, commitment, body);
    kinds.set(check, kind);
    return { ...control, kind, observe: observerOf(control.document.policy, control.control, kind.facts) };
  });
}

/** How many bytes of JSON stand behind the controls. */
export function sizeOf(controls: readonly ObservedControl[]): number {
  const kinds = new Set(controls.map(({ kind }) => kind));
  return [...kinds].reduce((sum, { size }) => sum + size, 0);
}

function openFacts(check: string, commitment: string | undefined, body: Body): KindFacts {
  const size = body.bytes(factsPartName(check))?.length ?? 0;
  return { commitment, facts: readFacts(check, body.facts(check)), size };
}
