import type { Demand } from './demand.ts';
import { kinds, type Kind } from './facts.ts';
import type { Parameters } from './parameters.ts';

/** One thing that a control asks of new passwords. */
export interface Requirement {
  readonly what: 'length' | 'kind' | 'classes' | 'history' | 'dictionary';
  /** As a value of a reason: `length 12`, `A-Z`. */
  readonly name: string;
  readonly isMetBy: (demand: Demand) => boolean;
}

const notations: Readonly<Record<Kind, string>> = { lower: 'a-z', upper: 'A-Z', digit: '0-9', other: '#' };

/** `a-z A-Z 0-9 #`, in this order. */
export function notationOf(asked: readonly Kind[]): string {
  return kinds
    .filter((kind) => asked.includes(kind))
    .map((kind) => notations[kind])
    .join(' ');
}

export function lengthRequirement(minimum: number): Requirement {
  return { what: 'length', name: `length ${minimum}`, isMetBy: ({ length }) => length >= minimum };
}

export function kindRequirement(kind: Kind): Requirement {
  return { what: 'kind', name: notations[kind], isMetBy: (demand) => demand.kinds.includes(kind) };
}

export function classesRequirement(minimum: number): Requirement {
  return { what: 'classes', name: `classes ${minimum}`, isMetBy: ({ classes }) => classes >= minimum };
}

export function historyRequirement(minimum: number): Requirement {
  return { what: 'history', name: `history ${minimum}`, isMetBy: ({ history }) => history >= minimum };
}

const dictionaryRequirement: Requirement = {
  what: 'dictionary',
  name: 'dictionary',
  isMetBy: ({ dictionary }) => dictionary,
};

/** What a control asks, one by one: each may be held by another module. */
export function requirementsOf(parameters: Parameters): Requirement[] {
  const { minimumLength, kinds: asked = [], classes, history, dictionary } = parameters;
  return [
    ...(minimumLength === undefined ? [] : [lengthRequirement(minimumLength)]),
    ...kinds.filter((kind) => asked.includes(kind)).map((kind) => kindRequirement(kind)),
    ...(classes === undefined ? [] : [classesRequirement(classes)]),
    ...(history === undefined ? [] : [historyRequirement(history)]),
    ...(dictionary ? [dictionaryRequirement] : []),
  ];
}
