import { z } from 'zod';
import { readingOf } from '../../reading.ts';

const Engine = z.enum(['On', 'DetectionOnly', 'Off']);
export type Engine = z.output<typeof Engine>;

/** What the configuration says of a place below which it is another than that of the site around it. */
const Exception = z.strictObject({
  /** `location /api`, `Directory /var/www/x`. */
  where: z.string().max(512),
  engine: Engine,
});
export type Exception = z.output<typeof Exception>;

const Site = z.strictObject({
  /** Its names as configured; empty for who answers whoever gives no name. */
  names: z.array(z.string().max(253)).max(256),
  /** Where it listens, as configured. */
  listens: z.array(z.string().max(128)).max(64),
  /** Whether it answers every request with a redirect or a status, and so gives nothing out. */
  givesNothing: z.boolean(),
  /** What is in effect for it: `Off` also where no engine is loaded or nothing switches it on. */
  engine: Engine,
  /** The version of the OWASP Core Rule Set among its rules; null where it is not among them. */
  coreRules: z.string().max(64).nullable(),
  rules: z.int(),
  /** Rules that are taken out again: numbers, ranges of numbers, tags and messages. */
  removed: z.array(z.string().max(256)).max(256),
  /** How many rules switch the engine off or to detection only for some requests. */
  conditional: z.int(),
  /** The score from which the core rule set refuses, where it is set; its own is 5. */
  threshold: z.int().nullable(),
  exceptions: z.array(Exception).max(256),
});
export type Site = z.output<typeof Site>;

const Answer = z.union([
  z.strictObject({ state: z.literal('status'), status: z.int() }),
  /** The connection was ended without an answer. */
  z.strictObject({ state: z.literal('closed') }),
  z.strictObject({ state: z.literal('none'), detail: z.string().max(200) }),
]);
export type Answer = z.output<typeof Answer>;

const Probe = z.strictObject({
  /** What was asked for, without the probe's query. */
  url: z.string().max(1024),
  /** The address that was asked: one of this host's own, or what a name of the settings led to. */
  address: z.string().max(300),
  origin: z.enum(['own', 'settings']),
  /** Whether the plain request is sent on to another scheme or host. */
  leadsAway: z.boolean(),
  plain: Answer,
  /** The same with an obvious attack in its query. */
  attack: Answer,
});
export type Probe = z.output<typeof Probe>;

export const WafFacts = z.strictObject({
  /** Web servers whose configuration can be read and that listen, sorted by name. */
  servers: z
    .array(z.strictObject({ software: z.enum(['Apache', 'nginx']), sites: readingOf(z.array(Site).max(5000)) }))
    .max(2),
  /** Other programs that listen on the ports of the Web; their configuration is not read. */
  others: z.array(z.string().max(64)).max(64),
  /** Null where agent.yaml does not allow it. */
  probes: readingOf(z.strictObject({ made: z.array(Probe).max(1000), left: z.int() })).nullable(),
  /** Of agent.yaml: paths below which no engine is wanted. */
  exceptions: z.array(z.string().max(512)).max(256),
});
export type WafFacts = z.output<typeof WafFacts>;
