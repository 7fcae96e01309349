import { z } from 'zod';
import { endpointIdentity, Listening } from '../endpoints.ts';
import { HttpAnswer } from '../tls/http.ts';

/** What came back for one request; `closed`: the connection ended without one byte. */
export const WebAnswer = z.union([HttpAnswer, z.strictObject({ state: z.literal('closed') })]);
export type WebAnswer = z.output<typeof WebAnswer>;

const identity = {
  ...endpointIdentity,
  /** From where a socket that was found takes connections. */
  reach: z.enum(['loopback', 'network']).optional(),
  /** A server's configuration says that this is HTTP. */
  configured: z.boolean(),
};

/**
 * The way from `GET /` in plain text: what was asked, and what came back, one step a redirect. Null: it leads to where
 * no server of this host is, and was not asked.
 */
export const PlainWay = z.strictObject({
  ...identity,
  steps: z
    .array(z.strictObject({ url: z.string().max(2500), answer: WebAnswer.nullable() }))
    .min(1)
    .max(6),
});
export type PlainWay = z.output<typeof PlainWay>;

/** What `GET /` over TLS brought. */
export const SecureAnswer = z.strictObject({ ...identity, answer: WebAnswer });
export type SecureAnswer = z.output<typeof SecureAnswer>;

export const HttpsFacts = z.strictObject({
  listening: Listening,
  plain: z.array(PlainWay).max(20_000),
  secure: z.array(SecureAnswer).max(20_000),
});
export type HttpsFacts = z.output<typeof HttpsFacts>;
