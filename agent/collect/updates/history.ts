import { z } from 'zod';
import type { History } from '../../../policies/checks/updates/facts.ts';
import type { UpdatesSettings } from './settings.ts';

const maximumUpgrades = 1000;

/** What a log tells of upgrades: moments in local time, in any order. */
export interface LoggedUpgrades {
  /** Of the oldest entry of any sort. */
  readonly oldest: string;
  /** When each run that upgraded packages began. */
  readonly upgrades: readonly string[];
}

export function historyOf({ oldest, upgrades }: LoggedUpgrades, timeZone: string, settings: UpdatesSettings): History {
  const sorted = [...new Set(upgrades)].sort();
  const kept = sorted.slice(-maximumUpgrades);
  return {
    timeZone,
    // Where upgrades are left out, the facts reach back no further than those that are kept.
    reachesBackTo: kept.length < sorted.length ? (kept[0] ?? oldest) : oldest,
    upgrades: kept,
    emergencies: [...(settings.updates?.emergencies ?? [])].sort((a, b) =>
      JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
    ),
  };
}

const LocalTime = z.iso.datetime({ local: true });

/** `2026-11-01` and `02:10:00` as one local time; undefined for what the calendar does not have. */
export function localTime(day: string | undefined, time: string | undefined): string | undefined {
  const text = `${day ?? ''}T${time ?? ''}`;
  return LocalTime.safeParse(text).success ? text : undefined;
}

/** Seconds between two lines of a log that belong to one run. */
const pause = 600;

/** The first of each run, of sorted moments that logs have line by line. */
export function beginningsOf(moments: readonly string[]): string[] {
  const begun: string[] = [];
  let before = -Infinity;
  for (const moment of moments) {
    const time = Date.parse(`${moment}Z`) / 1000;
    if (time - before > pause) begun.push(moment);
    before = time;
  }
  return begun;
}
