import type { CapacityFacts } from '../../../policies/checks/capacity/facts.ts';
import type { TimeSyncFacts } from '../../../policies/checks/time-sync/facts.ts';
import { read } from '../../../policies/reading.ts';
import { isTroubled, type SimulatedHost } from '../fleet.ts';
import { day, isoOf, startOfDay } from '../span.ts';

/** What keeps the clock. */
export function timeSyncFacts(host: SimulatedHost, at: number): TimeSyncFacts {
  const follows = !isTroubled(host, 'clock', at);
  const clock = {
    leap: follows ? ('normal' as const) : ('unsynchronised' as const),
    stratum: follows ? 3 : 16,
    reference: follows ? ('network' as const) : ('none' as const),
    offset: 0.01,
    distance: 0.1,
    silentSince: null,
    sources: [{ configured: 'nl.pool.ntp.org', address: '192.0.2.123', answers: follows }],
  };
  return {
    daemons: read([{ program: 'chronyd', steers: true, clock: read(clock) }]),
    container: null,
    listed: ['nl.pool.ntp.org'],
  };
}

/** MiB of each host's one disk, and the weekly readings that are kept of it. */
const size = 200_000;
const readings = 10;

/** What is left of disk, memory and processors. */
export function capacityFacts(host: SimulatedHost, at: number): CapacityFacts {
  const isFull = isTroubled(host, 'disk', at);
  const base = 20 + Math.floor(host.random('disk')() * 45);
  const week = 7 * day;
  const newest = Math.floor(at / week) * week;
  const history = Array.from({ length: readings }, (_, index) => {
    const moment = newest - (readings - 1 - index) * week;
    return { at: isoOf(moment), used: Math.round((base / 100) * size + (startOfDay(moment) / week - 2700) * 40), size };
  });
  const root = {
    mount: '/',
    type: 'ext4',
    state: 'writable' as const,
    space: read({ used: isFull ? 94 : base + Math.floor((at / week) % 4), inodes: 12 }),
    metadata: null,
    history,
  };
  return {
    filesystems: read([root]),
    pools: read([]),
    memory: read({ available: 45, swap: 0 }),
    load: read({ perProcessor: 0.5, processors: 4 }),
    quotas: read(quotasOf(host, isFull)),
  };
}

/** Panels give each account a quota; one of them is near it while the disk is full. */
function quotasOf({ role, number }: SimulatedHost, isFull: boolean) {
  if (role !== 'hosting') return { sources: [], users: [] };
  const user = {
    user: `account-${number.toString(16).padStart(6, '0')}000000`,
    source: 'kernel',
    of: 'space',
  } as const;
  return {
    sources: [{ source: 'kernel' as const, asOf: null, limited: 3 }],
    users: [{ ...user, used: isFull ? 96 : 61 }],
  };
}
