import { z } from 'zod';
import { updates, updatesDefaults, UpdatesParameters } from '../../../policies/checks/updates.ts';
import type { UpdatesFacts } from '../../../policies/checks/updates/facts.ts';
import { defineCollector } from '../collector.ts';
import { collectApt } from './apt.ts';
import { readRelease } from './os-release.ts';

/** Finds the package manager by the system's own description; each manager has a file of its own. */
export const updatesCollector = defineCollector({
  kind: updates.name,
  settings: z.object({}),
  parameters: UpdatesParameters,
  async collect(context, _settings, wanted): Promise<UpdatesFacts> {
    const release = await readRelease(context.host);
    if (release.state === 'unreadable') return { manager: 'unsupported', release };
    const families = [release.value.id, ...release.value.idLike];
    if (!families.includes('debian') && !families.includes('ubuntu')) return { manager: 'unsupported', release };
    return collectApt(context, release.value, trustedListAge(wanted));
  },
});

/** The oldest lists that some control accepts, in seconds. */
function trustedListAge(wanted: readonly UpdatesParameters[]): number {
  const asked = wanted.flatMap((control) => (control.demand === 'current' ? [control.maximumListAge] : []));
  return asked.length > 0 ? Math.max(...asked) : updatesDefaults.maximumListAge;
}
