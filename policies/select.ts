import { checkKind } from './checks/index.ts';
import type { Control, Labels, PolicyDocument } from './schema.ts';

/**
 * The controls of a document that a host with these labels is to show: all of `applies` must match. What people show is
 * asked of no host.
 */
export function selectControls(policy: Pick<PolicyDocument, 'controls'>, labels: Labels): Control[] {
  return policy.controls.filter(({ applies, check }) => {
    if (checkKind(check)?.source === 'log') return false;
    return Object.entries(applies ?? {}).every(([label, values]) => {
      const value = labels[label];
      return value !== undefined && values.includes(value);
    });
  });
}
