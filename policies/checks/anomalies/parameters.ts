import { z } from 'zod';
import { Duration } from '../../quantities.ts';
import { queueSteps } from './facts.ts';

const common = {
  /** How many times the median of the days before counts as unusual. */
  factor: z.number().min(1.1).max(1000).default(5),
  /** For how long a finding counts: whole days, up to two weeks. */
  lookBack: Duration.refine(
    (seconds) => seconds % 86_400 === 0 && seconds <= 14 * 86_400,
    'expected whole days, 14d at most',
  ).default(7 * 86_400),
};
const Finding = z.enum(['fail', 'note']);

/** One of two watches: who comes in, or how much goes out. */
export const AnomaliesParameters = z.discriminatedUnion('watch', [
  z.strictObject({
    watch: z.literal('logins'),
    ...common,
    /** Refused logins a day and service. */
    maximumFailed: z.int().min(1).default(5000),
    /** What logins from addresses never seen before come out as, those outside of the host's hours, and those as root. */
    unseenAddresses: Finding.default('fail'),
    oddHours: Finding.default('fail'),
    rootLogins: Finding.default('fail'),
  }),
  z.strictObject({
    watch: z.literal('volume'),
    ...common,
    of: z
      .array(z.enum(['mail', 'traffic', 'storage']))
      .min(1)
      .default(['mail', 'traffic', 'storage']),
    /** Messages in the queue. */
    maximumQueue: z
      .int()
      .refine((count) => queueSteps.includes(count), `expected one of ${queueSteps.join(', ')}`)
      .default(500),
    /** Messages a day and account. */
    maximumSent: z.int().min(1).default(1000),
    /** Percent of a file system in seven days. */
    maximumGrowth: z.number().min(1).max(100).default(20),
  }),
]);
export type AnomaliesParameters = z.output<typeof AnomaliesParameters>;
export type LoginParameters = Extract<AnomaliesParameters, { watch: 'logins' }>;
export type VolumeParameters = Extract<AnomaliesParameters, { watch: 'volume' }>;
