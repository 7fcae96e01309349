import { z } from 'zod';
import { Duration } from '../../quantities.ts';
import { lagSteps, pausedSteps } from './facts.ts';

export const ReplicationParameters = z.strictObject({
  /** How far a copy may be behind. Facts tell it in steps, so the limit is one of them. */
  maximumLag: Duration.refine(
    (seconds) => lagSteps.includes(seconds),
    'expected 10s, 30s, 1m, 5m, 10m, 30m, 1h, 6h or 1d',
  ).default(60),
  /** `required`: a write counts only once a copy has it. */
  acknowledgement: z.enum(['any', 'required']).default('any'),
  /** Percent of the time for which members of a cluster may hold up all writes. */
  maximumPaused: z
    .number()
    .refine((percent) => pausedSteps.includes(percent), 'expected 1, 5, 10, 25, 50 or 100')
    .default(10),
});
export type ReplicationParameters = z.output<typeof ReplicationParameters>;
