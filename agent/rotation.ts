import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { rotationPayloadType, type Rotation } from '../evidence/entry.ts';
import { Envelope, signEnvelope } from '../evidence/envelope.ts';
import type { RotationSubmission } from '../evidence/exchange.ts';
import { keyidOf, rawPublicKey } from '../evidence/keys.ts';
import { DamagedError, readStored, removeDurably, writeDurably } from './durable.ts';
import { replaceKey, type Identity, type Sender } from './identity.ts';
import { askForReceipt, heed, heldOf, prove, type Unproven } from './receipts.ts';
import type { Spool } from './spool.ts';

const Stored = z.strictObject({
  v: z.literal(1),
  /** PKCS#8 in PEM. */
  key: z.string(),
  envelope: Envelope,
});

/**
 * A change of the key that the collector may or may not have taken yet. Until its proof has been seen, reports are
 * signed with both keys: whichever counts when they arrive, they hold.
 */
export interface PendingRotation {
  readonly key: KeyObject;
  /** What the old key signed. The same is sent again until it is answered. */
  readonly envelope: Envelope;
}

const rotationFile = 'rotation.json';

/**
 * The change of the key that was begun and not finished; undefined where there is none.
 * @throws DamagedError
 */
export function pendingRotation(data: string, identity: Pick<Identity, 'key'>): PendingRotation | undefined {
  const file = join(data, rotationFile);
  const stored = readStored(file, Stored);
  if (stored === undefined) return undefined;
  const key = parseKey(stored.key, file);
  const own = keyidOf(identity.key);
  // Finished, or of an enrolment that was replaced since.
  if (keyidOf(key) !== own && stored.envelope.signatures.some(({ keyid }) => keyid === own)) {
    return { key, envelope: stored.envelope };
  }
  removeDurably(file);
  return undefined;
}

/**
 * Makes a new key and has the old one sign for it; on disk when this returns, before anything is sent.
 * @param after the number of the last report that the log holds
 */
export function beginRotation(data: string, { agent, epoch, key: old }: Identity, after: number): PendingRotation {
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const rotation: Rotation = { v: 1, agent, epoch, publicKey: rawPublicKey(key).toString('base64'), after };
  const envelope = signEnvelope(rotationPayloadType, Buffer.from(JSON.stringify(rotation)), old);
  const stored = { v: 1, key: key.export({ type: 'pkcs8', format: 'pem' }), envelope };
  writeDurably(join(data, rotationFile), JSON.stringify(stored));
  return { key, envelope };
}

/** Has the collector put a change of the key into its log, and goes on under the new key once that is proven. */
export async function deliverRotation(
  pending: PendingRotation,
  { data, spool, identity }: { readonly data: string; readonly spool: Spool; readonly identity: Sender },
  signal: AbortSignal | undefined,
): Promise<Unproven | { readonly state: 'rotated'; readonly index: number; readonly identity: Sender }> {
  const submission: RotationSubmission = { v: 1, envelope: pending.envelope, ...heldOf(spool.delivered()) };
  const answer = await askForReceipt('/api/v1/rotations', submission, identity, signal);
  switch (answer.state) {
    case 'away':
      return answer;
    case 'refused':
      return heed(answer, spool);
    case 'incomplete':
      return { state: 'refused', code: 'receipt.malformed', why: 'the collector asks for parts, which a key has not' };
    case 'answered': {
      const outcome = prove(answer.receipt, pending.envelope, identity, spool);
      if (outcome.state !== 'proven') return outcome;
      const { index, checkpoint, note } = outcome.proven;
      spool.hold({ size: checkpoint.size, checkpoint: note });
      replaceKey(data, pending.key);
      removeDurably(join(data, rotationFile));
      return { state: 'rotated', index, identity: { ...identity, key: pending.key } };
    }
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new DamagedError(file, 'its key is no private key in PEM');
  }
}
