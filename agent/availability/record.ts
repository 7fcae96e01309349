import { join } from 'node:path';
import { z } from 'zod';
import {
  maximumStretches,
  rememberedSeconds,
  Stretches,
  type Stretch,
} from '../../policies/checks/availability/facts.ts';
import { Moment, secondsBetween } from '../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { readIfThere, writeDurably } from '../durable.ts';
import { longestUnseen } from './pace.ts';

/** What is remembered of all targets, by their keys (`keyOf`). */
export const AvailabilityRecord = z.strictObject({
  v: z.literal(1),
  /** When they were last looked at: their stretches reach to here. */
  sampledAt: Moment,
  targets: z.record(z.string(), Stretches),
});
export type AvailabilityRecord = z.output<typeof AvailabilityRecord>;

/** How a target was found. */
export type Found = Omit<Stretch, 'from'>;

/**
 * The record with one more look. What lies between two looks belongs to the first, unless they are so far apart that
 * nobody can say; a clock that was set back makes what was recorded worthless.
 * @param at when the look began
 * @param found by key; what is not in it any more is forgotten
 */
export function withLook(
  record: AvailabilityRecord | undefined,
  at: Date,
  found: ReadonlyMap<string, Found>,
): AvailabilityRecord {
  const isBack = record !== undefined && secondsBetween(record.sampledAt, at) <= 0;
  // A clock that is put right by some seconds: until it has caught up there is nothing to add.
  if (isBack && secondsBetween(at, record.sampledAt) <= longestUnseen) return record;
  const before = record === undefined || isBack ? undefined : seenUntil(record, at);
  const targets = [...found].map(([key, state]): [string, Stretch[]] => {
    const stretches = next(before?.targets[key] ?? [], { from: at.toISOString(), ...state });
    return [key, remembered(stretches, at)];
  });
  return { v: 1, sampledAt: at.toISOString(), targets: Object.fromEntries(targets) };
}

/** The record as it is to be read at a moment: where the last look is too long ago, nobody knows what came after it. */
export function seenUntil(record: AvailabilityRecord, at: Date): AvailabilityRecord {
  if (secondsBetween(record.sampledAt, at) <= longestUnseen) return record;
  const gap: Stretch = { from: record.sampledAt, state: 'unknown', why: 'nobody looked' };
  const targets = Object.entries(record.targets).map(([key, stretches]) => [key, next(stretches, gap)] as const);
  return { ...record, targets: Object.fromEntries(targets) };
}

function next(stretches: readonly Stretch[], stretch: Stretch): Stretch[] {
  // What the very last look found, and nobody knows any more: nothing lies between.
  const kept = stretches.at(-1)?.from === stretch.from ? stretches.slice(0, -1) : [...stretches];
  return kept.at(-1)?.state === stretch.state ? kept : [...kept, stretch].slice(-maximumStretches);
}

/** Those that reach into the time that is remembered. */
function remembered(stretches: readonly Stretch[], at: Date): Stretch[] {
  const isOld = (stretch: Stretch | undefined): boolean =>
    stretch !== undefined && secondsBetween(stretch.from, at) > rememberedSeconds;
  return stretches.filter((_, index) => !isOld(stretches[index + 1]));
}

/**
 * The record in a data folder, as of a moment; undefined where there is none.
 * @param data the agent's data folder
 */
export function openRecord(data: string): Reading<AvailabilityRecord | undefined> {
  const file = recordFile(data);
  try {
    const text = readIfThere(file);
    if (text === undefined) return read(undefined);
    const parsed = AvailabilityRecord.safeParse(JSON.parse(text));
    return parsed.success ? read(parsed.data) : unreadable('unparsable', file, z.prettifyError(parsed.error));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('unparsable', file, 'not JSON');
    return unreadable('denied', file, error instanceof Error ? error.message : String(error));
  }
}

export function saveRecord(data: string, record: AvailabilityRecord): void {
  writeDurably(recordFile(data), JSON.stringify(record));
}

function recordFile(data: string): string {
  return join(data, 'availability.json');
}
