import { decodeRotation, rotationPayloadType, type Rotation } from '../../evidence/entry.ts';
import { openEnvelope, unverifiedPayload, type Envelope } from '../../evidence/envelope.ts';
import { EvidenceError } from '../../evidence/error.ts';
import type { Receipt, RotationSubmission } from '../../evidence/exchange.ts';
import { publicKeyFromRaw } from '../../evidence/keys.ts';
import { digestOf } from '../../evidence/report.ts';
import { assertCounting } from '../administration/revoke.ts';
import { assertOwnConnection, type Connection } from '../clients/door.ts';
import { Problem } from '../problem.ts';
import type { Store, StoredAgent } from '../store/store.ts';
import { assertKept, assertNotBehind, assertStillKey, receiptOf, type IngestDependencies } from './report.ts';

type RotationDependencies = Pick<IngestDependencies, 'store' | 'keys' | 'log' | 'guard' | 'sequencer'>;

/**
 * Has an agent go on under another key, for which its old one signed. The same rotation again gets the same place in the
 * log: an answer that was lost on its way harms nobody.
 * @param connection that it came over
 * @throws Problem
 */
export async function ingestRotation(
  { envelope, held, checkpoint }: RotationSubmission,
  at: RotationDependencies,
  connection: Connection,
): Promise<Receipt> {
  assertKept(checkpoint, at.guard);
  const rotation = decodeRotation(unverifiedPayload(envelope));
  if (rotation === undefined) throw new Problem(400, 'rotation.statement', 'the payload is no rotation of version 1');
  const agent = at.store.agent(rotation.agent, rotation.epoch);
  if (agent === undefined) {
    throw new Problem(403, 'agent.unknown', `no agent ${rotation.agent} of epoch ${rotation.epoch} is enrolled here`);
  }
  assertCounting(rotation.agent, agent);
  assertOwnConnection(connection, rotation.agent);
  assertNotBehind(held, at.log);
  const digest = digestOf(Buffer.from(JSON.stringify(envelope)));
  const known = at.store.rotation(digest);
  if (known !== undefined) return receiptOf(known, held, at.log);
  verifySignature(envelope, agent, at.keys);
  const publicKey = rawKeyOf(rotation);
  const index = await at.sequencer.submit((append) => {
    const again = at.store.rotation(digest);
    if (again !== undefined) return again;
    assertMayFollow(rotation, { publicKey, verifiedBy: agent.publicKey }, at.store);
    const entry = append({ kind: 'key.rotate', rotated: { of: 'agent', envelope } });
    at.store.rotateKey(rotation.agent, rotation.epoch, publicKey);
    at.store.addRotation(digest, entry.index);
    return entry.index;
  });
  return receiptOf(index, held, at.log);
}

function verifySignature(envelope: Envelope, agent: StoredAgent, keys: RotationDependencies['keys']): void {
  try {
    openEnvelope(envelope, keys.of(agent.publicKey), rotationPayloadType);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Problem(403, 'rotation.signature', `not signed with the key that counts: ${error.message}`);
  }
}

function rawKeyOf({ publicKey }: Rotation): Buffer {
  const raw = Buffer.from(publicKey, 'base64');
  try {
    publicKeyFromRaw(raw);
  } catch {
    throw new Problem(400, 'rotation.key', 'publicKey is no Ed25519 key of 32 bytes in base64');
  }
  return raw;
}

/** That the old key still counts, the new one never did, and both know where the chain of reports stands. */
function assertMayFollow(
  { agent, epoch, after }: Rotation,
  { publicKey, verifiedBy }: { readonly publicKey: Uint8Array; readonly verifiedBy: Uint8Array },
  store: Store,
): void {
  const stored = store.agent(agent, epoch);
  assertStillKey({ agent }, verifiedBy, stored);
  if (store.hasHadKey(agent, publicKey)) {
    throw new Problem(409, 'rotation.key-used', `${agent} had this key before; make a new one`);
  }
  const seq = stored?.seq ?? 0;
  if (after === seq) return;
  const detail = `${agent} signs that its last report is ${after}, and the log holds ${seq || 'none'}; deliver what waits, then rotate`;
  throw new Problem(409, 'rotation.after', detail);
}
