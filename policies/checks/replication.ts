import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { Facts, type Replicated } from './replication/facts.ts';
import { judgeCluster, judgeLinks, judgePrimary } from './replication/judge.ts';
import { ReplicationParameters } from './replication/parameters.ts';
import { because, reasons } from './replication/reasons.ts';

export const replication = defineCheckKind({
  name: 'replication',
  parameters: ReplicationParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge({ sets, undeclared }, parameters, at) {
    if (sets === null) return [because('replication.not-set', {})];
    return [
      ...(sets.length === 0 ? [because('replication.none', {})] : []),
      ...sets.flatMap((set) => judgeSet(set, parameters, at)),
      ...undeclared.map((database) => because('replication.undeclared', { database }, database)),
    ];
  },
});

function judgeSet({ set, expected, state }: Replicated, parameters: ReplicationParameters, at: Date): Reason[] {
  if (expected.role === 'none') return [because('replication.not-wanted', { because: expected.because }, set)];
  if (state.state === 'unreadable') return [obstacleReason(state.obstacle, set)];
  switch (expected.role) {
    case 'primary':
      return judgePrimary(set, state.value, expected.replicas, parameters, at);
    case 'replica':
      return judgeLinks(set, state.value, parameters);
    case 'member':
      return judgeCluster(set, state.value.cluster, expected.size, parameters);
  }
}
