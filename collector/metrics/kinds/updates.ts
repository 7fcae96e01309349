import { Facts, type AptFacts } from '../../../policies/checks/updates/facts.ts';
import { isSecurityIndex } from '../../../policies/checks/updates/lists.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf } from '../measure.ts';
import type { Measure } from '../measure.ts';

/** What waits, how old the lists are that say so, and whether a reboot waits. */
export const updatesMeasures = defineMeasures('updates', Facts, (facts) =>
  facts.manager === 'apt' ? [...pending(facts), ...lists(facts), ...reboot(facts)] : [],
);

function pending({ packages }: AptFacts): Measure[] {
  if (packages.state !== 'read') return [];
  const { waiting } = packages.value;
  const security = waiting.filter((update) => update.security !== null).length;
  return [
    measureOf('waarborg_updates_pending', { category: 'security' }, security),
    measureOf('waarborg_updates_pending', { category: 'other' }, waiting.length - security),
  ];
}

function lists({ release, sources }: AptFacts): Measure[] {
  if (release.state !== 'read' || sources.state !== 'read') return [];
  const dates = sources.value.flatMap(({ index }) =>
    index.state === 'read' && isSecurityIndex(index.value, release.value) ? [timestampSeconds(index.value.date)] : [],
  );
  return dates.length > 0 ? [measureOf('waarborg_updates_lists_timestamp_seconds', {}, Math.min(...dates))] : [];
}

function reboot({ reboot: { required } }: AptFacts): Measure[] {
  return required.state === 'read' ? [measureOf('waarborg_reboot_required', {}, required.value ? 1 : 0)] : [];
}
