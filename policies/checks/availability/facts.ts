import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

export const services = [
  'dns',
  'http',
  'https',
  'imap',
  'mysql',
  'ping',
  'pop3',
  'postgres',
  'smtp',
  'tcp',
  'wireguard',
] as const;

/** What a target stands for: a service that customers use, or the network that leads to it. */
export const purposes = ['service', 'network'] as const;

/** Seconds for which an agent remembers: a month and some more, so that a month is told as a whole after it ended. */
export const rememberedSeconds = 40 * 86_400;

/** Of one target; the oldest go first, and what was before them is then unknown. */
export const maximumStretches = 1000;

/**
 * How a target was found, from this moment on: until the next stretch, and the last until the report. `unknown`: nobody
 * looked, or whoever looked was cut off itself.
 */
export const Stretch = z.strictObject({
  from: Moment,
  state: z.enum(['up', 'down', 'unknown']),
  /** What came of the first probe that found it so: `refused`, `status 503`. None where it is up. */
  why: z.string().max(100).optional(),
});
export type Stretch = z.output<typeof Stretch>;

export const Stretches = z
  .array(Stretch)
  .max(maximumStretches)
  .refine(
    (stretches) =>
      stretches.every(
        ({ from }, index) => index === 0 || Date.parse(stretches[index - 1]?.from ?? '') < Date.parse(from),
      ),
    'expected stretches in order of time',
  );

export const TargetName = z.string().min(1).max(100);

const Target = z.strictObject({
  target: TargetName,
  service: z.enum(services),
  purpose: z.enum(purposes),
  /** Where it is: `https://www.example.nl/`, `db1.example.nl:3306`. */
  what: z.string().max(1024),
  /** None where it was never looked at. */
  stretches: Stretches,
});
export type Target = z.output<typeof Target>;

/** Announced work, during which being down does not count. */
const Window = z.strictObject({
  from: Moment,
  until: Moment,
  /** When customers were told, as the operator says. */
  announcedAt: Moment,
  /** When the agent first read of it in its settings: nobody can set that back. */
  seenAt: Moment,
  /** Names; all targets where there are none. */
  targets: z.array(TargetName).max(64),
});
export type Window = z.output<typeof Window>;

export const AvailabilityFacts = z.strictObject({
  /** What shows that the vantage point is not cut off itself. */
  controls: z.array(z.string().max(300)).max(16),
  maintenance: z.array(Window).max(200),
  targets: readingOf(z.array(Target).max(64)),
});
export type AvailabilityFacts = z.output<typeof AvailabilityFacts>;
