import { EvidenceError } from '../evidence/error.ts';
import type { Envelope } from '../evidence/envelope.ts';
import { ProblemDetails, Receipt } from '../evidence/exchange.ts';
import { parseProof } from '../evidence/proof.ts';
import { verifyReceipt, type ProvenReceipt } from '../evidence/receipt.ts';
import { wantsCertificate } from './client-certificate.ts';
import { halt, type Fork, type Halt } from './forks.ts';
import { logKeysOf, type Identity, type Way } from './identity.ts';
import { describeFailure, postJson, type Answer as HttpAnswer } from './post.ts';
import type { Delivered, Spool } from './spool.ts';

/** Why something that was to stand in the log is not proven to. */
export type Unproven =
  /**
   * The collector is away or busy; `after` in seconds where it said so. `code` where it says itself that its log was
   * set back or forked, and takes nothing: it is asked again, because the true log may be restored.
   */
  | { readonly state: 'away'; readonly why: string; readonly after?: number; readonly code?: string }
  /** The collector answered no, or its proof does not hold. Somebody has to look. */
  | { readonly state: 'refused'; readonly code: string; readonly why: string }
  /** The log contradicted what it had signed before. Nothing more is sent to it until somebody acts. */
  | { readonly state: 'halted'; readonly code: string; readonly why: string; readonly evidence: string };

/** What the collector said; `incomplete`: it asks for what was left out because it should have had it. */
export type Answer =
  | Extract<Unproven, { state: 'away' | 'refused' }>
  | { readonly state: 'incomplete' }
  /** `wantsCertificate`: with the answer it asked this agent to renew its client certificate. */
  | { readonly state: 'answered'; readonly receipt: Receipt; readonly wantsCertificate: boolean };

/** With these a collector says that its log is not what it was. */
const admissions = new Set(['log.behind', 'log.forked']);

const requestSeconds = 60;

/** A collector that asks for more patience than this, in seconds, is asked again all the same. */
const maximumPatience = 3600;

/** Sends something that is to stand in the log. */
export async function askForReceipt(
  path: string,
  question: unknown,
  { collector, ca, client }: Way,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  let response: HttpAnswer;
  try {
    response = await postJson(new URL(path, collector), question, { seconds: requestSeconds, signal, ca, client });
  } catch (error) {
    return { state: 'away', why: describeFailure(error) };
  }
  if (response.ok) {
    const receipt = Receipt.safeParse(response.body);
    if (receipt.success) {
      return { state: 'answered', receipt: receipt.data, wantsCertificate: wantsCertificate(response) };
    }
    return { state: 'refused', code: 'receipt.malformed', why: 'the answer is not a receipt' };
  }
  const problem = ProblemDetails.safeParse(response.body).data;
  if (problem?.code === 'report.incomplete') return { state: 'incomplete' };
  const why = problem?.detail ?? problem?.title ?? `HTTP ${response.status}`;
  if (response.status === 429 || response.status >= 500) {
    const after = Number(response.headers['retry-after'] ?? NaN);
    return {
      state: 'away',
      why,
      ...(after >= 0 ? { after: Math.min(after, maximumPatience) } : {}),
      ...(problem !== undefined && admissions.has(problem.code) ? { code: problem.code } : {}),
    };
  }
  return { state: 'refused', code: problem?.code ?? `http.${response.status}`, why };
}

/** What is held of the log, for the collector to prove that its answer continues it. */
export function heldOf(delivered: Delivered | undefined): { held: number; checkpoint?: string } {
  return delivered === undefined ? { held: 0 } : { held: delivered.size, checkpoint: delivered.checkpoint };
}

/**
 * Verifies a receipt, and keeps what shows a fork where the log contradicts what is held of it.
 * @param envelope what was sent
 */
export function prove(
  receipt: Receipt,
  envelope: Envelope,
  identity: Pick<Identity, 'logKey' | 'laterLogKeys'>,
  spool: Spool,
): Unproven | { readonly state: 'proven'; readonly proven: ProvenReceipt } {
  const delivered = spool.delivered();
  const [logKey = '', ...formerLogKeys] = logKeysOf(identity).reverse();
  try {
    const proven = verifyReceipt({ receipt, envelope, logKey, formerLogKeys, held: delivered });
    return { state: 'proven', proven };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const { code, message: why } = error;
    if (delivered === undefined || !contradictions.has(code)) return { state: 'refused', code, why };
    const { checkpoint: shown } = parseProof(receipt.proof);
    return stop(spool, delivered, { code, why, shown, consistency: receipt.consistency });
  }
}

/** A collector whose log has fewer entries than are held of it was set back. */
export function heed(answer: Extract<Unproven, { state: 'refused' }>, spool: Spool): Unproven {
  const delivered = spool.delivered();
  if (answer.code !== 'log.behind' || delivered === undefined) return answer;
  return stop(spool, delivered, { ...answer, shown: null, consistency: [] });
}

/** Found only once the head that the collector shows has been verified. */
const contradictions = new Set<EvidenceError['code']>(['receipt.fork', 'receipt.rollback']);

/** Keeps both words of the log: each alone looks true, and together they show that it was forked or set back. */
function stop(
  spool: Spool,
  { checkpoint: held }: Delivered,
  { code, why, shown, consistency }: Pick<Fork, 'code' | 'why' | 'shown' | 'consistency'>,
): Unproven {
  return describeHalt(halt(spool.logFolder, { at: new Date(), code, why, held, shown, consistency }));
}

export function describeHalt({ code, why, evidence, at }: Halt): Unproven {
  return {
    state: 'halted',
    code,
    why: `${why}; since ${at} nothing is delivered to this log, and reports are kept: see docs/witness.md`,
    evidence,
  };
}
