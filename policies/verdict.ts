/** What a control came out as. `unknown` is what could not be read, is too old or rests on a wrong clock; it is never compliant. */
export type Verdict = 'fail' | 'unknown' | 'pass' | 'not-applicable';

/** From worst to best. Of several subjects the worst counts. */
export const verdicts: readonly Verdict[] = ['fail', 'unknown', 'pass', 'not-applicable'];

export function isVerdict(value: unknown): value is Verdict {
  return verdicts.includes(value as Verdict);
}

/** Negative where `a` is worse than `b`, as `Array.prototype.sort` wants it. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return verdicts.indexOf(a) - verdicts.indexOf(b);
}

/** The worst of what was found. Nothing found is `unknown`: silence is no evidence. */
export function worstVerdict(found: readonly Verdict[]): Verdict {
  return verdicts.find((verdict) => found.includes(verdict)) ?? 'unknown';
}
