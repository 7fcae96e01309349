import type { HostState } from '../../../collector/state/host-state.ts';
import { quickPolicy } from '../../support/road.ts';
import { hostName, observationsEach } from '../ingest/fleet.ts';

/** Hosts as a collector has them in memory; one control in twenty fails. */
export function statesOf(hosts: number, at: Date): HostState[] {
  return Array.from({ length: hosts }, (_, number) => stateOf(number, at));
}

/** A host with another control that fails. */
export function stateOf(number: number, at: Date, failing = number): HostState {
  const agent = hostName(number);
  const moment = at.toISOString();
  const controls = Array.from({ length: observationsEach }, (_, index) => {
    const isFailing = (index + failing) % 20 === 0;
    return {
      policy: 'quick',
      control: `Q-${index}`,
      verdict: isFailing ? ('fail' as const) : ('pass' as const),
      reasons: [],
      since: moment,
      failingSince: isFailing ? moment : null,
    };
  });
  return {
    agent,
    index: 1,
    seq: 1,
    issuedAt: moment,
    receivedAt: moment,
    content: {
      v: 1,
      epoch: 1,
      policies: [{ policy: quickPolicy.policy, version: 1, digest: quickPolicy.digest }],
      parts: {},
      host: { v: 1, hostname: agent, os: 'Debian GNU/Linux 12', agentVersion: '0.1.0', labels: {} },
      controls,
      measures: {},
    },
  };
}
