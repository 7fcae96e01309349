import type { z } from 'zod';
import {
  rememberedSeconds,
  type AvailabilityFacts,
  type Stretch,
} from '../../../policies/checks/availability/facts.ts';
import { read } from '../../../policies/reading.ts';
import { domain, type SimulatedHost } from '../fleet.ts';
import { randomOf, wholeNumber } from '../random.ts';
import { day, isoOf, minute, startOfDay } from '../span.ts';

const watched = [
  { target: 'website', service: 'https', what: `https://www.${domain}/`, outages: 0.02 },
  { target: 'mail', service: 'smtp', what: `mail1.${domain}:25`, outages: 0.06 },
  { target: 'names', service: 'dns', what: `ns1.${domain}`, outages: 0.01 },
] as const;

/** What a host elsewhere saw of the services of the fleet. */
export function availabilityFacts(host: SimulatedHost, at: number): z.output<typeof AvailabilityFacts> {
  const targets = watched.map(({ outages, ...target }) => ({
    ...target,
    purpose: 'service' as const,
    stretches: stretchesOf(host, target.target, outages, at),
  }));
  return {
    controls: ['one.example.net:443', 'two.example.org:443'],
    maintenance: [],
    targets: read(targets.sort((a, b) => (a.target < b.target ? -1 : 1))),
  };
}

/** @param share of the days that have an outage of some minutes */
function stretchesOf(host: SimulatedHost, target: string, share: number, at: number): Stretch[] {
  const from = startOfDay(at - rememberedSeconds * 1000) + day;
  const stretches: Stretch[] = [{ from: isoOf(from), state: 'up' }];
  for (let date = from + day; date <= at; date += day) {
    const random = randomOf(host.name, target, date);
    if (random() > share) continue;
    const begins = date + Math.floor(random() * 20 * 60) * minute;
    const ends = begins + wholeNumber(random, 3, 75) * minute;
    if (begins <= at) stretches.push({ from: isoOf(begins), state: 'down', why: 'refused' });
    if (ends <= at) stretches.push({ from: isoOf(ends), state: 'up' });
  }
  return stretches;
}
