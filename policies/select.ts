import type { Control, Labels, PolicyDocument } from './schema.ts';

/** The controls of a document that hold for a host with these labels: all of `applies` must match. */
export function selectControls(policy: Pick<PolicyDocument, 'controls'>, labels: Labels): Control[] {
  return policy.controls.filter(({ applies }) =>
    Object.entries(applies ?? {}).every(([label, values]) => {
      const value = labels[label];
      return value !== undefined && values.includes(value);
    }),
  );
}
