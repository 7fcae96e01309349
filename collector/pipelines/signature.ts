import { createPublicKey, verify } from 'node:crypto';
import { isFuture, secondsBetween } from '../../policies/quantities.ts';
import { Problem } from '../problem.ts';

/** What is signed: the moment, the control, and the body as it is. */
export interface SignedEvidence {
  /** Seconds since 1970, as the header has it. */
  readonly timestamp: string;
  readonly policy: string;
  readonly control: string;
  readonly body: Buffer;
}

/** How old a signature may be, in seconds: one that somebody copied is worth nothing later. */
const longest = 300;

export function signedBytes({ timestamp, policy, control, body }: SignedEvidence): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}.${policy}/${control}.`), body]);
}

/**
 * Holds evidence to the key of its token.
 * @param signature base64 of Ed25519 over `signedBytes`
 * @throws Problem `evidence.signature`
 */
export function assertSigned(publicKey: string, signed: SignedEvidence, signature: string | undefined, at: Date): void {
  const seconds = /^\d{1,12}$/.test(signed.timestamp) ? Number(signed.timestamp) : Number.NaN;
  const moment = new Date(seconds * 1000);
  const isNow = !Number.isNaN(seconds) && !isFuture(moment.toISOString(), at) && secondsBetween(moment, at) <= longest;
  const bytes = Buffer.from(signature ?? '', 'base64');
  if (isNow && verify(null, signedBytes(signed), createPublicKey(publicKey), bytes)) return;
  throw new Problem(
    403,
    'evidence.signature',
    `this token takes only what its key signed, at most ${longest} seconds ago: see docs/people.md`,
  );
}
