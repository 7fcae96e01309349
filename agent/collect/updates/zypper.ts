import type { Packages, Release, ZypperFacts } from '../../../policies/checks/updates/facts.ts';
import { repositoriesAreSound, type RepositoryLimits } from '../../../policies/checks/updates/repositories.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { timeWaiting } from './ledger.ts';
import { readOutdated } from './outdated.ts';
import { readReboot } from './reboot.ts';
import { readRpms, suseKernels } from './rpm.ts';
import type { UpdatesSettings } from './settings.ts';
import { readRegistrations } from './suse-connect.ts';
import { readSupport } from './support.ts';
import { readZyppHistory } from './zypp-history.ts';
import { readAskingOfZypper, readPatches, readZypperRepositories } from './zypper-updates.ts';

/** The facts of a system with zypper, which answers from its cache (`--no-refresh`); how old that is, is read beside it. */
export async function collectZypper(
  context: CollectContext,
  release: Release,
  settings: UpdatesSettings,
  limits: RepositoryLimits,
): Promise<ZypperFacts> {
  const { host, signal, at } = context;
  const registrations = release.id.startsWith('sles') ? await readRegistrations(host, signal) : null;
  // One after the other: zypper locks out a second of itself.
  const repositories = await readZypperRepositories(host, signal);
  const patches = repositories.state === 'read' ? await readPatches(host, repositories.value, signal) : repositories;
  const asking = await readAskingOfZypper(host, signal);
  const [rpms, history, support] = await Promise.all([
    readRpms(host, signal),
    readZyppHistory(host, signal, settings),
    readSupport(context, release, settings, registrations === null ? undefined : askRegistered),
  ]);
  const lists = { release: read(release), repositories, registrations };
  return {
    manager: 'zypper',
    ...lists,
    support,
    packages: readPackages(),
    reboot: await readReboot(host, { asking, kernels: suseKernels(rpms) }),
    outdated: await readOutdated(host, signal),
    history,
  };

  function readPackages(): Reading<Packages> {
    if (patches.state === 'unreadable') return patches;
    if (rpms.state === 'unreadable') return rpms;
    const timed = repositoriesAreSound(lists, limits, at);
    return read({ installed: rpms.value.length, waiting: timeWaiting(context.ledger, patches.value, timed) });
  }

  /** SUSE's long-term support is a product of its own that a host is registered for. */
  function askRegistered() {
    if (registrations === null || registrations.state === 'unreadable') {
      return Promise.resolve(registrations ?? read('disabled' as const));
    }
    const has = registrations.value.some(
      ({ product, status }) => /LTSS/i.test(product) && /^(active|registered)$/i.test(status),
    );
    return Promise.resolve(read(has ? ('enabled' as const) : ('disabled' as const)));
  }
}
