import { publicKeyFromRaw } from '../../evidence/keys.ts';
import type { EnrolmentAnswer, EnrolmentRequest } from '../../evidence/exchange.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { Problem } from '../problem.ts';
import type { Store } from '../store/store.ts';

export interface EnrolDependencies {
  readonly tokens: Tokens;
  readonly sequencer: Sequencer;
  readonly store: Store;
  /** The log's verification key. */
  readonly logKey: string;
}

/**
 * Puts an agent's key into the log, for a one-time token. The same token with the same agent and key gets the same
 * answer again, so that an answer that was lost on its way harms nobody.
 * @throws Problem
 */
export async function enrolAgent(request: EnrolmentRequest, at: Date, to: EnrolDependencies): Promise<EnrolmentAnswer> {
  const publicKey = Buffer.from(request.publicKey, 'base64');
  try {
    publicKeyFromRaw(publicKey);
  } catch {
    throw new Problem(400, 'enrol.key', 'publicKey is no Ed25519 key of 32 bytes in base64');
  }
  to.tokens.claim(request.token, request.agent, request.publicKey, at, () => {
    const newest = to.store.newestEpoch(request.agent);
    return newest === undefined || publicKey.equals(newest.publicKey);
  });
  const epoch = await to.sequencer.submit((append) => {
    const newest = to.store.newestEpoch(request.agent);
    if (newest?.revoked === null && publicKey.equals(newest.publicKey)) return newest.epoch;
    assertUnused(request.agent, publicKey, to.store);
    const next = (newest?.epoch ?? 0) + 1;
    const { agent, publicKey: key } = request;
    const { receivedAt } = append({ kind: 'agent.enrol', agent, epoch: next, publicKey: key });
    to.store.addAgent(agent, next, publicKey, receivedAt);
    return next;
  });
  return { v: 1, agent: request.agent, epoch, logKey: to.logKey };
}

/** A key that was revoked or given up for another stays worthless. */
function assertUnused(agent: string, publicKey: Uint8Array, store: Store): void {
  if (!store.hasHadKey(agent, publicKey)) return;
  throw new Problem(
    409,
    'enrol.key-used',
    `${agent} had this key before; remove pending.key from its data folder and ask again with a new token`,
  );
}
