import type { AptFacts, Release } from '../../../policies/checks/updates/facts.ts';
import { listsAreSound } from '../../../policies/checks/updates/lists.ts';
import { read } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readAutomatic } from './apt-automatic.ts';
import { readHistory } from './apt-history.ts';
import { readLastAttempt, readSources } from './apt-sources.ts';
import { readWaiting } from './apt-waiting.ts';
import { readInstalled } from './dpkg.ts';
import { readOutdated } from './outdated.ts';
import { askPro } from './pro.ts';
import { debianKernels, readMark, readReboot } from './reboot.ts';
import type { UpdatesSettings } from './settings.ts';
import { readSupport } from './support.ts';

/**
 * The facts of a system with apt. apt itself is asked what its configuration and lists mean; nothing is fetched,
 * locked or cached.
 *
 * @param listAge how old, in seconds, lists may be and still be ground to tell since when an update waits
 */
export async function collectApt(
  context: CollectContext,
  release: Release,
  settings: UpdatesSettings,
  listAge: number,
): Promise<AptFacts> {
  const { host, signal, at } = context;
  const askExtended = release.id === 'ubuntu' ? () => askPro(context) : undefined;
  const [sources, installed, lastAttempt, history, automatic, support, required] = await Promise.all([
    readSources(host, signal),
    readInstalled(host, signal),
    readLastAttempt(host),
    readHistory(host, signal, settings),
    readAutomatic(host, signal),
    readSupport(context, release, settings, askExtended),
    readMark(host),
  ]);
  const lists = {
    release: read(release),
    sources: sources.state === 'read' ? read(sources.value.map(({ source }) => source)) : sources,
    lastAttempt,
  };
  return {
    manager: 'apt',
    ...lists,
    support,
    automatic,
    packages: await readPackages(),
    reboot: await readReboot(host, { required, kernels: debianKernels(installed) }),
    outdated: await readOutdated(host, signal),
    history,
  };

  async function readPackages(): Promise<AptFacts['packages']> {
    if (sources.state === 'unreadable') return sources;
    if (installed.state === 'unreadable') return installed;
    const timed = listsAreSound(lists, listAge, at);
    const waiting = await readWaiting(context, installed.value, sources.value, release, timed);
    return waiting.state === 'unreadable'
      ? waiting
      : read({ installed: installed.value.length, waiting: waiting.value });
  }
}
