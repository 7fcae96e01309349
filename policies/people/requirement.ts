import { hash } from 'node:crypto';
import type { Control } from '../schema.ts';

/**
 * What a control asks, as SHA-256 in hex: its check and its parameters, however they are written. An exception that was
 * approved for one requirement is none for another.
 */
export function requirementOf(control: Pick<Control, 'check' | 'with'>): string {
  const known = requirements.get(control);
  if (known !== undefined) return known;
  const requirement = hash('sha256', JSON.stringify([control.check, inOrder(control.with)]), 'hex');
  requirements.set(control, requirement);
  return requirement;
}

/** A control never changes, and is asked for with each host and exception. */
const requirements = new WeakMap<object, string>();

/** With the members of every object in one order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, inOrder(member)]);
}
