import { z } from 'zod';
import { Duration } from '../../quantities.ts';
import { Service } from './facts.ts';

const day = 86_400;

export const BruteForceParameters = z
  .strictObject({
    /** Services whose logins must be protected, as far as they listen. */
    protects: z.array(Service).min(1).optional(),
    /** Whether something must watch for intruders. */
    intrusionDetection: z.literal(true).optional(),
    minimumBan: Duration.default(120),
    maximumAttempts: z.int().min(1).default(20),
    /** How long ago a log may have been written for the last time. */
    maximumLogSilence: Duration.default(7 * day),
    maximumRuleAge: Duration.default(14 * day),
    maximumScanAge: Duration.default(2 * day),
  })
  .refine(
    ({ protects, intrusionDetection }) => protects !== undefined || intrusionDetection !== undefined,
    'expected "protects" or "intrusionDetection"',
  );
export type BruteForceParameters = z.output<typeof BruteForceParameters>;
