import { z } from 'zod';
import { readingOf } from '../../reading.ts';

/**
 * What came of connecting to one address. `refused`, `silent` and `unreachable` (said so by a router or a firewall on the
 * way) are no connection; `failed` says nothing of the other side: no route from here, forbidden here, an error here.
 */
const Attempt = z.strictObject({
  address: z.string().max(64),
  outcome: z.enum(['connected', 'refused', 'silent', 'unreachable', 'failed']),
  /** The system's own word where it failed. */
  detail: z.string().max(200).optional(),
  /** Of a URL that was connected to: the status, or null where no HTTP came. */
  status: z.int().nullable().optional(),
});
export type Attempt = z.output<typeof Attempt>;

/** The addresses that a name has, or the one that was given, each tried; an obstacle where a name has none. */
const Attempts = readingOf(z.array(Attempt).min(1).max(64));

export const purposes = ['management', 'backup', 'other'] as const;

const Target = z.strictObject({
  purpose: z.enum(purposes),
  /** `203.0.113.5:22` or a URL. */
  target: z.string().max(1024),
  attempts: Attempts,
});
export type Target = z.output<typeof Target>;

const Control = z.strictObject({
  target: z.string().max(1024),
  /** Tried before the targets, and after them. */
  before: Attempts,
  after: Attempts,
});
export type Control = z.output<typeof Control>;

export const UnreachableFacts = z.strictObject({
  targets: z.array(Target).max(128),
  /** What must answer, to show that there is a network at all. */
  controls: z.array(Control).max(16),
});
export type UnreachableFacts = z.output<typeof UnreachableFacts>;
