import type { AgentRevoked } from '../../evidence/entry.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { Problem } from '../problem.ts';
import type { Fleet } from '../state/fleet.ts';
import type { StoredAgent, Store } from '../store/store.ts';
import type { RevocationAnswer, RevocationRequest } from './exchange.ts';

export interface RevokeDependencies {
  readonly sequencer: Sequencer;
  readonly store: Store;
  readonly fleet: Fleet;
}

/**
 * Ends a host's enrolments: an entry each, after which the log takes no report under their keys. A retired host is also
 * no longer shown; one that is lost or compromised is, and grows stale until it is enrolled anew.
 * @throws Problem `host.unknown`, `host.revoked`
 */
export function revokeHost(
  agent: string,
  { reason, epoch }: RevocationRequest,
  { sequencer, store, fleet }: RevokeDependencies,
): Promise<RevocationAnswer> {
  return sequencer.submit((append) => {
    const epochs = store.epochs(agent);
    const revoked = choose(agent, epochs, epoch).map((enrolment) => {
      const entry = append({ kind: 'agent.revoke', agent, epoch: enrolment.epoch, reason });
      store.revokeAgent(agent, enrolment.epoch, reason);
      return { epoch: enrolment.epoch, index: entry.index };
    });
    const isNewest = revoked.some((ended) => ended.epoch === epochs.at(-1)?.epoch);
    if (reason === 'retired' && isNewest) {
      store.removeHost(agent);
      fleet.stageRemoval(agent);
    }
    return { v: 1, agent, revoked };
  });
}

/** The enrolments to end. */
function choose(agent: string, epochs: readonly StoredAgent[], epoch: number | undefined): StoredAgent[] {
  const chosen = epochs.filter((enrolment) => epoch === undefined || enrolment.epoch === epoch);
  if (chosen.length === 0) {
    const which = epoch === undefined ? '' : ` of epoch ${epoch}`;
    throw new Problem(404, 'host.unknown', `no host ${agent}${which} is enrolled here`);
  }
  const counting = chosen.filter(({ revoked }) => revoked === null);
  if (counting.length > 0) return counting;
  throw new Problem(409, 'host.revoked', `${agent} was revoked before, as ${chosen.at(-1)?.revoked ?? ''}`);
}

const words: Readonly<Record<AgentRevoked['reason'], string>> = {
  retired: 'was retired',
  lost: 'was given up as lost',
  compromised: 'was revoked as compromised',
};

/** @throws Problem `agent.revoked` where an agent's key no longer counts */
export function assertCounting(agent: string, { revoked }: Pick<StoredAgent, 'revoked'>): void {
  if (revoked === null) return;
  const remedy = `have the operator make a token (waarborg token create --role enrol --agent ${agent}) and enrol this host anew (waarborg enrol)`;
  throw new Problem(
    403,
    'agent.revoked',
    `${agent} ${words[revoked]}: its key no longer counts; if that is wrong, ${remedy}`,
  );
}
