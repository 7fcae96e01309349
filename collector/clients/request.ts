import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { openEnvelope, unverifiedPayload, type Envelope } from '../../evidence/envelope.ts';
import { EvidenceError } from '../../evidence/error.ts';
import {
  CertificateRequest,
  certificateRequestPayloadType,
  type CertificateAnswer,
  type CertificateSubmission,
} from '../../evidence/exchange.ts';
import { parseJson } from '../../evidence/json.ts';
import { publicKeyFromRaw } from '../../evidence/keys.ts';
import type { Tokens } from '../access/tokens.ts';
import { assertCounting } from '../administration/revoke.ts';
import { Problem } from '../problem.ts';
import type { Store } from '../store/store.ts';
import { certify } from './agents.ts';
import type { ClientAuthority } from './authority.ts';
import { assertOwnConnection, type Connection } from './door.ts';

export interface CertificateDependencies {
  /** Undefined where agents have no client certificates. */
  readonly authority: ClientAuthority | undefined;
  readonly store: Pick<Store, 'agent'>;
  readonly tokens: Pick<Tokens, 'hasEnrolled'>;
  readonly logger: Pick<Logger, 'info'>;
}

/**
 * Makes a client certificate for an agent that signs for it with the key that counts, and shows that it has the key that it
 * is for. Nothing of it is kept: what ends a certificate is the end of the enrolment, or its own.
 * @param connection of the agent by the certificate that it has, or where it needs none; throws where it needs one
 * @throws Problem
 */
export function answerCertificateRequest(
  { envelope, token }: CertificateSubmission,
  connection: () => Connection,
  at: Date,
  { authority, store, tokens, logger }: CertificateDependencies,
): CertificateAnswer {
  if (authority === undefined) {
    throw new Problem(
      404,
      'certificate.off',
      'this collector makes no client certificates: tls.clientCertificates is off',
    );
  }
  const request = parseRequest(unverifiedPayload(envelope));
  const { agent, epoch } = request;
  const stored = store.agent(agent, epoch);
  if (stored === undefined) {
    throw new Problem(403, 'agent.unknown', `no agent ${agent} of epoch ${epoch} is enrolled here`);
  }
  assertCounting(agent, stored);
  const raw = Buffer.from(stored.publicKey);
  const publicKey = keyOf(request);
  if (raw.equals(Buffer.from(request.publicKey, 'base64'))) {
    throw new Problem(400, 'certificate.request', 'publicKey signs reports: connections need a key of their own');
  }
  verify(envelope, [publicKeyFromRaw(raw), publicKey]);
  if (token === undefined) assertOwnConnection(connection(), agent);
  else assertEnrolled(tokens.hasEnrolled(token, agent, raw.toString('base64'), at));
  const certificate = certify({ agent, epoch }, publicKey, authority, at);
  if (certificate === undefined) {
    const end = authority.certificate.validToDate.toISOString();
    const remedy = 'have the operator change it (waarborg rotate authority)';
    throw new Problem(503, 'certificate.authority', `the authority of this collector ended at ${end}; ${remedy}`);
  }
  logger.info({ agent, epoch }, 'client certificate made');
  return { v: 1, certificate };
}

function parseRequest(payload: Uint8Array): CertificateRequest {
  const parsed = CertificateRequest.safeParse(parseJson(payload));
  if (parsed.success) return parsed.data;
  throw new Problem(400, 'certificate.request', 'the payload is no request for a certificate of version 1');
}

function keyOf({ publicKey }: CertificateRequest): KeyObject {
  try {
    return publicKeyFromRaw(Buffer.from(publicKey, 'base64'));
  } catch {
    throw new Problem(400, 'certificate.request', 'publicKey is no Ed25519 key of 32 bytes in base64');
  }
}

function verify(envelope: Envelope, keys: readonly KeyObject[]): void {
  try {
    for (const key of keys) openEnvelope(envelope, key, certificateRequestPayloadType);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Problem(
      403,
      'certificate.signature',
      `not signed with both the agent’s key and the one that it is for: ${error.message}`,
    );
  }
}

function assertEnrolled(isSo: boolean): void {
  if (isSo) return;
  throw new Problem(401, 'token.invalid', 'this agent was not enrolled with this token, or the token has ended');
}
