import { EvidenceError } from '../evidence/error.ts';
import { ProblemDetails, Receipt, type Submission } from '../evidence/exchange.ts';
import { parseProof } from '../evidence/proof.ts';
import { verifyReceipt } from '../evidence/receipt.ts';
import { DamagedError } from './durable.ts';
import type { Identity } from './identity.ts';
import { describeFailure, postJson, type Answer as HttpAnswer } from './post.ts';
import { halt, haltOf, type Fork, type Halt } from './forks.ts';
import type { Delivered, Spool, SpooledReport, WaitingReport } from './spool.ts';

/** How one try to deliver ended. */
export type Delivery =
  | { readonly state: 'empty' }
  | { readonly state: 'delivered'; readonly seq: number; readonly index: number; readonly size: number }
  /** The collector is away or busy; `after` in seconds where it said so. */
  | { readonly state: 'away'; readonly why: string; readonly after?: number }
  /** The collector answered no, or its proof does not hold. The report is kept; somebody has to look. */
  | { readonly state: 'refused'; readonly code: string; readonly why: string }
  /** The log contradicted what it had signed before. Nothing more is sent to it until somebody acts. */
  | { readonly state: 'halted'; readonly code: string; readonly why: string; readonly evidence: string }
  /** It belongs to an enrolment that has been replaced and can never be delivered; it is kept in `file`. */
  | { readonly state: 'set-aside'; readonly file: string; readonly code: string; readonly why: string };

const requestSeconds = 60;

/** A collector that asks for more patience than this, in seconds, is asked again all the same. */
const maximumPatience = 3600;

/**
 * Sends the oldest report of the spool and lets it go only when the collector's proof of it has been verified.
 *
 * What can never be delivered stands in the way of all that follows, because numbers have no gaps: it stays `refused`
 * until the operator enrols the host anew. From then on the reports of the enrolment before no longer hold up the new
 * ones: those that still can be delivered are, the others are set aside.
 */
export async function deliverOldest(spool: Spool, identity: Identity, signal?: AbortSignal): Promise<Delivery> {
  const halted = haltOf(spool.logFolder);
  if (halted !== undefined) return describeHalt(halted);
  const oldest = spool.oldest();
  if (oldest === undefined) return { state: 'empty' };
  const delivery = await deliver(oldest, spool, identity, signal);
  if (delivery.state !== 'refused' || oldest.epoch >= identity.epoch || !isOfReport(delivery.code)) return delivery;
  return { ...delivery, state: 'set-aside', file: spool.setAside(oldest) };
}

/** Whether the report itself is what cannot be taken, rather than the log or the way to it what cannot be trusted. */
function isOfReport(code: string): boolean {
  return /^(data|report|agent)\./.test(code);
}

async function deliver(
  { content: report }: WaitingReport,
  spool: Spool,
  identity: Identity,
  signal: AbortSignal | undefined,
): Promise<Delivery> {
  if (report instanceof DamagedError) return { state: 'refused', code: report.code, why: report.message };
  const delivered = spool.delivered();
  const first = await submit(report, delivered, knownTo(delivered), identity, signal);
  // A collector that lost or erased what it had acknowledged before asks for it again: once more, with everything.
  const answer = first.state === 'incomplete' ? await submit(report, delivered, nothing, identity, signal) : first;
  switch (answer.state) {
    case 'refused':
      if (answer.code !== 'log.behind' || delivered === undefined) return answer;
      return stop(spool, delivered, { ...answer, shown: null, consistency: [] });
    case 'incomplete':
      return { state: 'refused', code: 'report.incomplete', why: 'the collector asks for parts that it was sent' };
    case 'answered':
      return settle(spool, report, delivered, answer.receipt, identity);
    default:
      return answer;
  }
}

/**
 * Seconds to wait before try number `attempt` (from 0): anything up to 1, 2, 4 ... 300 at random, so that agents that
 * lost their collector at one moment do not come back at one moment.
 * @param random between 0 and 1
 */
