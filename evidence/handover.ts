import { z } from 'zod';
import { openCheckpoint, type OpenCheckpoint } from './checkpoint.ts';
import { decodeEntry } from './entry.ts';
import { EvidenceError } from './error.ts';
import { parseProof, verifyProof } from './proof.ts';
import { parseLogKey, vkeyOf, type LogKey } from './vkey.ts';

/**
 * How a log's key gave way to the next: an entry names the new key, and both keys signed the head over that entry.
 * Whoever knows the old key learns the new one by it, long after the old one has signed for the last time.
 */
export const Handover = z.strictObject({
  /** Of the entry. */
  index: z.int().nonnegative(),
  /** The verification key until then. */
  logKey: z.string().max(512),
  /** The head of `index + 1` entries, as a note that both keys signed. */
  checkpoint: z.string().max(4096),
});
export type Handover = z.output<typeof Handover>;

/** A handover that both keys signed. */
export interface OpenHandover {
  readonly index: number;
  readonly to: LogKey;
  readonly checkpoint: OpenCheckpoint;
}

/** A log's keys, the oldest first; the last is in force. Each but the last has a handover to the next. */
export interface KeyHistory {
  readonly keys: readonly LogKey[];
  readonly handovers: readonly OpenHandover[];
}

/** Each takes some hundred bytes of a manifest, and no log changes its key so often. */
export const maximumHandovers = 50;

/**
 * Reads how a log came to its key: each key signed for the next one.
 * @param handovers the oldest first
 * @param logKey the key in force
 * @throws EvidenceError `handover.signature`, `handover.order`, `vkey.malformed`
 */
export function openKeyHistory(handovers: readonly Handover[], logKey: string): KeyHistory {
  const opened: OpenHandover[] = [];
  let oldest = parseLogKey(logKey);
  for (const handover of handovers.toReversed()) {
    const from = parseLogKey(handover.logKey);
    opened.unshift(openHandover(handover, from, oldest));
    oldest = from;
  }
  const keys = [oldest, ...opened.map(({ to }) => to)];
  if (new Set(keys.map(vkeyOf)).size < keys.length) {
    throw new EvidenceError('handover.order', 'the log is said to have gone back to a key that it had before');
  }
  let before = -1;
  for (const { index } of opened) {
    if (index <= before) {
      throw new EvidenceError('handover.order', `the handover of entry ${index} stands after that of entry ${before}`);
    }
    before = index;
  }
  return { keys, handovers: opened };
}

function openHandover({ index, checkpoint: note }: Handover, from: LogKey, to: LogKey): OpenHandover {
  openSignedBy(note, from, index);
  const checkpoint = openSignedBy(note, to, index);
  if (checkpoint.size === index + 1) return { index, to, checkpoint };
  const found = `both keys signed a head of ${checkpoint.size} entries`;
  throw new EvidenceError('handover.order', `${found} for the handover of entry ${index}; expected ${index + 1}`);
}

/** Each key alone: of several that are known, a note needs only one good signature. */
function openSignedBy(note: string, key: LogKey, index: number): OpenCheckpoint {
  try {
    return openCheckpoint(note, [key]);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const message = `key ${key.id} did not sign the handover of entry ${index}: ${error.message}`;
    throw new EvidenceError('handover.signature', message);
  }
}

/** What a log answers to whoever knows an older key of it. */
export const ProvenHandover = z.strictObject({
  /** The verification key until then. */
  logKey: z.string().max(512),
  /** The exact bytes, in base64, of the entry that names the next key. */
  entry: z.base64(),
  /** A c2sp.org/tlog-proof of that entry in the head that both keys signed. */
  proof: z.string().max(65_536),
});
export type ProvenHandover = z.output<typeof ProvenHandover>;

/** `GET /api/v1/log-keys` */
export const LogKeys = z.strictObject({
  v: z.literal(1),
  /** In force. */
  logKey: z.string().max(512),
  /** The oldest first. */
  handovers: z.array(ProvenHandover).max(maximumHandovers),
});
export type LogKeys = z.output<typeof LogKeys>;

/**
 * Verifies that a key which is known gave way to another.
 * @param known the key until then
 * @returns the key that took its place
 * @throws EvidenceError `handover.order` where the entry names no next key of this log, `handover.signature` where one of
 *   both keys did not sign, and those of `verifyProof`
 */
export function verifyHandover({ entry, proof }: Pick<ProvenHandover, 'entry' | 'proof'>, known: LogKey): LogKey {
  const bytes = Buffer.from(entry, 'base64');
  const decoded = decodeEntry(bytes);
  if (decoded.kind !== 'key.rotate' || decoded.rotated.of !== 'log') {
    throw new EvidenceError('handover.order', `an entry of kind ${decoded.kind} names no next key of the log`);
  }
  const next = parseLogKey(decoded.rotated.logKey);
  const proven = parseProof(proof);
  for (const key of [known, next]) openSignedBy(proven.checkpoint, key, proven.index);
  verifyProof(proven, bytes, [known]);
  return next;
}
