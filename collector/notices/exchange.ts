import { z } from 'zod';

/** `GET /api/v1/notices`: who is told, and of what messages went, wait or failed; newest first. */
export const NoticesAnswer = z.strictObject({
  v: z.literal(1),
  receivers: z.array(
    z.strictObject({
      name: z.string(),
      by: z.enum(['mail', 'webhook']),
      language: z.enum(['nl', 'en']),
      severity: z.string(),
      about: z.array(z.string()),
      pending: z.int(),
      waiting: z.int(),
      sent: z.int(),
      failed: z.int(),
    }),
  ),
  messages: z.array(
    z.strictObject({
      id: z.string(),
      receiver: z.string(),
      made: z.string(),
      notices: z.int(),
      subject: z.string(),
      state: z.enum(['waiting', 'sent', 'failed']),
      attempts: z.int(),
      next: z.string(),
      ended: z.string().nullable(),
      error: z.string().nullable(),
    }),
  ),
});
export type NoticesAnswer = z.output<typeof NoticesAnswer>;

/** `POST /api/v1/notices/trial`: sends a trial at once, and tells whether it was taken. */
export const TrialRequest = z.strictObject({ v: z.literal(1), receiver: z.string().max(64) });
export const TrialAnswer = z.strictObject({ v: z.literal(1), receiver: z.string(), taken: z.literal(true) });
export type TrialAnswer = z.output<typeof TrialAnswer>;
