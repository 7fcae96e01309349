import { z } from 'zod';
import type { CapacityFacts, Pool } from '../../../policies/checks/capacity/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { commandOutput } from '../discovery/command.ts';

const Volumes = z.object({
  report: z.array(
    z.object({
      lv: z.array(
        z.object({
          vg_name: z.string(),
          lv_name: z.string(),
          lv_attr: z.string(),
          data_percent: z.string(),
          metadata_percent: z.string(),
        }),
      ),
    }),
  ),
});

type Volume = z.output<typeof Volumes>['report'][number]['lv'][number];

/** LVM's own UUIDs of active thin pools end so. */
const poolMark = /^LVM-.*-tpool$/;

/** How full thin pools are, by lvs(8); it is started only where the kernel has one, because it looks at every disk. */
export async function readPools(context: CollectContext): Promise<CapacityFacts['pools']> {
  const { host } = context;
  const devices = await host.list('/sys/class/block');
  if (devices.state === 'unreadable') return devices.obstacle.code === 'missing' ? read([]) : devices;
  const mapped = devices.value.filter((name) => name.startsWith('dm-'));
  const uuids = await Promise.all(mapped.map((name) => host.readText(`/sys/class/block/${name}/dm/uuid`)));
  if (!uuids.some((uuid) => uuid.state === 'read' && poolMark.test(uuid.value.trim()))) return read([]);
  const columns = 'vg_name,lv_name,lv_attr,data_percent,metadata_percent';
  const listed = await commandOutput(context, { file: 'lvs', args: ['--reportformat', 'json', '-o', columns] });
  if (listed === undefined) return unreadable('command-missing', 'lvs');
  if (listed.state === 'unreadable') return listed;
  const volumes = parseVolumes(listed.value);
  if (volumes === undefined) return unreadable('unparsable', 'lvs', 'no list of logical volumes');
  const pools: Pool[] = [];
  for (const { vg_name: group, lv_name: name, lv_attr: attributes, ...figures } of volumes) {
    // Nobody writes to one that is not active.
    if (!/^t...a/.test(attributes)) continue;
    const use = useOf(attributes, figures);
    if (use === undefined) return unreadable('unparsable', 'lvs', 'a thin pool that is active has no figures');
    pools.push({ pool: `${group}/${name}`.slice(0, 256), use });
  }
  // The kernel has a pool that lvs does not show: then nobody can say that it is not full.
  if (pools.length === 0) return unreadable('unparsable', 'lvs', 'it lists no thin pool, and the kernel has one');
  return read(pools.sort((a, b) => (a.pool < b.pool ? -1 : 1)));
}

/** By the ninth attribute (lvs(8), lv_attr): the pool failed (F), or its metadata can only be read (M). Undefined without figures. */
function useOf(
  attributes: string,
  { data_percent: data, metadata_percent: metadata }: Pick<Volume, 'data_percent' | 'metadata_percent'>,
): Pool['use'] | undefined {
  if (/^[FM]$/.test(attributes[8] ?? '')) return null;
  if (data === '' || metadata === '') return undefined;
  return { data: Math.ceil(Number(data)), metadata: Math.ceil(Number(metadata)) };
}

function parseVolumes(text: string): Volume[] | undefined {
  try {
    const parsed = Volumes.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.report.flatMap(({ lv }) => lv) : undefined;
  } catch {
    return undefined;
  }
}
