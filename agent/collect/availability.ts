import { availability, AvailabilityParameters } from '../../policies/checks/availability.ts';
import type { AvailabilityFacts, Target } from '../../policies/checks/availability/facts.ts';
import { secondsBetween } from '../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { longestUnseen } from '../availability/pace.ts';
import { seenUntil } from '../availability/record.ts';
import { AvailabilityPart, keyOf, whereIs, type AvailabilitySettings } from '../availability/settings.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { placeLabel } from './sockets.ts';

/** What the agent that stays recorded of the services it looks at (`agent/availability`). */
export const availabilityCollector = defineCollector({
  kind: availability.name,
  settings: AvailabilityPart,
  parameters: AvailabilityParameters,
  collect(context, { availability: settings }): Promise<AvailabilityFacts> {
    return Promise.resolve({
      controls: settings.controls.map(({ host, port }) => placeLabel(host, port)),
      maintenance: announced(context, settings),
      targets: recorded(context, settings),
    });
  },
});

function recorded(context: CollectContext, settings: AvailabilitySettings): Reading<Target[]> {
  const { at } = context;
  const kept = context.availability?.() ?? read(undefined);
  if (kept.state === 'unreadable') return kept;
  const record = kept.value;
  if (record !== undefined && secondsBetween(at, record.sampledAt) > longestUnseen) {
    return unreadable('unparsable', 'availability.json', `it reaches to ${record.sampledAt}, which is in the future`);
  }
  const seen = record && seenUntil(record, at).targets;
  return read(
    settings.targets.map((target) => ({
      target: target.name,
      service: target.service,
      purpose: target.purpose,
      what: whereIs(target),
      stretches: seen?.[keyOf(target)] ?? [],
    })),
  );
}

/** The ledger tells since when the settings say so: an announcement that was made up afterwards shows. */
function announced(
  { ledger }: CollectContext,
  { maintenance }: AvailabilitySettings,
): AvailabilityFacts['maintenance'] {
  const seen = ledger.observe('availability.maintenance', [
    ...new Set(maintenance.map((window) => JSON.stringify(window))),
  ]);
  return maintenance.flatMap((window) => {
    const first = seen.get(JSON.stringify(window));
    return first === undefined ? [] : [{ ...window, seenAt: first.firstSeen }];
  });
}
