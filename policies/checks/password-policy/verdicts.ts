import type { Reason } from '../../reasons.ts';
import type { Demand } from './demand.ts';
import { kinds } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import { notationOf, requirementsOf } from './requirement.ts';

/**
 * Holds what is asked of new passwords against a control.
 * @param leftOut requirements, by name, that are told of elsewhere
 */
export function judgeDemand(
  demand: Demand,
  parameters: Parameters,
  subject: string,
  leftOut: readonly string[] = [],
): Reason[] {
  const asked = requirementsOf(parameters).filter(({ name }) => !leftOut.includes(name));
  return [
    ...asked.flatMap(({ what, isMetBy }): Reason[] => {
      const isMet = isMetBy(demand);
      switch (what) {
        case 'length': {
          const values = { found: demand.length, minimum: parameters.minimumLength ?? 0 };
          return [because(isMet ? 'password-policy.length' : 'password-policy.length-short', values, subject)];
        }
        case 'classes': {
          const values = { found: demand.classes, minimum: parameters.classes ?? 0 };
          return [because(isMet ? 'password-policy.classes' : 'password-policy.classes-few', values, subject)];
        }
        case 'history': {
          const values = { found: demand.history, minimum: parameters.history ?? 0 };
          return [because(isMet ? 'password-policy.history' : 'password-policy.history-short', values, subject)];
        }
        case 'dictionary':
          return [because(isMet ? 'password-policy.dictionary' : 'password-policy.dictionary-missing', {}, subject)];
        case 'kind':
          return [];
      }
    }),
    ...judgeKinds(demand, parameters, subject, leftOut),
  ];
}

/** One reason for all kinds that are missing, and one for all that are not. */
function judgeKinds(
  demand: Demand,
  { kinds: asked = [] }: Parameters,
  subject: string,
  leftOut: readonly string[],
): Reason[] {
  const counted = kinds.filter((kind) => asked.includes(kind) && !leftOut.includes(notationOf([kind])));
  const missing = counted.filter((kind) => !demand.kinds.includes(kind));
  const met = counted.filter((kind) => demand.kinds.includes(kind));
  return [
    ...(missing.length > 0 ? [because('password-policy.kinds-missing', { kinds: notationOf(missing) }, subject)] : []),
    ...(met.length > 0 ? [because('password-policy.kinds', { kinds: notationOf(met) }, subject)] : []),
  ];
}
