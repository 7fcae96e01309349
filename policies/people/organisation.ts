import { checkKind } from '../checks/index.ts';
import type { Policy } from '../load.ts';
import { observe, type Observation } from '../observe.ts';
import type { Reading } from '../reading.ts';
import type { Control } from '../schema.ts';

/** A control, and the document that it stands in. */
export interface OrganisationControl {
  readonly policy: Policy;
  readonly control: Control;
}

/** The controls of documents that people show, in the order of the documents: hosts are not asked them. */
export function organisationControls(policies: readonly Policy[]): OrganisationControl[] {
  return policies.flatMap((policy) =>
    policy.controls.filter(({ check }) => isShownByPeople(check)).map((control) => ({ policy, control })),
  );
}

export function isShownByPeople(check: string): boolean {
  return checkKind(check)?.source === 'log';
}

/**
 * Judges an organisation's own controls at a moment.
 * @param factsOf what the log holds for a control
 */
export function observeOrganisation(
  policies: readonly Policy[],
  factsOf: (kind: string, name: { policy: string; control: string; with: unknown }) => Reading<unknown> | undefined,
  at: Date,
): Observation[] {
  return organisationControls(policies).map(({ policy: { policy }, control }) =>
    observe(policy, control, factsOf(control.check, { policy, control: control.id, with: control.with }), at),
  );
}
