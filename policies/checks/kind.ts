import { z } from 'zod';
import { obstacleReason, readingOf, type Reading } from '../reading.ts';
import type { Catalogue, Reason } from '../reasons.ts';

/** A kind of measurement: what a policy may ask of it, what an agent reads for it, and when that satisfies the policy. */
export interface CheckKindDefinition<Parameters extends z.ZodType, Facts extends z.ZodType> {
  readonly name: string;
  /** What a control's `with` may hold. */
  readonly parameters: Parameters;
  /** What an agent reads: raw values that stay true, never conclusions, without noise such as durations. */
  readonly facts: Facts;
  readonly reasons: Catalogue;
  /** Pure: the same facts, parameters and moment always give the same reasons. An empty answer means `unknown`. */
  judge(facts: z.output<Facts>, parameters: z.output<Parameters>, at: Date): Reason[];
}

/** A check kind as policies, runs and verifiers handle it: what comes in is parsed here, so it may come from anywhere. */
export interface CheckKind {
  readonly name: string;
  readonly parameters: z.ZodType;
  readonly facts: z.ZodType;
  readonly reasons: Catalogue;
  /**
   * Judges a `Reading` of facts; what could not be read comes out as `unknown`.
   * @param parameters a control's `with`, as written in its document
   * @throws z.ZodError where the reading or the parameters are not of this kind's form
   */
  judge(reading: unknown, parameters: unknown, at: Date): Reason[];
}

export function defineCheckKind<Parameters extends z.ZodType, Facts extends z.ZodType>(
  definition: CheckKindDefinition<Parameters, Facts>,
): CheckKind {
  const readingSchema = readingOf(definition.facts);
  return {
    ...definition,
    judge(reading, parameters, at) {
      const parsed = readingSchema.parse(reading) as Reading<z.output<Facts>>;
      if (parsed.state === 'unreadable') return [obstacleReason(parsed.obstacle)];
      return definition.judge(parsed.value, definition.parameters.parse(parameters), at);
    },
  };
}
