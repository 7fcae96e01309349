import { z } from 'zod';
import { familyNames, type FamilyName } from './families.ts';

/** One figure from a host's facts, as a metric has it; the host's own label is added when it is rendered. */
export const Measure = z.strictObject({
  family: z.enum(familyNames as [FamilyName, ...FamilyName[]]),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});
export type Measure = z.output<typeof Measure>;

/** The figures of one part of a report; none where the part has none, or could not be read. */
export function measuresOf(_part: string, _content: unknown): Measure[] {
  return [];
}
