import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

const Name = z.string().min(1).max(256);

/** A place that a daemon is told to take the time from. */
const Source = z.strictObject({
  /** As the configuration names it: a server, a pool, or the clock of a device (`PHC0`). */
  configured: Name,
  /** The address that it has now; null for a device. */
  address: Name.nullable(),
  /** Whether any of the last eight questions was answered. */
  answers: z.boolean(),
});
export type Source = z.output<typeof Source>;

/** What a daemon says of the clock. Figures are rounded up so that a sound clock always gives the same. */
const Clock = z.strictObject({
  /** `unsynchronised` is the alarm of RFC 5905 7.3: leap indicator 3. */
  leap: z.enum(['normal', 'insert', 'delete', 'unsynchronised']),
  stratum: z.int().min(0).max(255),
  /** What it takes the time from: servers, a device of this machine, or this machine's own clock. */
  reference: z.enum(['network', 'device', 'own-clock', 'none']),
  /** How far the clock is off by the daemon's own measure: seconds, without sign, rounded up to 0.01. */
  offset: z.number().min(0),
  /** The most that the measure itself may be wrong (root distance, RFC 5905 11.2): seconds, rounded up to 0.1. */
  distance: z.number().min(0),
  /** Since when it heard nothing it could use; null while it is less than two hours. */
  silentSince: Moment.nullable(),
  /** Sorted by name and address. */
  sources: z.array(Source).max(256),
});
export type Clock = z.output<typeof Clock>;

const Daemon = z.strictObject({
  program: z.enum(['chronyd', 'ntpd', 'systemd-timesyncd', 'phc2sys']),
  /** Whether it may set the clock (CAP_SYS_TIME), and was not told to leave it alone (`chronyd -x`). */
  steers: z.boolean(),
  clock: readingOf(Clock),
});
export type Daemon = z.output<typeof Daemon>;

export const Facts = z.strictObject({
  /** The daemons that run, sorted by program; a second one of the same program stands there a second time. */
  daemons: readingOf(z.array(Daemon).max(16)),
  /** The kind of container that the agent is in; null on a machine of its own. */
  container: z.string().max(64).nullable(),
  /** `timeSources` of agent.yaml; null where it is not set. */
  listed: z.array(Name).max(256).nullable(),
});
export type TimeSyncFacts = z.output<typeof Facts>;
