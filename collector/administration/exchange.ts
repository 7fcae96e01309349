import { z } from 'zod';
import { AgentRevoked } from '../../evidence/entry.ts';

/** What operators ask of the collector over HTTP, as JSON, and what it answers. */

/** `POST /api/v1/hosts/:host/revoke` */
export const RevocationRequest = z.strictObject({
  v: z.literal(1),
  reason: AgentRevoked.shape.reason,
  /** One enrolment only; left out: all of the host's that still count. */
  epoch: z.int().positive().optional(),
});
export type RevocationRequest = z.output<typeof RevocationRequest>;

export const RevocationAnswer = z.strictObject({
  v: z.literal(1),
  agent: z.string(),
  /** Each enrolment that no longer counts, and the entry of the log that says so. */
  revoked: z.array(z.strictObject({ epoch: z.int(), index: z.int() })),
});
export type RevocationAnswer = z.output<typeof RevocationAnswer>;
