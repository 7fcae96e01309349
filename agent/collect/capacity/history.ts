import { z } from 'zod';
import type { HeldReading } from '../../../policies/checks/capacity/facts.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import type { CollectContext, FirstSeen } from '../collector.ts';
import type { FoundFilesystem } from './filesystems.ts';

const topic = 'capacity';
/** Seconds. A run some minutes early must not make it eight days. */
const interval = 7 * 86_400 - 3600;
const rememberedFor = 200 * 86_400;
const mebibyte = 2 ** 20;

/** What the ledger holds of a reading; its moment is when the ledger first saw it. */
const Key = z.tuple([z.string(), z.int().min(0), z.int().min(0), z.string()]);

/**
 * Readings by mount, oldest first: what the agent remembers of earlier weeks, and one of now where the last is a week old.
 * Null where nothing is remembered from one run to the next.
 */
export function weeklyReadings(
  { ledger, at }: CollectContext,
  filesystems: readonly FoundFilesystem[],
): ReadonlyMap<string, HeldReading[]> | null {
  if (!ledger.isKept) return null;
  const isRemembered = ({ firstSeen }: FirstSeen): boolean => secondsBetween(firstSeen, at) < rememberedFor;
  // A look at nothing tells what is remembered, and leaves it there.
  const known = ledger.watch(topic, [], isRemembered).gone.filter(isRemembered);
  const readings = new Map<string, HeldReading[]>();
  for (const { key, firstSeen } of known) add(readings, key, firstSeen);
  for (const list of readings.values()) list.sort((a, b) => (a.at < b.at ? -1 : 1));
  const due = filesystems.flatMap(({ mount, type, space }) => {
    const last = readings.get(mount)?.at(-1);
    const isDue = last === undefined || secondsBetween(last.at, at) >= interval;
    if (!isDue || type === 'tmpfs' || space.state === 'unreadable') return [];
    const { used, available } = space.value;
    const figures = [Math.ceil(used / mebibyte), Math.floor((used + available) / mebibyte)];
    return [JSON.stringify([mount, ...figures, at.toISOString()])];
  });
  for (const [key, { firstSeen }] of ledger.watch(topic, due, isRemembered).seen) add(readings, key, firstSeen);
  return readings;
}

function add(readings: Map<string, HeldReading[]>, key: string, at: string): void {
  const parsed = Key.safeParse(JSON.parse(key));
  if (!parsed.success) return;
  const [mount, used, size] = parsed.data;
  const list = readings.get(mount) ?? [];
  list.push({ at, used, size });
  readings.set(mount, list);
}
