import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Usage } from './quotas.ts';

const folder = '/usr/local/directadmin/data/users';
const maximumUsers = 20_000;

/**
 * What users of DirectAdmin have in use by its own nightly tally: `quota` of user.usage and of user.conf, in MB. Without
 * DirectAdmin undefined.
 */
export async function readTally(host: Host): Promise<Reading<{ usages: Usage[]; asOf: string | null }> | undefined> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? undefined : withoutNames(names);
  if (names.value.length > maximumUsers) return unreadable('too-large', folder);
  const usages: Usage[] = [];
  let asOf: Date | undefined;
  for (const user of names.value) {
    const conf = await host.readText(`${folder}/${user}/user.conf`);
    if (conf.state === 'unreadable') {
      // A folder that is no user's.
      if (conf.obstacle.code === 'missing') continue;
      return withoutNames(conf);
    }
    const limit = valueOf(conf.value, 'quota');
    if (limit === 'unlimited' || limit === undefined) continue;
    const path = `${folder}/${user}/user.usage`;
    const [usage, status] = await Promise.all([host.readText(path), host.status(path)]);
    if (usage.state === 'unreadable') return withoutNames(usage);
    if (status.state === 'unreadable') return withoutNames(status);
    const figures = [Number(valueOf(usage.value, 'quota') ?? Number.NaN), Number(limit)];
    const [used = 0, most = 0] = figures;
    if (!figures.every(Number.isFinite)) return unreadable('unparsable', 'user.usage', 'no quota in it');
    usages.push({ user, of: 'space', used, limit: most });
    const { modifiedAt } = status.value;
    if (asOf === undefined || modifiedAt < asOf) asOf = modifiedAt;
  }
  return read({ usages, asOf: asOf?.toISOString() ?? null });
}

function valueOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim();
}

/** A path holds the user's name. */
function withoutNames({ obstacle }: Unreadable): Unreadable {
  return unreadable(obstacle.code, folder, obstacle.detail);
}
