import type { Entry } from '../../../evidence/entry.ts';
import { FixtureLog, start } from '../evidence.ts';
import { quickPolicy } from '../road.ts';
import type { Attack } from './attack.ts';

/** So many seconds after a fixture's first entry. */
export function later(seconds: number): string {
  return new Date(start.getTime() + seconds * 1000).toISOString();
}

/** A log with one report, whose last entry was received at 120 seconds, and what follows it. */
export async function followedBy(...entries: readonly Entry[]): Promise<FixtureLog> {
  const log = new FixtureLog();
  const agent = log.enrol('web1');
  log.set(quickPolicy);
  await log.report(agent);
  for (const entry of entries) log.append(entry);
  return log;
}

export function heartbeat(seconds: number): Entry {
  return { v: 1, kind: 'heartbeat', receivedAt: later(seconds) };
}

/** Received when it ends, unless said. */
export function gap(from: number, until: number, received: number = until): Entry {
  return { v: 1, kind: 'gap', receivedAt: later(received), from: later(from), until: later(until) };
}

function following(...entries: readonly Entry[]): Attack['make'] {
  return async () => ({ bundle: (await followedBy(...entries)).bundle() });
}

/** By an operator who stopped the collector for a while, and would rather not say so. */
export const onSilence: readonly Attack[] = [
  {
    name: 'a collector that was off, and whose log does not say so',
    outcome: 'incomplete',
    code: 'log.silent',
    words: /entry 3: nothing was written from 2026-11-01T12:02:00.000Z to 2026-11-01T12:27:01.000Z, and no gap says so/,
    make: following(heartbeat(120 + 1501)),
  },
  {
    name: 'a gap that accounts for a part of the silence only',
    outcome: 'incomplete',
    code: 'log.silent',
    words: /entry 3: nothing was written from 2026-11-01T12:02:00.000Z to 2026-11-01T14:02:00.000Z/,
    make: following(gap(120, 3600, 7320)),
  },
  {
    name: 'a gap over time in which the collector took entries',
    outcome: 'tampered',
    code: 'gap.moments',
    words: /entry 3: it says that nothing was taken from 2026-11-01T12:01:59.000Z to 2026-11-01T14:00:00.000Z/,
    make: following(gap(119, 7200)),
  },
  {
    name: 'a gap that reaches beyond its own entry',
    outcome: 'tampered',
    code: 'gap.moments',
    words: /which is not between the entry before/,
    make: following(gap(120, 7200, 7199)),
  },
  {
    name: 'a gap that ends before it begins',
    outcome: 'tampered',
    code: 'gap.moments',
    words: /which is not between/,
    make: following(gap(200, 150, 300)),
  },
];
