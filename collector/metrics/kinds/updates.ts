import {
  Facts,
  type AptFacts,
  type ManagedFacts,
  type RepositoryFacts,
} from '../../../policies/checks/updates/facts.ts';
import { isSecurityIndex } from '../../../policies/checks/updates/lists.ts';
import { isOfVendor } from '../../../policies/checks/updates/vendor.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf } from '../measure.ts';
import type { Measure } from '../measure.ts';

/** What waits, how old the lists are that say so, whether a reboot waits, and when support ends. */
export const updatesMeasures = defineMeasures('updates', Facts, (facts) =>
  facts.manager === 'unsupported'
    ? support(facts)
    : [
        ...pending(facts),
        ...lists(facts.manager === 'apt' ? archiveDates(facts) : repositoryDates(facts)),
        ...reboot(facts),
        ...support(facts),
      ],
);

function pending({ packages }: ManagedFacts): Measure[] {
  if (packages.state !== 'read') return [];
  const { waiting } = packages.value;
  const security = waiting.filter((update) => update.security !== null).length;
  const unlabelled = waiting.filter((update) => update.security === null && update.unlabelled !== null).length;
  return [
    measureOf('waarborg_updates_pending', { category: 'security' }, security),
    measureOf('waarborg_updates_pending', { category: 'unlabelled' }, unlabelled),
    measureOf('waarborg_updates_pending', { category: 'other' }, waiting.length - security - unlabelled),
  ];
}

function lists(dates: readonly number[]): Measure[] {
  return dates.length > 0 ? [measureOf('waarborg_updates_lists_timestamp_seconds', {}, Math.min(...dates))] : [];
}

/** The dates that the archive gave the lists of security updates. */
function archiveDates({ release, sources }: AptFacts): number[] {
  if (release.state !== 'read' || sources.state !== 'read') return [];
  return sources.value.flatMap(({ index }) =>
    index.state === 'read' && isSecurityIndex(index.value, release.value) ? [timestampSeconds(index.value.date)] : [],
  );
}

/** When the distribution's own repositories were last asked. */
function repositoryDates({ release, repositories }: RepositoryFacts): number[] {
  if (release.state !== 'read' || repositories.state !== 'read') return [];
  return repositories.value.flatMap((repository) =>
    repository.index.state === 'read' && isOfVendor(repository, release.value)
      ? [timestampSeconds(repository.index.value.checked)]
      : [],
  );
}

function reboot({ reboot: { required, asking } }: ManagedFacts): Measure[] {
  const isDue =
    required?.state === 'read' ? required.value : asking?.state === 'read' ? asking.value.length > 0 : undefined;
  return isDue === undefined ? [] : [measureOf('waarborg_reboot_required', {}, isDue ? 1 : 0)];
}

/** Both ends, each where the table names a day: a host's policies say which of them counts. */
function support({ support: found }: Pick<ManagedFacts, 'support'>): Measure[] {
  const ends = found?.state === 'read' ? found.value.ends : null;
  if (ends === null) return [];
  const [standard, extended] = ends;
  const isDay = standard !== 'supported' && standard !== 'ended';
  return [
    ...(isDay ? [end('standard', standard)] : []),
    ...(extended === undefined ? [] : [end('extended', extended)]),
  ];
}

function end(kind: 'standard' | 'extended', day: string): Measure {
  return measureOf('waarborg_support_end_timestamp_seconds', { support: kind }, timestampSeconds(day));
}
