import { z } from 'zod';
import { AgentRevoked, PayloadErased } from '../../evidence/entry.ts';
import { AgentName } from '../../evidence/report.ts';
import { Moment } from '../../policies/quantities.ts';

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

/** `POST /api/v1/enrolment-tokens` */
export const EnrolmentTokenRequest = z.strictObject({
  v: z.literal(1),
  /** The only one that may use it. */
  agent: AgentName,
  /** Seconds that it holds. */
  validity: z
    .int()
    .min(60)
    .max(7 * 86_400)
    .default(3600),
});
export type EnrolmentTokenRequest = z.input<typeof EnrolmentTokenRequest>;

/** `secret` is told this once. */
export const EnrolmentTokenAnswer = z.strictObject({ v: z.literal(1), id: z.string(), secret: z.string() });
export type EnrolmentTokenAnswer = z.output<typeof EnrolmentTokenAnswer>;

/** `POST /api/v1/erasures`: one step of an erasure; to be asked again until nothing is left. */
export const ErasureRequest = z
  .strictObject({
    v: z.literal(1),
    /** Parts that this host's reports commit to. */
    host: AgentName.optional(),
    /** Parts to which no report commits that was received at this moment or later. */
    before: Moment.optional(),
    ground: PayloadErased.shape.ground,
    reference: PayloadErased.shape.reference,
    /** Only count. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ host, before }) => host !== undefined || before !== undefined, 'expected a host, a moment, or both');
export type ErasureRequest = z.input<typeof ErasureRequest>;

export const ErasureAnswer = z.discriminatedUnion('state', [
  /** Which reports commit to which parts is read from the log first. */
  z.strictObject({ v: z.literal(1), state: z.literal('reading'), read: z.int(), of: z.int() }),
  /** `index`: of the entry that says so; null where there was nothing to erase. */
  z.strictObject({
    v: z.literal(1),
    state: z.literal('erased'),
    index: z.int().nullable(),
    parts: z.int(),
    isLeft: z.boolean(),
  }),
  z.strictObject({ v: z.literal(1), state: z.literal('counted'), parts: z.int(), isAll: z.boolean() }),
]);
export type ErasureAnswer = z.output<typeof ErasureAnswer>;
