import { hash } from 'node:crypto';
import { EvidenceError } from '../error.ts';
import { sha256Oid } from './algorithms.ts';
import type { Authorities } from './authorities.ts';
import { verifyIsForTimestamps } from './certificate.ts';
import { verifySignature } from './signature.ts';
import { parseToken, type TimestampToken } from './token.ts';

/** What a token shows: its text existed at that moment. */
export interface Timestamp {
  readonly token: TimestampToken;
  /** By the authority's clock. */
  readonly at: Date;
  /** The authority that vouches for the signer, by its certificate; undefined where none that is trusted does. */
  readonly authority: string | undefined;
}

/**
 * Verifies a time-stamp token (RFC 3161) over a text: the imprint is the text's SHA-256, the signature holds, the
 * certificate is for time stamps. Without an authority that vouches for it, it could be anybody's.
 * @param der the TimeStampToken
 * @throws EvidenceError `timestamp.malformed`, `timestamp.algorithm`, `timestamp.imprint`, `timestamp.signature`,
 *   `timestamp.certificate`
 */
export function verifyTimestamp(der: Uint8Array, text: string, authorities: Authorities): Timestamp {
  const token = parseToken(der);
  const { imprint, at } = token.info;
  if (imprint.algorithm !== sha256Oid || !hash('sha256', text, 'buffer').equals(imprint.hash)) {
    throw new EvidenceError('timestamp.imprint', 'the token is over something else than this head of the log');
  }
  const signer = verifySignature(token);
  verifyIsForTimestamps(signer);
  return { token, at, authority: authorities.nameFor(signer, token.certificates, at) };
}
