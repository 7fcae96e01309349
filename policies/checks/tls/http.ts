import { z } from 'zod';
import { Doubt } from '../endpoints.ts';

/** What a server answered to `GET /` over HTTP, in plain or inside TLS. */
export const HttpAnswer = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('http'),
    status: z.int().min(100).max(599),
    /** The Location header of a redirect, as it was sent. */
    location: z.string().max(2048).nullable(),
    /** Every Strict-Transport-Security header, as it was sent (RFC 6797; the first one counts). */
    strictTransportSecurity: z.array(z.string().max(1024)).max(8),
  }),
  /** It answered with another protocol, or not at all after the greeting. */
  z.strictObject({ state: z.literal('other') }),
  z.strictObject({ state: z.literal('unknown'), why: Doubt }),
]);
export type HttpAnswer = z.output<typeof HttpAnswer>;
