import { z } from 'zod';

/** The key `updates` of agent.yaml. */
export const UpdatesSettings = z.object({
  updates: z
    .strictObject({
      /** A newer table of ends of support, in the form of docs/checks/updates.md. */
      endOfLife: z.string().startsWith('/', 'expected an absolute path').max(1024).optional(),
      /** Days on which an upgrade could not wait for the agreed hours. */
      emergencies: z
        .array(
          z.strictObject({
            on: z.iso.date(),
            /** The number of the case in the operator's own records; no names of people. */
            reference: z.string().min(1).max(128),
          }),
        )
        .max(1000)
        .default([]),
    })
    .optional(),
});
export type UpdatesSettings = z.output<typeof UpdatesSettings>;
