import type { Collector } from '../../../agent/collect/collector.ts';
import { collectors } from '../../../agent/collect/index.ts';
import type { SimulatedHost } from '../fleet.ts';
import { availabilityFacts } from './availability.ts';
import { backupFacts } from './backup.ts';
import { certificateFacts, tlsFacts } from './certificates.ts';
import { capacityFacts, timeSyncFacts } from './machine.ts';
import { passwordAgeFacts } from './password-age.ts';
import { updatesFacts } from './updates.ts';

/** What would be found on a host at a moment; milliseconds since 1970. */
type MakeFacts = (host: SimulatedHost, at: number) => unknown;

/** The check kinds that are simulated. */
export const simulated: Readonly<Record<string, MakeFacts>> = {
  availability: availabilityFacts,
  backup: backupFacts,
  capacity: capacityFacts,
  certificate: certificateFacts,
  'password-age': passwordAgeFacts,
  'time-sync': timeSyncFacts,
  tls: tlsFacts,
  updates: updatesFacts,
};

/** Collectors that read nothing: they tell what a simulated host would have shown. */
export function simulatedCollectors(host: SimulatedHost): Collector[] {
  return collectors.flatMap(({ kind, settings }) => {
    const make = simulated[kind];
    if (make === undefined) return [];
    return [{ kind, settings, collect: ({ at }) => Promise.resolve(make(host, at.getTime())) }];
  });
}
