import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { PayloadErased } from '../evidence/entry.ts';
import { EvidenceError } from '../evidence/error.ts';
import { AgentName } from '../evidence/report.ts';
import { parseWitnessKey } from '../evidence/vkey.ts';
import { Duration } from '../policies/quantities.ts';
import { loadYaml } from '../policies/yaml.ts';
import { NoticesSettings, resolveNotices } from './notices/settings.ts';

/** An address and port to listen on. */
export const Listen = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[0-9a-zA-Z.-]+):[0-9]{1,5}$/, 'expected an address and port, such as 127.0.0.1:9850')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  });

/** A timestamp authority (RFC 3161) that is asked about the log's head. */
const TimestampSettings = z.strictObject({
  /** As the log and the metrics name it. */
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'expected a name in lower case, such as freetsa'),
  url: z.url({ protocol: /^https?$/, error: 'expected an address such as https://freetsa.org/tsr' }),
  /** A PEM file: the certificates that vouch for its signer. */
  ca: z.string(),
});
export type TimestampSettings = z.output<typeof TimestampSettings>;

/** A verification key as text, read by the function that knows its kind. */
export function verificationKey<Key>(parse: (text: string) => Key): z.ZodType<Key, string> {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** Those who are asked to sign the log's head. */
const WitnessesSettings = z
  .strictObject({
    /** From one asking to the next. */
    every: Duration.prefault('10m'),
    /** So many must have signed a head for it to be served as cosigned. */
    quorum: z.int().positive().default(1),
    list: z
      .array(
        z.strictObject({
          url: z.url({ protocol: /^https?$/, error: 'expected an address such as https://witness.example.org' }),
          key: verificationKey(parseWitnessKey),
        }),
      )
      .min(1)
      .refine((list) => new Set(list.map(({ key }) => key.name)).size === list.length, 'expected each witness once'),
  })
  .refine(({ quorum, list }) => quorum <= list.length, 'expected a quorum of no more than there are witnesses');

/** collector.yaml */
export const CollectorConfig = z.strictObject({
  listen: Listen.prefault('127.0.0.1:9850'),
  /** The log's name for ever: a URL without scheme, spaces or plus signs. */
  origin: z.string().regex(/^[^\s+]{1,200}$/, 'expected a name such as waarborg.example.nl/log'),
  data: z.string().default('/var/lib/waarborg/collector'),
  /** Where the log's last signed head is kept: outside of `data`. Left out: in a folder beside it. */
  guard: z.string().optional(),
  /** How often everything that is stored is read again, in seconds. */
  scrub: Duration.prefault('1d'),
  /** Heads of this log that somebody else keeps, as files: at a start the log must continue each. */
  checkpoints: z.array(z.string()).default([]),
  /** PEM files; without them only loopback is listened on, for a proxy on this machine. */
  tls: z
    .strictObject({
      certificate: z.string(),
      key: z.string(),
      /** Whether agents come with client certificates of the collector's own authority. */
      clientCertificates: z.enum(['off', 'optional', 'required']).default('off'),
    })
    .optional(),
  /** How many proxies stand before it, whose X-Forwarded-For is believed. */
  proxies: z.int().nonnegative().default(0),
  /** A host without a report for this long is out of date. */
  staleAfter: Duration.prefault('1h'),
  /** Seconds that parts of reports are kept; left out: for ever. */
  retention: Duration.refine((seconds) => seconds >= 86_400, 'expected a day or more').optional(),
  /** What the log says of parts whose time is over: the number of the decision in the operator's own records. */
  retentionReference: PayloadErased.shape.reference.default('retention'),
  /** Seconds that the access log keeps who did and saw what. */
  accessRetention: Duration.prefault('365d'),
  /** How long a control may fail before alerts tell of it, in seconds. */
  grace: z
    .strictObject({
      critical: Duration.prefault('1h'),
      warning: Duration.prefault('1d'),
      info: Duration.prefault('7d'),
    })
    .prefault({}),
  /** With more controls on all hosts than this, the metrics name only those that are not compliant. */
  seriesLimit: z.int().nonnegative().default(250_000),
  /** Names that must report; one that never did is shown as never seen. */
  hosts: z.array(AgentName).default([]),
  /** Who is told of what, by mail or webhook. */
  notices: NoticesSettings.optional(),
  witnesses: WitnessesSettings.optional(),
  /** Asked every hour for a signed moment of the log's head; two or more, so that one can fail or lose its key. */
  timestamps: z
    .array(TimestampSettings)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'expected each name once')
    .default([]),
});
export type CollectorConfig = z.output<typeof CollectorConfig>;

/** A setting that would not be safe, or cannot be followed. */
export class CollectorConfigError extends Error {
  readonly code = 'collector.config';
}

/** @throws DocumentError */
export function loadCollectorConfig(file: string): CollectorConfig {
  const config = loadYaml(file, CollectorConfig);
  const folder = dirname(resolve(file));
  const tls = config.tls && {
    ...config.tls,
    certificate: resolve(folder, config.tls.certificate),
    key: resolve(folder, config.tls.key),
  };
  return {
    ...config,
    data: resolve(folder, config.data),
    ...(config.guard === undefined ? {} : { guard: resolve(folder, config.guard) }),
    checkpoints: config.checkpoints.map((checkpoint) => resolve(folder, checkpoint)),
    timestamps: config.timestamps.map((authority) => ({ ...authority, ca: resolve(folder, authority.ca) })),
    ...(config.notices === undefined ? {} : { notices: resolveNotices(config.notices, file) }),
    ...(tls ? { tls } : {}),
  };
}

/** Where the guard is kept: unless set, in a folder beside the data folder, so that a copy of the one has not the other. */
export function guardFile({ guard, data }: { readonly guard?: string | undefined; readonly data: string }): string {
  return resolve(guard ?? join(`${resolve(data)}-guard`, 'head'));
}
