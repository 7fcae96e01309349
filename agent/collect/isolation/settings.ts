import { z } from 'zod';

const SiteName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'expected a host name in lower case');

export const IsolationSettings = z.object({
  isolation: z
    .strictObject({
      /**
       * Which sites belong to one customer, who may share a user; `accounts`: those whose folders one account owns, as in a
       * panel. Left out: each site is a customer.
       */
      customers: z
        .union([
          z.literal('accounts'),
          z
            .array(
              z.strictObject({
                /** A number or a handle; leaves the host as a pseudonym only. */
                customer: z.string().min(1).max(128),
                sites: z.array(SiteName).min(1).max(1000),
              }),
            )
            .max(10_000),
        ])
        .optional(),
      /** Whether the agent, as root, may try with the rights of one site's account to read what is another's. */
      crossRead: z.boolean().default(false),
    })
    .prefault({}),
});
export type IsolationOptions = z.output<typeof IsolationSettings>['isolation'];
