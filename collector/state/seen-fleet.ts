import { isSeen, type Sight } from '../access/sight.ts';
import type { Fleet } from './fleet.ts';

/** What is shown of a fleet. */
export type FleetView = Pick<Fleet, 'get' | 'hosts' | 'neverSeen' | 'freshness' | 'controls'>;

/** A fleet as somebody may see it. Whatever is made of this view can hold nothing of other hosts. */
export function seenFleet(fleet: Fleet, sight: Sight): FleetView {
  if (sight.of === 'all') return fleet;
  const hosts = (): ReturnType<Fleet['hosts']> => fleet.hosts().filter((host) => isSeen(sight, host));
  return {
    get(agent) {
      const host = fleet.get(agent);
      return host !== undefined && isSeen(sight, host) ? host : undefined;
    },
    hosts,
    // That the register names a host is why it must report.
    neverSeen() {
      const seen = new Set(hosts().map(({ agent }) => agent));
      const missing = [...sight.since.keys()].filter((agent) => !seen.has(agent));
      return missing.sort().map((agent) => ({ agent }));
    },
    freshness: (host, at) => fleet.freshness(host, at),
    controls: (host, at) => fleet.controls(host, at),
  };
}
