import type { SpanState } from './model.ts';

/**
 * What a state means for the promise: kept, broken, not shown either way, or not made. Only what is `outside` takes no
 * part in the share of time; what nobody can show counts against it.
 */
export type StateClass = 'compliant' | 'failing' | 'unshown' | 'outside';

const classes: Readonly<Record<SpanState, StateClass>> = {
  fail: 'failing',
  missing: 'unshown',
  'wrong-clock': 'unshown',
  unknown: 'unshown',
  erased: 'unshown',
  'collector-gap': 'unshown',
  silent: 'unshown',
  pass: 'compliant',
  'not-applicable': 'compliant',
  'not-asked': 'outside',
  'not-enrolled': 'outside',
};

/** In the order in which reports list them: what breaks a promise first, what is outside it last. */
export const spanStates = Object.keys(classes) as readonly SpanState[];

export function classOf(state: SpanState): StateClass {
  return classes[state];
}

/** Whether it is a verdict, as a report of the host has it. */
export function isVerdict(state: SpanState): state is 'fail' | 'unknown' | 'pass' | 'not-applicable' {
  return state === 'fail' || state === 'unknown' || state === 'pass' || state === 'not-applicable';
}

/** Whether no report of the host has a word: then the entries named are those before and after. */
export function isAbsence(state: SpanState): state is 'silent' | 'collector-gap' | 'not-enrolled' {
  return state === 'silent' || state === 'collector-gap' || state === 'not-enrolled';
}