export function backOff(attempt: number, random: number): number {
  return random * Math.min(300, 2 ** Math.min(attempt, 20));
}

interface Known {
  readonly parts: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
}

const nothing: Known = { parts: new Set(), policies: new Set() };

function knownTo(delivered: Delivered | undefined): Known {
  return {
    parts: new Set(delivered?.parts.map(({ commitment }) => commitment)),
    policies: new Set(delivered?.policies),
  };
}

type Answer =
  Extract<Delivery, { state: 'away' | 'refused' }> | { state: 'incomplete' } | { state: 'answered'; receipt: Receipt };

async function submit(
  report: SpooledReport,
  delivered: Delivered | undefined,
  known: Known,
  identity: Identity,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const submission: Submission = {
    v: 1,
    envelope: report.envelope,
    parts: report.parts
      .filter(({ commitment }) => !known.parts.has(commitment))
      .map(({ name, salt, zstd }) => ({ name, salt, zstd })),
    policies: report.policies.filter(({ digest }) => !known.policies.has(digest)),
    held: delivered?.size ?? 0,
    ...(delivered === undefined ? {} : { checkpoint: delivered.checkpoint }),
  };
  let response: HttpAnswer;
  try {
    response = await postJson(new URL('/api/v1/reports', identity.collector), submission, requestSeconds, signal);
  } catch (error) {
    return { state: 'away', why: describeFailure(error) };
  }
  if (response.ok) {
    const receipt = Receipt.safeParse(response.body);
    if (receipt.success) return { state: 'answered', receipt: receipt.data };
    return { state: 'refused', code: 'receipt.malformed', why: 'the answer is not a receipt' };
  }
  const problem = ProblemDetails.safeParse(response.body).data;
  if (problem?.code === 'report.incomplete') return { state: 'incomplete' };
  const why = problem?.detail ?? problem?.title ?? `HTTP ${response.status}`;
  if (response.status === 429 || response.status >= 500) {
    const after = Number(response.headers.get('retry-after') ?? NaN);
    return { state: 'away', why, ...(after >= 0 ? { after: Math.min(after, maximumPatience) } : {}) };
  }
  return { state: 'refused', code: problem?.code ?? `http.${response.status}`, why };
}

function settle(
  spool: Spool,
  report: SpooledReport,
  delivered: Delivered | undefined,
  receipt: Receipt,
  identity: Identity,
): Delivery {
  try {
    const proven = verifyReceipt({ receipt, envelope: report.envelope, logKey: identity.logKey, held: delivered });
    spool.settle(report, { index: proven.index, size: proven.checkpoint.size, checkpoint: proven.note });
    return { state: 'delivered', seq: report.seq, index: proven.index, size: proven.checkpoint.size };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const { code, message: why } = error;
    if (delivered === undefined || !contradictions.has(code)) return { state: 'refused', code, why };
    const { checkpoint: shown } = parseProof(receipt.proof);
    return stop(spool, delivered, { code, why, shown, consistency: receipt.consistency });
  }
}

/** Found only once the head that the collector shows has been verified. */
const contradictions = new Set<EvidenceError['code']>(['receipt.fork', 'receipt.rollback']);

/** Keeps both words of the log: each alone looks true, and together they show that it was forked or set back. */
function stop(
  spool: Spool,
  { checkpoint: held }: Delivered,
  { code, why, shown, consistency }: Pick<Fork, 'code' | 'why' | 'shown' | 'consistency'>,
): Delivery {
  return describeHalt(halt(spool.logFolder, { at: new Date(), code, why, held, shown, consistency }));
}

function describeHalt({ code, why, evidence, at }: Halt): Delivery {
  return {
    state: 'halted',
    code,
    why: `${why}; since ${at} nothing is delivered to this log, and reports are kept: see docs/witness.md`,
    evidence,
  };
}
