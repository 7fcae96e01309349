import { z } from 'zod';
import { parseNetwork } from '../../networks.ts';

/** `10.8.0.0/24` or an address. */
export const NetworkText = z
  .string()
  .max(64)
  .refine((text) => parseNetwork(text) !== undefined, 'expected an address or a network such as 10.8.0.0/24');

export const Parameters = z
  .strictObject({
    /** How many different factors every login takes. */
    factors: z.literal(2).optional(),
    /** From where alone logins are taken: these networks, or those that agent.yaml names as `managementAddresses`. */
    addresses: z.union([z.literal('management'), z.array(NetworkText).min(1).max(128)]).optional(),
    /** `never`: root cannot log in; `keys`: never without an SSH key. */
    root: z.enum(['never', 'keys']).optional(),
    /** `never-alone`: a password alone lets nobody in, and an empty one least of all. */
    passwords: z.literal('never-alone').optional(),
    /** `strong`: no algorithm is offered that is known to be weak, and no short host key. */
    algorithms: z.literal('strong').optional(),
  })
  .refine((asked) => Object.values(asked).some((value) => value !== undefined), 'expected at least one parameter');
export type Parameters = z.output<typeof Parameters>;
