import { z } from 'zod';
import { Duration } from '../../quantities.ts';

export const aspects = ['known', 'departed', 'keys', 'root', 'files', 'unique'] as const;
export type Aspect = (typeof aspects)[number];

export const Parameters = z
  .strictObject({
    /**
     * `known`: whoever can log in is in the roster. `departed`: who left cannot. `keys`: every SSH key is somebody's of
     * the roster. `root`: nobody becomes root but by the roster. `files`: no program gives root that came with no package.
     * `unique`: no user number, and no login of a site, is shared.
     */
    require: z.array(z.enum(aspects)).default([]),
    /** Which logins count: `any`, or those over SSH. */
    by: z.enum(['any', 'ssh']).default('any'),
    /** Seconds within which the roster must have been reviewed. */
    reviewedWithin: Duration.optional(),
    /** Seconds within which an account that can log in must have been used. */
    usedWithin: Duration.optional(),
  })
  .refine(
    ({ require, reviewedWithin, usedWithin }) => require.length > 0 || (reviewedWithin ?? usedWithin) !== undefined,
    'expected something to require',
  );
export type Parameters = z.output<typeof Parameters>;
