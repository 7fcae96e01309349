import { isSeen, type Sight } from '../access/sight.ts';
import type { Fleet } from './fleet.ts';
import type { ControlState, HostState } from './host-state.ts';

/** What is shown of a fleet. */
export type FleetView = Pick<Fleet, 'get' | 'hosts' | 'neverSeen' | 'freshness' | 'controls'>;

/** A fleet as somebody may see it. Whatever is made of this view can hold nothing of other hosts. */
export function seenFleet(fleet: Fleet, sight: Sight): FleetView {
  if (sight.of === 'all') return fleet;
  const seen = (host: HostState): HostState[] => {
    const since = sight.since.get(host.agent);
    return since !== undefined && isSeen(sight, host) ? [withoutPast(host, since)] : [];
  };
  const hosts = (): HostState[] => fleet.hosts().flatMap(seen);
  return {
    get(agent) {
      const host = fleet.get(agent);
      return host && seen(host)[0];
    },
    hosts,
    // That the register names a host is why it must report.
    neverSeen() {
      const found = new Set(hosts().map(({ agent }) => agent));
      const missing = [...sight.since.keys()].filter((agent) => !found.has(agent));
      return missing.sort().map((agent) => ({ agent }));
    },
    freshness: (host, at) => fleet.freshness(host, at),
    controls: (host, at) => fleet.controls(host, at),
  };
}

/** That a control failed before the host was his is none of his business: for him it began when the host became his. */
function withoutPast(host: HostState, since: string): HostState {
  const later = (moment: string): string => (Date.parse(moment) < Date.parse(since) ? since : moment);
  const controls = host.content.controls.map((state): ControlState => {
    const { failingSince } = state;
    return { ...state, since: later(state.since), failingSince: failingSince === null ? null : later(failingSince) };
  });
  return { ...host, content: { ...host.content, controls } };
}
