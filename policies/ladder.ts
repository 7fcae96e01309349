/**
 * The first step of a ladder that is not below a figure; null above the last. Figures that move all the time go into
 * facts so: a sound host then always gives the same.
 * @param steps in rising order
 */
export function stepOf(figure: number, steps: readonly number[]): number | null {
  return steps.find((step) => figure <= step) ?? null;
}

/** Whether a figure of which only its step is known passes a limit, which is itself a step. */
export function isAbove(step: number | null, limit: number): boolean {
  return step === null || step > limit;
}
