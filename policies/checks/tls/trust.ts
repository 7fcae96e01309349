import { z } from 'zod';
import { Moment } from '../../quantities.ts';

/**
 * Which ways lead from a served leaf to a root that is trusted. Raw: a way stays one when a certificate on it expires,
 * so that it can be judged at any moment.
 */
export const TrustPath = z.strictObject({
  /** SHA-256 of each certificate's DER in hex, leaf first, root last. */
  fingerprints: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .max(16),
  /** The span in which every certificate on it is valid; from the latest beginning to the earliest end, both included. */
  notBefore: Moment,
  notAfter: Moment,
  /** A signature on it, but for the root's own, made over MD5 or SHA-1. */
  weakSignature: z.enum(['none', 'SHA-1', 'MD5']),
});
export type TrustPath = z.output<typeof TrustPath>;

export const Trust = z.strictObject({
  /** By whose roots: the system's, or those that agent.yaml adds. */
  system: z.array(TrustPath).max(16),
  configured: z.array(TrustPath).max(16),
  /**
   * Why there is no way at all; null where there is one. `incomplete-chain`: an issuer is known that was not sent along,
   * and even by way of it no root is reached. `no-roots` (a store of roots could not be read) and `unverifiable` (a
   * certificate or signature of a form not known here, or more ways than are followed) leave it open.
   */
  obstacle: z
    .enum([
      'self-signed',
      'unknown-issuer',
      'incomplete-chain',
      'bad-signature',
      'not-a-ca',
      'path-length',
      'name-constraints',
      'critical-extension',
      'wrong-purpose',
      'no-roots',
      'unverifiable',
    ])
    .nullable(),
  /** What the server sent beside it. */
  chain: z.strictObject({
    /** In the order in which each certifies the one before it. */
    ordered: z.boolean(),
    /** Certificates that no way uses. */
    needless: z.int().nonnegative(),
    /** A root was sent along. */
    holdsRoot: z.boolean(),
    /** Every way needs an intermediate that was not sent. */
    lacksIntermediate: z.boolean(),
  }),
});
export type Trust = z.output<typeof Trust>;
