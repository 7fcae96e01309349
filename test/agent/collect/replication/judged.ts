import { replicationCollector } from '../../../../agent/collect/replication/index.ts';
import type { CollectContext } from '../../../../agent/collect/collector.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { replication } from '../../../../policies/checks/replication.ts';
import type { ReplicationFacts } from '../../../../policies/checks/replication/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

export interface Judged {
  readonly facts: ReplicationFacts;
  /** `verdict code`, without the kind's name. */
  readonly verdicts: string[];
}

/** What the kind makes of sets as agent.yaml has them; databases of this machine that the test did not start are left out. */
export async function judged(
  host: Host,
  sets: readonly object[],
  { parameters = {}, ...values }: Partial<CollectContext> & { parameters?: object } = {},
): Promise<Judged> {
  const context = collecting(host, values);
  const facts = (await replicationCollector.collect(context, { replication: sets }, [parameters])) as ReplicationFacts;
  const reasons = replication.judge(read({ ...facts, undeclared: [] }), parameters, context.at);
  return { facts, verdicts: reasons.map(({ verdict, code }) => `${verdict} ${code.replace('replication.', '')}`) };
}
