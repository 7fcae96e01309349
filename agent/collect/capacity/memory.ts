import type { CapacityFacts } from '../../../policies/checks/capacity/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/**
 * What programs can still get of memory, and what of swap is in use (proc_meminfo(5)), or less where the cgroup that
 * holds this host as a container allows less (Linux, admin-guide/cgroup-v2).
 */
export async function readMemory(host: Host): Promise<CapacityFacts['memory']> {
  const meminfo = await host.readText('/proc/meminfo');
  if (meminfo.state === 'unreadable') return meminfo;
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo.value)?.[1] ?? Number.NaN);
  const names = ['MemTotal', 'MemAvailable', 'SwapTotal', 'SwapFree'];
  const [total = 0, available = 0, swapTotal = 0, swapFree = 0] = names.map(kibibytes);
  if (![total, available, swapTotal, swapFree].every(Number.isFinite) || total === 0) {
    return unreadable('unparsable', '/proc/meminfo', names.join(', '));
  }
  const limit = await readLimit(host, total * 1024);
  if (limit.state === 'unreadable') return limit;
  const share = Math.min(available / total, limit.value);
  return read({
    available: Math.floor((share * 100) / 5) * 5,
    swap: swapTotal === 0 ? null : Math.ceil(((1 - swapFree / swapTotal) * 100) / 5) * 5,
  });
}

/** The part of what the cgroup allows that is not in use; what caches hold can be given back. 1 without a limit. */
async function readLimit(host: Host, total: number): Promise<Reading<number>> {
  const maximum = await host.readText('/sys/fs/cgroup/memory.max');
  // The cgroup of a machine itself has no such file.
  if (maximum.state === 'unreadable') return maximum.obstacle.code === 'missing' ? read(1) : maximum;
  const most = Number(maximum.value.trim());
  if (!Number.isFinite(most) || most <= 0 || most >= total) return read(1);
  const current = await host.readText('/sys/fs/cgroup/memory.current');
  if (current.state === 'unreadable') return current;
  const stat = await host.readText('/sys/fs/cgroup/memory.stat');
  if (stat.state === 'unreadable') return stat;
  const cached = Number(/^inactive_file (\d+)$/m.exec(stat.value)?.[1] ?? 0);
  const used = Number(current.value.trim()) - cached;
  return Number.isFinite(used) ? read(Math.max(1 - used / most, 0)) : unreadable('unparsable', 'memory.current');
}

/** The load of 15 minutes (proc_loadavg(5)) for each processor that is online. */
export async function readLoad(host: Host): Promise<CapacityFacts['load']> {
  const loadavg = await host.readText('/proc/loadavg');
  if (loadavg.state === 'unreadable') return loadavg;
  const load = Number(/^\S+ \S+ (\d+\.\d+) /.exec(loadavg.value)?.[1] ?? Number.NaN);
  if (!Number.isFinite(load)) return unreadable('unparsable', '/proc/loadavg', loadavg.value.slice(0, 64));
  const online = await host.readText('/sys/devices/system/cpu/online');
  if (online.state === 'unreadable') return online;
  const processors = countProcessors(online.value.trim());
  if (processors < 1) return unreadable('unparsable', '/sys/devices/system/cpu/online', online.value.slice(0, 64));
  return read({ perProcessor: Math.ceil((load / processors) * 2) / 2, processors });
}

/** `0-3,8`; 0 for what is no such list. */
function countProcessors(list: string): number {
  let count = 0;
  for (const range of list.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    if (from === undefined) return 0;
    count += Number(to) - Number(from) + 1;
  }
  return count;
}
