import { z } from 'zod';
import type { Storage } from '../../../policies/checks/anomalies/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { readFilesystems } from '../capacity/filesystems.ts';
import type { CollectContext } from '../collector.ts';
import { readMounts } from '../mounts.ts';
import { namelessPaths } from '../nameless.ts';
import { readSystemUsers } from '../system-users.ts';
import { closedDays, dayOf, newSeries, seriesOf, type Series } from './days.ts';
import { openMemory } from './memory.ts';

const mebibyte = 2 ** 20;
const Figures = z.object({
  mounts: z.array(z.object({ mount: z.string(), used: z.int(), size: z.int() })),
});
type Figures = z.output<typeof Figures>;
const Kept = z.object({ series: seriesOf(Figures) });

/** What each file system on disk held at the last look of each day. A day without a look is no whole day. */
export async function readStorage(context: CollectContext, zone: string): Promise<Reading<Storage>> {
  const { at, ledger } = context;
  const mounts = await readMounts(context);
  if (mounts.state === 'unreadable') return mounts;
  const found = await readFilesystems(context, mounts.value);
  if (found.state === 'unreadable') return found;
  const system = await readSystemUsers(context);
  const nameless = namelessPaths(
    (account) => context.pseudonym(account),
    system.state === 'read' ? system.value.users : [],
  );
  const memory = openMemory(ledger, 'anomalies storage', Kept);
  const series: Series<Figures> = memory.before?.series ?? newSeries(at);
  const held: Figures['mounts'] = [];
  for (const { mount, type, space } of found.value) {
    if (type === 'tmpfs') continue;
    if (space.state === 'unreadable') return space;
    const size = Math.ceil((space.value.used + space.value.available) / mebibyte);
    held.push({ mount: nameless(mount).slice(0, 256), used: Math.ceil(space.value.used / mebibyte), size });
  }
  series.days[dayOf(at, zone)] = { mounts: held.sort((a, b) => (a.mount < b.mount ? -1 : 1)).slice(0, 128) };
  const days = closedDays(series, { at, zone, nothing: { mounts: [] } });
  series.until = at.toISOString();
  memory.keep({ series });
  return read({
    since: ledger.isKept ? series.since : null,
    // One look tells what the first day ended with.
    days: days.map((day) => ({ ...day, isWhole: day.mounts.length > 0 })),
  });
}
