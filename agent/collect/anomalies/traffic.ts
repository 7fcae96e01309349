import { z } from 'zod';
import type { Traffic } from '../../../policies/checks/anomalies/facts.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { breakSince, closedDays, dayOf, newSeries, seriesOf, type Series } from './days.ts';
import { openMemory } from './memory.ts';

const mebibyte = 2 ** 20;
/** Seconds between two looks, over midnight or a start of the machine, with which a day still counts as read. */
const maximumPause = 2 * 3600;

const Figures = z.object({ bytes: z.number() });
type Figures = z.output<typeof Figures>;
const Kept = z.object({
  /** The start of the machine since which counters count. */
  boot: z.string(),
  counters: z.record(z.string(), z.number()),
  series: seriesOf(Figures),
});

/**
 * Bytes sent by the interfaces with a default route, by day, from the kernel's counters (Linux, sysfs-class-net-statistics). What is
 * sent between a look and the next start of the machine is not counted.
 */
export async function readTraffic(context: CollectContext, zone: string): Promise<Reading<Traffic>> {
  const { host, at, ledger } = context;
  const interfaces = await defaultInterfaces(host);
  if (interfaces.state === 'unreadable') return interfaces;
  const boot = await host.readText('/proc/sys/kernel/random/boot_id');
  if (boot.state === 'unreadable') return boot;
  const counters: Record<string, number> = {};
  for (const name of interfaces.value) {
    const path = `/sys/class/net/${name}/statistics/tx_bytes`;
    const text = await host.readText(path);
    if (text.state === 'unreadable') return text;
    if (!/^\d+\s*$/.test(text.value)) return unreadable('unparsable', path);
    counters[name] = Number(text.value);
  }
  const memory = openMemory(ledger, 'anomalies traffic', Kept);
  const { before } = memory;
  const series: Series<Figures> = before?.series ?? newSeries(at);
  if (before !== undefined) {
    const isSameBoot = before.boot === boot.value.trim();
    const today = dayOf(at, zone);
    const isLong = secondsBetween(series.until, at) > maximumPause;
    if (isLong && (!isSameBoot || dayOf(new Date(series.until), zone) !== today)) breakSince(series, at, zone);
    const figures = (series.days[today] ??= { bytes: 0 });
    for (const [name, now] of Object.entries(counters))
      figures.bytes += sentSince(before.counters[name], now, isSameBoot);
  }
  const days = closedDays(series, { at, zone, nothing: { bytes: 0 } });
  series.until = at.toISOString();
  memory.keep({ boot: boot.value.trim(), counters, series });
  return read({
    since: ledger.isKept ? series.since : null,
    interfaces: interfaces.value,
    days: days.map(({ bytes, ...rest }) => ({ ...rest, sent: Math.round(bytes / mebibyte) })),
  });
}

/** A counter begins again with the machine, and with the interface. */
function sentSince(before: number | undefined, now: number, isSameBoot: boolean): number {
  return before === undefined || !isSameBoot || now < before ? now : now - before;
}

/** From proc_net(5), `route`, and of IPv6 `ipv6_route`: destination and mask of nothing. */
async function defaultInterfaces(host: Host): Promise<Reading<string[]>> {
  const found = new Set<string>();
  const v4 = await host.readText('/proc/net/route');
  if (v4.state === 'unreadable') return v4;
  for (const line of v4.value.split('\n').slice(1)) {
    const [name = '', destination, , , , , , mask] = line.trim().split(/\s+/);
    if (destination === '00000000' && mask === '00000000') found.add(name);
  }
  const v6 = await host.readText('/proc/net/ipv6_route');
  if (v6.state === 'unreadable' && v6.obstacle.code !== 'missing') return v6;
  for (const line of v6.state === 'read' ? v6.value.split('\n') : []) {
    const fields = line.trim().split(/\s+/);
    const name = fields[9];
    if (/^0{32}$/.test(fields[0] ?? '') && fields[1] === '00' && name !== undefined && name !== 'lo') found.add(name);
  }
  if (found.size === 0) return unreadable('missing', 'an interface with a default route');
  return read(
    [...found]
      .filter((name) => /^[\w.@:-]{1,32}$/.test(name))
      .sort()
      .slice(0, 32),
  );
}
