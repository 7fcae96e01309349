import { updates, updatesDefaults, UpdatesParameters } from '../../../policies/checks/updates.ts';
import type { Release, UpdatesFacts } from '../../../policies/checks/updates/facts.ts';
import type { RepositoryLimits } from '../../../policies/checks/updates/repositories.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { collectApk } from './apk.ts';
import { collectApt } from './apt.ts';
import { collectDnf } from './dnf.ts';
import { readRelease } from './os-release.ts';
import { UpdatesSettings } from './settings.ts';
import { readSupport } from './support.ts';
import { collectZypper } from './zypper.ts';

/** Finds the package manager by the system's own description; each manager has a file of its own. */
export const updatesCollector = defineCollector({
  kind: updates.name,
  settings: UpdatesSettings,
  parameters: UpdatesParameters,
  async collect(context, settings, wanted): Promise<UpdatesFacts> {
    const release = await readRelease(context.host);
    if (release.state === 'unreadable') return { manager: 'unsupported', release, support: release };
    const collect = collectorFor(release.value);
    if (collect !== undefined) return collect(context, release.value, settings, trustedLimits(wanted));
    return { manager: 'unsupported', release, support: await readSupport(context, release.value, settings) };
  },
});

type CollectManager = (
  context: CollectContext,
  release: Release,
  settings: UpdatesSettings,
  limits: RepositoryLimits,
) => Promise<UpdatesFacts>;

const managers: readonly (readonly [families: readonly string[], collect: CollectManager])[] = [
  [
    ['debian', 'ubuntu'],
    (context, release, settings, limits) => collectApt(context, release, settings, limits.maximumListAge),
  ],
  [['suse', 'opensuse', 'sles', 'opensuse-leap'], collectZypper],
  [['fedora', 'rhel', 'centos', 'almalinux', 'rocky', 'ol', 'amzn'], collectDnf],
  [['alpine'], collectApk],
];

/** By the distribution, or by those that it says it is like (os-release(5)). */
function collectorFor({ id, idLike }: Release): CollectManager | undefined {
  const names = [id, ...idLike];
  return managers.find(([families]) => families.some((family) => names.includes(family)))?.[1];
}

/** The oldest lists that some control accepts. */
function trustedLimits(wanted: readonly UpdatesParameters[]): RepositoryLimits {
  const asked = wanted.flatMap((control) => (control.demand === 'current' ? [control] : []));
  const most = (name: keyof RepositoryLimits): number =>
    asked.length > 0 ? Math.max(...asked.map((control) => control[name])) : updatesDefaults[name];
  return { maximumListAge: most('maximumListAge'), maximumStandstill: most('maximumStandstill') };
}
