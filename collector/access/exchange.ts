import { z } from 'zod';
import { AccessRecord } from './access-log.ts';

const Link = z.strictObject({ number: z.int().nonnegative(), hash: z.string() });

/** `GET /api/v1/access`: who did and saw what, newest first. */
export const AccessAnswer = z.strictObject({
  v: z.literal(1),
  dropped: Link,
  head: Link,
  brokenAt: z.int().nullable(),
  records: z.array(AccessRecord),
  /** To be given as `before` for the next page; null on the last. */
  next: z.int().nullable(),
});
export type AccessAnswer = z.output<typeof AccessAnswer>;
