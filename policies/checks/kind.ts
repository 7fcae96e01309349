import { z } from 'zod';
import { obstacleReason, readingOf, type Reading } from '../reading.ts';
import type { Catalogue, Reason } from '../reasons.ts';
import { isObject } from '../shapes.ts';

export type FactSource = 'host' | 'log';

/** A kind of measurement: what a policy may ask of it, what an agent reads for it, and when that satisfies the policy. */
export interface CheckKindDefinition<Parameters extends z.ZodType, Facts extends z.ZodType> {
  readonly name: string;
  /** Where its facts come from: what an agent reads on a host, unless said, or what people wrote into the evidence log. */
  readonly source?: FactSource;
  /** What a control's `with` may hold. */
  readonly parameters: Parameters;
  /** What is read: raw values that stay true, never conclusions, without noise such as durations. */
  readonly facts: Facts;
  readonly reasons: Catalogue;
  /**
   * Pure: the same facts, parameters and moment always give the same reasons. An empty answer means `unknown`.
   *
   * It should look at `at` through the questions of `moments.ts` only: then a verifier knows how long an answer holds,
   * and need not ask again for each of thousands of reports.
   */
  judge(facts: z.output<Facts>, parameters: z.output<Parameters>, at: Date): Reason[];
}

/** A check kind as policies, runs and verifiers handle it: what comes in is parsed here, so it may come from anywhere. */
export interface CheckKind {
  readonly name: string;
  readonly source: FactSource;
  readonly parameters: z.ZodType;
  readonly facts: z.ZodType;
  readonly reasons: Catalogue;
  /**
   * Parses a `Reading` of facts, to judge it for several controls and at several moments; what could not be read comes
   * out as `unknown`.
   * @throws z.ZodError where the reading is not of this kind's form
   */
  read(reading: unknown): ReadFacts;
  /** Judges a reading once, as `read` does. */
  judge(reading: unknown, parameters: unknown, at: Date): Reason[];
}

/**
 * Facts that a control's parameters are held against.
 * @param parameters a control's `with`, as written in its document
 * @throws z.ZodError where the parameters are not of the kind's form
 */
export type ReadFacts = (parameters: unknown) => JudgeAt;

/** Pure, as the kind's judge is. */
export type JudgeAt = (at: Date) => Reason[];

export function defineCheckKind<Parameters extends z.ZodType, Facts extends z.ZodType>(
  definition: CheckKindDefinition<Parameters, Facts>,
): CheckKind {
  const readingSchema = readingOf(definition.facts);
  const parametersOf = parsingOnce(definition.parameters);
  const read = (reading: unknown): ReadFacts => {
    const parsed = readingSchema.parse(reading) as Reading<z.output<Facts>>;
    if (parsed.state === 'unreadable') return () => () => [obstacleReason(parsed.obstacle)];
    return (given) => {
      const parameters = parametersOf(given);
      return (at) => definition.judge(parsed.value, parameters, at);
    };
  };
  return { source: 'host', ...definition, read, judge: (reading, parameters, at) => read(reading)(parameters)(at) };
}

/** Parses a control's parameters once: a verifier holds them against the facts of thousands of reports. */
function parsingOnce<Parameters extends z.ZodType>(schema: Parameters): (given: unknown) => z.output<Parameters> {
  const parsed = new WeakMap<object, z.output<Parameters>>();
  return (given) => {
    const known = isObject(given) ? parsed.get(given) : undefined;
    if (known !== undefined) return known;
    const parameters = schema.parse(given);
    if (isObject(given)) parsed.set(given, parameters);
    return parameters;
  };
}
