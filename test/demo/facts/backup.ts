import type { z } from 'zod';
import type { BackupSet, Facts, Point, RestoreTest } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { domain, isTroubled, type SimulatedHost } from '../fleet.ts';
import { day, hour, isoOf, minute, startOfDay } from '../span.ts';

/** Days for which copies are kept, and days between two tests of restoring one. */
const kept = 30;
const tested = 60;

/** Milliseconds that it takes to make a copy. */
const duration = 20 * minute;

/** The copies that a host finds of itself. */
export function backupFacts(host: SimulatedHost, at: number): z.output<typeof Facts> {
  const sets = [setOf(host, 'system', at), ...(host.role === 'hosting' ? [usersOf(host, at)] : [])];
  return { hostname: host.name, sets };
}

function setOf(host: SimulatedHost, set: string, at: number): BackupSet {
  const repository = `sftp:backup@backup1.${domain}:/srv/${host.name}`;
  return {
    set,
    purpose: 'system',
    tool: 'restic',
    timeZone: 'UTC',
    requiredPaths: ['/etc'],
    location: { kind: 'remote', server: host.role === 'backup' ? `store.${domain}` : `backup1.${domain}` },
    encrypted: 'yes',
    points: isTroubled(host, 'repository', at)
      ? unreadable('unreachable', repository, 'no route to host')
      : read(pointsOf(host, at)),
    watchedSince: isoOf(watchedSince(host)),
    vanished: [],
    restoreTests: restoreTests(host, at),
  };
}

/** The same by account, as panels make them. */
function usersOf(host: SimulatedHost, at: number): BackupSet {
  const points = pointsOf(host, at);
  const accounts = Array.from({ length: 3 }, (_, index) => {
    return { account: `account-${host.number.toString(16).padStart(6, '0')}00000${index}`, points };
  });
  return {
    ...setOf(host, 'packages', at),
    purpose: 'users',
    requiredPaths: [],
    points: { state: 'per-account', value: accounts },
  };
}

/** Two copies a day, as hosts report twice a day; those that were never made stay missing. */
function pointsOf(host: SimulatedHost, at: number): Point[] {
  const moment = hour + (host.number % 50) * 2 * minute;
  const size = 2e9 + Math.floor(host.random('size')() * 40e9);
  const points: Point[] = [];
  for (let half = startOfDay(at) - kept * day; half <= at; half += 12 * hour) {
    const time = half + moment;
    if (time + duration > at || time < at - kept * day || isTroubled(host, 'backup', time)) continue;
    points.push({
      time: isoOf(time),
      paths: ['/etc'],
      size: size + Math.floor((half / day) % 97) * 1e7,
      startedAt: isoOf(time),
      endedAt: isoOf(time + duration),
    });
  }
  return points;
}

function restoreTests(host: SimulatedHost, at: number): RestoreTest[] {
  const first = watchedSince(host) + Math.floor(host.random('restores')() * 50) * day;
  const tests: RestoreTest[] = [];
  for (let moment = first; moment <= at; moment += tested * day) {
    // One is put off until it is too late.
    if (host.number % 17 === 14 && moment > first) break;
    tests.push({ at: isoOf(moment), how: 'restored', result: 'same', files: 200, bytes: 48_000_000 });
  }
  return tests;
}

/** The agent came long before what is shown. */
function watchedSince({ certificates }: SimulatedHost): number {
  return startOfDay(certificates) + 120 * day;
}
