import { z } from 'zod';
import { Duration } from '../../quantities.ts';
import { groups } from './facts.ts';

export const Parameters = z.strictObject({
  /** Seconds; counted from the start (UTC) of the day that is recorded, or from a moment that is. */
  maximumAge: Duration.prefault('183d'),
  /** Whose passwords: the system's own accounts, their SSH keys, databases, the administrators of sites, files such as htpasswd. */
  of: z.array(z.enum(groups)).min(1).default(['system']),
  /**
   * Of the system's accounts: `all`: whoever has a password. `with-shell`: leaves out accounts whose shell refuses
   * logins, such as those that exist for FTP or mail only; an empty password counts all the same.
   */
  accounts: z.enum(['all', 'with-shell']).default('all'),
  /** Whether a password must also be changed once someone who knew it has left. */
  afterDeparture: z.boolean().default(true),
});
export type Parameters = z.output<typeof Parameters>;
