import type { Packages, Release, Repository, RepositoryFacts } from '../../../policies/checks/updates/facts.ts';
import { repositoriesAreSound, type RepositoryLimits } from '../../../policies/checks/updates/repositories.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readDnfHistory } from './dnf-history.ts';
import { readDnfUpdates, readGeneration } from './dnf-updates.ts';
import { readDnfRepositories } from './dnf-repositories.ts';
import { timeWaiting } from './ledger.ts';
import { readOutdated } from './outdated.ts';
import { fedoraKernels, readAsking, readRpms, type RpmPackage } from './rpm.ts';
import { readReboot } from './reboot.ts';
import type { UpdatesSettings } from './settings.ts';
import { readSupport } from './support.ts';

/**
 * The facts of a system with dnf 4 or 5. It is asked from its cache only (`-C`): nothing is fetched, and how old the
 * cache is, is read beside it. Its cache is root's.
 */
export async function collectDnf(
  context: CollectContext,
  release: Release,
  settings: UpdatesSettings,
  limits: RepositoryLimits,
): Promise<RepositoryFacts> {
  const { host, signal, at } = context;
  const generation = await readGeneration(host, signal);
  const [repositories, rpms, support, history] = await Promise.all([
    generation.state === 'read' ? readDnfRepositories(host, generation.value, signal) : generation,
    readRpms(host, signal),
    readSupport(context, release, settings),
    generation.state === 'read' ? readDnfHistory(host, generation.value, settings) : generation,
  ]);
  const lists = { release: read(release), repositories };
  return {
    manager: 'dnf',
    ...lists,
    support,
    packages: await readPackages(),
    reboot: await readReboot(host, { asking: await readAsking(host, rpms), kernels: fedoraKernels(rpms) }),
    outdated: await readOutdated(host, signal),
    history,
  };

  async function readPackages(): Promise<Reading<Packages>> {
    if (generation.state === 'unreadable') return generation;
    if (repositories.state === 'unreadable') return repositories;
    if (rpms.state === 'unreadable') return rpms;
    return readWaiting(rpms.value, repositories.value, generation.value);
  }

  async function readWaiting(
    rpms: readonly RpmPackage[],
    repositories: readonly Repository[],
    generation: 4 | 5,
  ): Promise<Reading<Packages>> {
    const updates = await readDnfUpdates(host, generation, { rpms, repositories }, signal);
    if (updates.state === 'unreadable') return updates;
    const timed = repositoriesAreSound(lists, limits, at);
    return read({ installed: rpms.length, waiting: timeWaiting(context.ledger, updates.value, timed) });
  }
}
