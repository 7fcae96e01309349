import { z } from 'zod';
import { familyNames, type FamilyName, type LabelsOf } from './families.ts';

/** One figure from a host's facts, as a metric has it; the host's own label is added when it is rendered. */
export const Measure = z.strictObject({
  family: z.enum(familyNames as [FamilyName, ...FamilyName[]]),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});
export type Measure = z.output<typeof Measure>;

/** Makes figures of one check kind's facts. */
export interface MeasureSource {
  readonly kind: string;
  /**
   * @param at when the facts were read
   * @param before the figures of the facts that these take the place of; none unless given
   * @returns nothing for facts that are not of the kind's form
   */
  measure(facts: unknown, at: Date, before?: readonly Measure[]): Measure[];
}

export function defineMeasures<Facts extends z.ZodType>(
  kind: string,
  schema: Facts,
  measure: (facts: z.output<Facts>, at: Date, before: readonly Measure[]) => Measure[],
): MeasureSource {
  return {
    kind,
    measure(facts, at, before = []) {
      const parsed = schema.safeParse(facts);
      return parsed.success ? measure(parsed.data, at, before) : [];
    },
  };
}

/** A sample; the compiler asks for the family's labels, but for the host's. */
export function measureOf<Name extends FamilyName>(
  family: Name,
  labels: Omit<LabelsOf<Name>, 'host'>,
  value: number,
): Measure {
  return { family, labels: { ...labels }, value };
}
