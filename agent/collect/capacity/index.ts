import { z } from 'zod';
import { capacity } from '../../../policies/checks/capacity.ts';
import type { CapacityFacts, Filesystem, HeldReading } from '../../../policies/checks/capacity/facts.ts';
import { CapacityParameters } from '../../../policies/checks/capacity/parameters.ts';
import { read } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readMounts } from '../mounts.ts';
import { namelessPaths } from '../nameless.ts';
import { readSystemUsers } from '../system-users.ts';
import { readFilesystems, type FoundFilesystem, type Space } from './filesystems.ts';
import { weeklyReadings } from './history.ts';
import { readLoad, readMemory } from './memory.ts';
import { readPools } from './pools.ts';
import { readQuotas } from './quotas.ts';

/** How full disks, memory, processors and quotas are, rounded so that a quiet host gives the same facts. */
export const capacityCollector = defineCollector({
  kind: capacity.name,
  settings: z.object({}),
  parameters: CapacityParameters,
  async collect(context): Promise<CapacityFacts> {
    const { host } = context;
    const mounts = await readMounts(context);
    const mounted = mounts.state === 'read' ? mounts.value : [];
    const [filesystems, pools, memory, load, quotas] = await Promise.all([
      mounts.state === 'read' ? describeFilesystems(context, mounts.value) : mounts,
      readPools(context),
      readMemory(host),
      readLoad(host),
      mounts.state === 'read' ? readQuotas(context, mounted) : mounts,
    ]);
    return { filesystems, pools, memory, load, quotas };
  },
});

async function describeFilesystems(
  context: CollectContext,
  mounts: Parameters<typeof readFilesystems>[1],
): Promise<CapacityFacts['filesystems']> {
  const found = await readFilesystems(context, mounts);
  if (found.state === 'unreadable') return found;
  const readings = weeklyReadings(context, found.value);
  const system = await readSystemUsers(context);
  const users = system.state === 'read' ? system.value.users : [];
  const nameless = namelessPaths((account) => context.pseudonym(account), users);
  const described = found.value.map((one) => describe(one, readings, nameless));
  return read(described.sort((a, b) => (a.mount < b.mount ? -1 : 1)));
}

function describe(
  { mount, type, state, space, metadata }: FoundFilesystem,
  readings: ReadonlyMap<string, HeldReading[]> | null,
  nameless: (path: string) => string,
): Filesystem {
  const what = (text: string): string => nameless(text).slice(0, 1024);
  return {
    mount: what(mount),
    type: type.slice(0, 256),
    state,
    space:
      space.state === 'read'
        ? read(percentages(space.value))
        : { state: 'unreadable', obstacle: { ...space.obstacle, what: what(space.obstacle.what) } },
    metadata,
    history: readings === null || type === 'tmpfs' ? null : (readings.get(mount)?.slice(-60) ?? []),
  };
}

/** Rounded up as df(1) does, so that the last free block shows. */
function percentages({ used, available, inodes, inodesUsed }: Space): { used: number; inodes: number | null } {
  const whole = used + available;
  return {
    used: whole === 0 ? 100 : Math.ceil((100 * used) / whole),
    inodes: inodes === 0 ? null : Math.ceil((100 * inodesUsed) / inodes),
  };
}
