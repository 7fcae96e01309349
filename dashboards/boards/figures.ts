import { verdictColours } from '../parts/colours.ts';
import { course, stat, type CourseInput, type MakePanel, type StatInput } from '../parts/panels.ts';
import { verdictWords, words } from '../parts/words.ts';
import { orZero } from './queries.ts';

/** Of the figures on top of a dashboard: six side by side. */
export const small = { width: 4, height: 4 } as const;

export interface CountInput extends Pick<StatInput, 'title' | 'description' | 'expr' | 'steps' | 'empty'> {
  readonly width?: number;
}

/** How many of something there are, on top of a dashboard: 0, and not nothing, where there are none. */
export function count(input: CountInput): MakePanel {
  return stat({ ...small, unit: 'none', ...input, expr: orZero(input.expr) });
}

export interface VerdictsInput extends Pick<CourseInput, 'title' | 'description' | 'width' | 'height'> {
  readonly verdicts: readonly (keyof typeof verdictWords)[];
  /** How many controls have a verdict. */
  readonly exprOf: (verdict: string) => string;
}

/** How many controls had which verdict, as it went. */
export function verdictsOverTime({ verdicts, exprOf, ...input }: VerdictsInput): MakePanel {
  return course({
    ...input,
    lines: verdicts.map((verdict) => ({
      expr: exprOf(verdict),
      legend: verdictWords[verdict],
      colour: verdictColours[verdict],
    })),
    stacked: true,
    minimum: 0,
    unit: 'none',
    empty: words.nothingYet,
  });
}
