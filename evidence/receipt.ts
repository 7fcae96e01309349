import { openCheckpoint, type Checkpoint, type OpenCheckpoint } from './checkpoint.ts';
import { decodeEntry, type Entry } from './entry.ts';
import type { Envelope } from './envelope.ts';
import { EvidenceError } from './error.ts';
import type { Receipt } from './exchange.ts';
import { verifyConsistency } from './merkle.ts';
import { parseProof, verifyProof } from './proof.ts';
import { parseLogKey } from './vkey.ts';

export interface ReceiptClaim {
  readonly receipt: Receipt;
  /** What was sent. */
  readonly envelope: Envelope;
  /** The log's verification key in force: it must have signed the new head. */
  readonly logKey: string;
  /** Those before it: one of them may have signed the head that is held. */
  readonly formerLogKeys?: readonly string[];
  /** The newest checkpoint held so far, as its signed note. */
  readonly held: { readonly checkpoint: string } | undefined;
}

export interface ProvenReceipt {
  /** Its place in the log. */
  readonly index: number;
  readonly checkpoint: OpenCheckpoint;
  /** The checkpoint's signed note, to be kept. */
  readonly note: string;
}

/**
 * Verifies a collector's answer to a report or rotation: that its log holds this very envelope, and still holds all that the
 * checkpoint held so far promised.
 * @throws EvidenceError `receipt.entry` where another report is proven, `receipt.rollback` or `receipt.fork` where
 *   the log is not a continuation of what was held, and those of `verifyProof`
 */
export function verifyReceipt({ receipt, envelope, logKey, formerLogKeys = [], held }: ReceiptClaim): ProvenReceipt {
  const key = parseLogKey(logKey);
  const entryBytes = Buffer.from(receipt.entry, 'base64');
  const entry = decodeEntry(entryBytes);
  const entered = envelopeOf(entry);
  if (entered === undefined || !isSame(entered, envelope)) {
    throw new EvidenceError('receipt.entry', 'the collector proves another entry than the one that was sent');
  }
  const proof = parseProof(receipt.proof);
  const checkpoint = verifyProof(proof, entryBytes, [key]);
  if (held !== undefined) {
    const hashes = receipt.consistency.map((hash) => Buffer.from(hash, 'base64'));
    assertContinues(openCheckpoint(held.checkpoint, [key, ...formerLogKeys.map(parseLogKey)]), checkpoint, hashes);
  }
  return { index: proof.index, checkpoint, note: proof.checkpoint };
}

/**
 * That one head of a log continues another, by a consistency proof.
 * @throws EvidenceError `receipt.rollback`, `receipt.fork`
 */
export function assertContinues(older: Checkpoint, newer: Checkpoint, proof: readonly Buffer[]): void {
  if (newer.size < older.size) {
    throw new EvidenceError(
      'receipt.rollback',
      `the log now has ${newer.size} entries and had ${older.size}: it was cut or set back`,
    );
  }
  // An empty log is the beginning of every log, and has no proof.
  if (older.size === 0) return;
  const claim = { oldSize: older.size, newSize: newer.size, oldRoot: older.root, newRoot: newer.root, proof };
  if (verifyConsistency(claim)) return;
  throw new EvidenceError(
    'receipt.fork',
    `the log of ${newer.size} entries is not a continuation of the one of ${older.size} that was signed before`,
  );
}

/** What an agent signed to have the entry; undefined for one of the collector's own. */
function envelopeOf(entry: Entry): Envelope | undefined {
  if (entry.kind === 'report') return entry.envelope;
  return entry.kind === 'key.rotate' && entry.rotated.of === 'agent' ? entry.rotated.envelope : undefined;
}

/** The collector keeps what it was sent, so that equal envelopes have equal JSON. */
function isSame(a: Envelope, b: Envelope): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
