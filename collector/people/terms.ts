import type { Case } from '../../policies/checks/cases.ts';
import { observe } from '../../policies/observe.ts';
import { read } from '../../policies/reading.ts';
import type { Control } from '../../policies/schema.ts';

/** A control that the organisation is asked, with the document that it stands in. */
export interface AskedControl {
  readonly policy: string;
  readonly definition: Control;
}

/** By when a step of a case is due, by the word of one control. */
export interface TermOfStep {
  readonly step: string;
  readonly policy: string;
  readonly control: string;
  readonly until: string;
}

/** The terms of one case, done or not, by the reasons that the controls give for it. */
export function termsOfCase(one: Case, controls: readonly AskedControl[], at: Date): TermOfStep[] {
  return controls
    .filter(({ definition }) => definition.check === 'cases')
    .flatMap(({ policy, definition }) => {
      const { reasons } = observe(policy, definition, read({ cases: [one] }), at);
      return reasons.flatMap((reason) => {
        const { step, due, done } = reason.values;
        if (typeof step !== 'string' || typeof due !== 'string') return [];
        // What was not to be done before a moment has that moment as `due` too: it is no deadline.
        const isWaiting = reason.code === 'cases.early' || (reason.code === 'cases.in-time' && isAtOrAfter(done, due));
        return isWaiting ? [] : [{ step, policy, control: definition.id, until: due }];
      });
    });
}

function isAtOrAfter(done: string | number | undefined, due: string): boolean {
  return typeof done === 'string' && Date.parse(done) >= Date.parse(due);
}
