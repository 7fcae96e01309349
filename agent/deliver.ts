import type { Submission } from '../evidence/exchange.ts';
import { DamagedError } from './durable.ts';
import { haltOf } from './forks.ts';
import type { Sender } from './identity.ts';
import { askForReceipt, describeHalt, heed, heldOf, prove, type Answer, type Unproven } from './receipts.ts';
import type { Delivered, Spool, SpooledReport, WaitingReport } from './spool.ts';

/** How one try to deliver ended. Of a report that is not delivered, nothing is lost: it is kept. */
export type Delivery =
  | Unproven
  | { readonly state: 'empty' }
  | {
      readonly state: 'delivered';
      readonly seq: number;
      readonly index: number;
      readonly size: number;
      /** The collector asked this agent to renew its client certificate. */
      readonly wantsCertificate: boolean;
    }
  /** It belongs to an enrolment that has been replaced and can never be delivered; it is kept in `file`. */
  | { readonly state: 'set-aside'; readonly file: string; readonly code: string; readonly why: string };

/**
 * Sends the oldest report of the spool and lets it go only when the collector's proof of it has been verified.
 *
 * What can never be delivered stands in the way of all that follows, because numbers have no gaps: it stays `refused`
 * until the operator enrols the host anew. From then on the reports of the enrolment before no longer hold up the new
 * ones: those that still can be delivered are, the others are set aside.
 */
export async function deliverOldest(spool: Spool, identity: Sender, signal?: AbortSignal): Promise<Delivery> {
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
  identity: Sender,
  signal: AbortSignal | undefined,
): Promise<Delivery> {
  if (report instanceof DamagedError) return { state: 'refused', code: report.code, why: report.message };
  const delivered = spool.delivered();
  const first = await submit(report, delivered, knownTo(delivered), identity, signal);
  // A collector that lost or erased what it had acknowledged before asks for it again: once more, with everything.
  const answer = first.state === 'incomplete' ? await submit(report, delivered, nothing, identity, signal) : first;
  switch (answer.state) {
    case 'refused':
      return heed(answer, spool);
    case 'incomplete':
      return { state: 'refused', code: 'report.incomplete', why: 'the collector asks for parts that it was sent' };
    case 'away':
      return answer;
    case 'answered': {
      const outcome = prove(answer.receipt, report.envelope, identity, spool);
      if (outcome.state !== 'proven') return outcome;
      const { index, checkpoint, note } = outcome.proven;
      spool.settle(report, { index, size: checkpoint.size, checkpoint: note });
      const { wantsCertificate } = answer;
      return { state: 'delivered', seq: report.seq, index, size: checkpoint.size, wantsCertificate };
    }
  }
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

function submit(
  report: SpooledReport,
  delivered: Delivered | undefined,
  known: Known,
  identity: Sender,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const submission: Submission = {
    v: 1,
    envelope: report.envelope,
    parts: report.parts
      .filter(({ commitment }) => !known.parts.has(commitment))
      .map(({ name, salt, zstd }) => ({ name, salt, zstd })),
    policies: report.policies.filter(({ digest }) => !known.policies.has(digest)),
    ...heldOf(delivered),
  };
  return askForReceipt('/api/v1/reports', submission, identity, signal);
}
