import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { signEnvelope } from '../evidence/envelope.ts';
import {
  CertificateAnswer,
  certificateHeader,
  certificateRequestPayloadType,
  ProblemDetails,
  type CertificateRequest,
  type CertificateSubmission,
} from '../evidence/exchange.ts';
import { rawPublicKey } from '../evidence/keys.ts';
import { AgentName } from '../evidence/report.ts';
import { DamagedError, readStored, removeDurably, writeDurably } from './durable.ts';
import type { ClientCertificate, Identity, Sender, Way } from './identity.ts';
import { describeFailure, postJson, type Answer } from './post.ts';

/**
 * The certificate with which an agent shows its collector whose connection it is (docs/keys.md). A file of its own beside
 * the identity: it comes and goes, and an agent of the version before knows nothing of it.
 */
const Stored = z.strictObject({
  v: z.literal(1),
  /** The enrolment that it is of. */
  agent: AgentName,
  epoch: z.int().positive(),
  /** PKCS#8 in PEM. */
  key: z.string(),
  /** PEM. */
  certificate: z.string(),
});

const certificateFile = 'client-certificate.json';

const requestSeconds = 30;

/**
 * The certificate of an enrolment; undefined where there is none, or one of another enrolment.
 * @throws DamagedError
 */
export function loadClientCertificate(
  data: string,
  { agent, epoch }: Pick<Identity, 'agent' | 'epoch'>,
): ClientCertificate | undefined {
  const file = join(data, certificateFile);
  const stored = readStored(file, Stored);
  if (stored?.agent !== agent || stored.epoch !== epoch) return undefined;
  const { key, certificate } = stored;
  if (isPair(key, certificate)) return { key, certificate };
  throw new DamagedError(file, 'its key is not that of its certificate');
}

/** As `loadClientCertificate`; one that is damaged keeps nobody from making reports, and the collector from making another. */
export function openClientCertificate(
  data: string,
  enrolment: Pick<Identity, 'agent' | 'epoch'>,
  log: Pick<Logger, 'error'>,
): ClientCertificate | undefined {
  try {
    return loadClientCertificate(data, enrolment);
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    log.error({ code: error.code }, error.message);
    return undefined;
  }
}

export function saveClientCertificate(
  data: string,
  { agent, epoch }: Pick<Identity, 'agent' | 'epoch'>,
  client: ClientCertificate,
): void {
  writeDurably(join(data, certificateFile), JSON.stringify({ v: 1, agent, epoch, ...client }));
}

export function removeClientCertificate(data: string): void {
  removeDurably(join(data, certificateFile));
}

/** Whether a collector that answered so wants this agent to ask for a certificate, or for a newer one. */
export function wantsCertificate({ headers }: Pick<Answer, 'headers'>): boolean {
  return headers[certificateHeader] === 'wanted';
}

/** Why there is no new certificate. */
export interface Uncertified {
  readonly code: string;
  readonly why: string;
}

/**
 * Has the collector make a certificate for a new key, which stays here. The key that signs reports signs for it.
 * @param token at enrolment, where there is no earlier certificate to come with
 */
export async function requestClientCertificate(
  { agent, epoch, key: own, collector, ca, client }: Way & Pick<Identity, 'agent' | 'epoch' | 'key'>,
  { token, signal }: { readonly token?: string; readonly signal?: AbortSignal | undefined },
): Promise<ClientCertificate | Uncertified> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const request: CertificateRequest = { v: 1, agent, epoch, publicKey: rawPublicKey(privateKey).toString('base64') };
  const envelope = signEnvelope(certificateRequestPayloadType, Buffer.from(JSON.stringify(request)), own, privateKey);
  const submission: CertificateSubmission = { v: 1, envelope, ...(token === undefined ? {} : { token }) };
  let response: Answer;
  try {
    const options = { seconds: requestSeconds, signal, ca, client };
    response = await postJson(new URL('/api/v1/certificates', collector), submission, options);
  } catch (error) {
    return { code: 'certificate.unanswered', why: describeFailure(error) };
  }
  if (!response.ok) {
    const problem = ProblemDetails.safeParse(response.body).data;
    const why = problem?.detail ?? `HTTP ${response.status}`;
    return { code: problem?.code ?? `http.${response.status}`, why };
  }
  const { data: answer } = CertificateAnswer.safeParse(response.body);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  if (answer !== undefined && isPair(key, answer.certificate)) return { key, certificate: answer.certificate };
  return { code: 'certificate.answer', why: 'the answer is no certificate for the key that was sent' };
}

/**
 * Asks for a newer certificate and keeps it. Where there is none, the one before is used for as long as it counts, and the
 * next delivery asks again.
 */
export async function renewClientCertificate(
  data: string,
  sender: Sender,
  { log, signal }: { readonly log: Pick<Logger, 'info' | 'warn'>; readonly signal: AbortSignal | undefined },
): Promise<ClientCertificate | undefined> {
  const answer = await requestClientCertificate(sender, { signal });
  if ('code' in answer) {
    log.warn(answer, 'the client certificate is not renewed yet');
    return undefined;
  }
  saveClientCertificate(data, sender, answer);
  const { validToDate: notAfter } = new X509Certificate(answer.certificate);
  log.info({ notAfter: notAfter.toISOString() }, 'client certificate renewed');
  return answer;
}

function isPair(key: string, certificate: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
