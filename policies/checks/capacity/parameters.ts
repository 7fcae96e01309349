import { z } from 'zod';
import { Duration } from '../../quantities.ts';

const Percent = z.int().min(1).max(100);

export const CapacityParameters = z.strictObject({
  of: z
    .array(z.enum(['disks', 'memory', 'load', 'trend', 'quotas']))
    .min(1)
    .default(['disks', 'memory', 'load']),
  /** Percent of the space, or data of a thin pool, that may be used. */
  maximumDisk: Percent.default(90),
  maximumInodes: Percent.default(90),
  /** Percent of memory that must be available: in steps of 5, as facts are. */
  minimumMemory: Percent.multipleOf(5).default(10),
  maximumSwap: Percent.multipleOf(5).default(80),
  /** For each processor, over 15 minutes: in steps of 0.5, as facts are. */
  maximumLoad: z.number().positive().max(1000).multipleOf(0.5).default(2),
  /** How far away the day must be on which a file system is full. */
  timeToFull: Duration.default(14 * 86_400),
  /** Percent of a user's quota from which on it must be reported; facts tell of no less than 50. */
  maximumQuota: z.int().min(50).max(100).default(80),
  /** What a host without quotas comes out as. */
  withoutQuotas: z.enum(['unknown', 'not-applicable']).default('unknown'),
});
export type CapacityParameters = z.output<typeof CapacityParameters>;
